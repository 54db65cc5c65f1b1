// Watches one frame for as long as it is shown, and tells the server what went wrong in it, or that nothing did.
import { readRecord } from './records.js';

const LOOK = 3000; // milliseconds after loading in which nothing may go wrong
const PAUSE = 600; // milliseconds that errors are collected before they are reported
const MOST = 20; // errors of one frame, as on the server; a page that reloads itself gets no more

export function watch({ store }, frame, number) {
  const state = { waiting: [], count: 0, timer: null, look: null, last: Promise.resolve() };

  function receive(event) {
    if (event.source === null || event.source !== frame.contentWindow) return;
    const record = state.count < MOST ? readRecord(event.data) : null;
    if (record?.loaded) state.look ??= setTimeout(send, LOOK);
    if (record?.error) add(record.error);
  }

  function add(error) {
    state.count += 1;
    state.waiting.push(error);
    state.timer ??= setTimeout(send, PAUSE);
  }

  // One report after the other, so that the last answer is the newest.
  function send() {
    clearTimeout(state.timer);
    state.timer = null;
    state.last = state.last.then(report);
  }

  // Lines on the console wait for an error that they belong to.
  async function report() {
    const known = store.snapshot(number)?.health;
    if (!known) return;
    const news = state.waiting.filter((error) => !known.errors.some((old) => isSame(old, error)));
    const isNews = news.some((error) => error.kind !== 'console');
    if (!isNews && known.state !== 'unknown') return;
    if (isNews) state.waiting = [];
    try {
      store.noteHealth(number, await store.server.noteHealth(number, isNews ? news : []));
    } catch {
      // The next preview of this version tells it again.
    }
  }

  function stop() {
    removeEventListener('message', receive);
    clearTimeout(state.look);
    if (state.timer !== null) send();
  }

  addEventListener('message', receive);
  return { stop };
}

const isSame = (one, other) => one.kind === other.kind && one.message === other.message && one.file === other.file;
