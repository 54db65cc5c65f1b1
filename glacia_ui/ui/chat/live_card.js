// What is happening right now: which file, how many lines, how long, and the tail of what is being written.
import { h, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { countdown } from '../lib/time.js';

const TAIL_LINES = 4;

export function createLiveCard(page, live) {
  const { store, t } = page;
  const title = h('span.num');
  const elapsed = h('span.num.muted.sm.gl-elapsed');
  const steps = h('ul.gl-steps');
  const tail = h('div.gl-tail', { 'aria-hidden': 'true' });
  const isDemo = live.isReplay ? live.recorded.usage?.is_simulated : page.settings.is_demo;
  const badge = isDemo && h('span.gl-chip.line', {}, t('demo_model'));
  const waits = spinner();
  const bar = h('div.gl-bar.moving', { 'aria-hidden': 'true' }, h('b'));
  const element = h('div.gl-card.gl-progress', {},
    h('div.head', {}, waits, title, h('span.grow'), badge, elapsed),
    bar, steps, tail);
  const rows = new Map(); // call → {row, state, count}

  function draw() {
    title.textContent = headline(t, live, store.latest);
    if (live.isReplay) drawReplay();
    drawElapsed();
    for (const file of live.files.values()) drawStep(file);
    show(steps, live.files.size > 0);
    show(tail, live.current !== null && live.current.text !== '');
    if (live.current) tail.textContent = lastLines(live.current.text);
  }

  // A replay can stand still, and stays when it has ended.
  function drawReplay() {
    element.classList.toggle('still', live.isStill);
    show(waits, live.end === null);
    show(bar, live.end === null);
  }

  function drawStep(file) {
    const known = rows.get(file.call);
    const count = file.state === 'failed' ? t(store.locks.has(file.path) ? 'locked' : 'edit_missed') : linesOf(t, file);
    if (known?.state === file.state) {
      if (known.text !== count) known.count.textContent = known.text = count;
      return;
    }
    const counter = h('span.num', {}, count);
    const row = h(`li.${file.state}`, {}, mark(file.state), h(file.state === 'writing' ? 'b' : 'span', {}, file.path), counter);
    if (known) known.row.replaceWith(row);
    else steps.append(row);
    rows.set(file.call, { row, state: file.state, count: counter, text: count });
  }

  function drawElapsed() {
    elapsed.textContent = live.startedAt ? countdown((live.now() - live.startedAt) / 1000) : '';
    if (live.retryAt) title.textContent = headline(t, live, store.latest);
  }

  const clock = live.isReplay ? null : setInterval(() => {
    if (element.isConnected || !live.isOver) drawElapsed();
    if (live.isOver) clearInterval(clock);
  }, 1000);
  return { element, draw };
}

const mark = (state) => (state === 'writing' ? spinner() : icon(state === 'done' ? 'check' : 'warn'));

const lastLines = (text) => text.slice(-1200).split('\n').slice(-TAIL_LINES).join('\n');

function linesOf(t, file) {
  if (file.state === 'done' && file.action === 'edit') return `+${file.added} −${file.removed}`;
  return file.lines === 1 ? t('one_line') : t('lines', { count: file.lines });
}

function headline(t, live, latest) {
  if (live.isStopping || live.phase === 'stopping') return t('phase_stopping');
  if (live.end) return live.end.code ? live.end.message || t('failed') : t('phase_saved');
  if (live.phase === 'retrying' && live.retryAt) return t('phase_retrying', { seconds: Math.max(0, Math.ceil((live.retryAt - live.now()) / 1000)), attempt: live.attempt });
  if (live.phase === 'saving') return live.generation.mode === 'ask' ? t('phase_saving_answer') : t('phase_saving', { number: live.after ?? latest + 1 });
  if (live.current) return t(live.current.action === 'edit' ? 'phase_editing' : 'phase_writing', { path: live.current.path, lines: linesOf(t, live.current) });
  if (live.phase === 'thinking') return t('phase_thinking');
  if (live.phase === 'waiting') return t('phase_waiting');
  return t(live.files.size > 0 ? 'phase_between' : 'phase_reply');
}
