// Follows one generation to its end, over as many connections as it takes. Nothing is lost or seen twice: each connection
// asks for what comes after the last number that arrived.
const TYPES = ['status', 'thinking.delta', 'message.delta', 'file.begin', 'file.delta', 'file.end', 'tool.result', 'usage', 'done', 'failed'];
const LAST = new Set(['done', 'failed']);
const LONGEST_WAIT = 15_000;

// on = {event(event), lost(milliseconds until the next try), back(), over()}. `over` comes once, after the last event or
// when the server says that there is nothing more. Returns {close}.
export function follow(urlAfter, on, after = 0) {
  let source = null;
  let timer = null;
  let tries = 0;
  let last = after;
  let closed = false;

  function connect() {
    source = new EventSource(urlAfter(last));
    source.onopen = () => { tries = 0; on.back(); };
    source.onerror = () => reconnect();
    for (const type of TYPES) source.addEventListener(type, (message) => receive(type, message));
  }

  function receive(type, message) {
    const seq = Number(message.lastEventId);
    if (closed || !(seq > last)) return;
    last = seq;
    on.event({ seq, type, data: JSON.parse(message.data) });
    if (LAST.has(type)) finish();
  }

  // EventSource hides the status: a 204 (nothing more) and a lost server look alike, so `on.lost` may ask and close.
  function reconnect() {
    source.close();
    if (closed) return;
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** tries);
    tries += 1;
    timer = setTimeout(connect, wait);
    on.lost(wait);
  }

  function finish() {
    close();
    on.over();
  }

  function close() {
    closed = true;
    clearTimeout(timer);
    source.close();
  }

  connect();
  return { close, finish };
}
