// The conversation. Turns are kept by key and redrawn only when what they show has changed, so that a long chat does not
// lag, nothing folds shut by itself, and a screen reader hears new things once.
import { h, show } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { createTurn } from './turn.js';
import { createLiveTurn } from './live_turn.js';
import { createWelcome } from './welcome.js';
import { createSkeleton } from './skeleton.js';
import { itemsOf } from './items.js';
import { keepHealth } from './health_chip.js';

const NEAR = 96; // pixels from the bottom that still count as reading the newest

export function createLog(page) {
  const { store, t } = page;
  const list = h('div.gl-turns');
  const welcome = createWelcome(page);
  const skeleton = createSkeleton();
  const scroller = h('div.gl-log', { role: 'log', 'aria-label': t('conversation'), tabindex: '0' }, skeleton, welcome, list);
  const newest = h('button.gl-btn.secondary.sm.gl-newest', { type: 'button', hidden: true, onclick: () => toEnd() }, icon('down'), t('newest'));
  const element = h('div.gl-log-wrap', {}, scroller, newest);
  const kept = new Map(); // key → {element, signature}
  let liveTurn = null;
  let replayTurn = null;
  let before = null; // where the reader was when a replay began
  let sticks = true;

  scroller.addEventListener('scroll', () => {
    sticks = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    show(newest, !sticks);
  });
  new ResizeObserver(() => { if (sticks) toEnd(); }).observe(list);
  new ResizeObserver(() => { if (sticks) toEnd(); }).observe(scroller);

  function toEnd() {
    sticks = true;
    scroller.scrollTop = scroller.scrollHeight;
  }

  function draw() {
    const items = itemsOf(store);
    show(skeleton, store.status === 'loading');
    show(welcome, store.status === 'ready' && items.length === 0);
    const seen = new Set();
    const elements = items.map((item) => {
      seen.add(item.key);
      return elementFor(item);
    });
    for (const key of kept.keys()) if (!seen.has(key)) kept.delete(key);
    place(list, elements);
  }

  function elementFor(item) {
    if (store.replay !== null && item.generation?.id === store.replay.id) return replayed(item);
    const isLive = store.live !== null && item.generation?.id === store.live.id && !store.live.isQueued;
    const signature = isLive ? `live ${store.live.id}` : JSON.stringify(item);
    const old = kept.get(item.key);
    if (old?.signature === signature) return old.element;
    if (isLive) liveTurn = createLiveTurn(page, item, store.live);
    const element = isLive ? liveTurn.element : createTurn(page, item);
    kept.set(item.key, { element, signature });
    return element;
  }

  // In the place of what is kept of the turn, which comes back as it was.
  function replayed(item) {
    if (replayTurn?.live !== store.replay) replayTurn = createLiveTurn(page, item, store.replay);
    else replayTurn.update();
    return replayTurn.element;
  }

  function follow(live) {
    before ??= { top: scroller.scrollTop, sticks };
    if (live !== null) {
      draw();
      return keepInView();
    }
    replayTurn = null;
    draw();
    if (before.sticks) toEnd();
    else scroller.scrollTop = before.top;
    before = null;
  }

  const keepInView = () => requestAnimationFrame(() => replayTurn?.element.querySelector('.gl-progress').scrollIntoView({ block: 'nearest' }));

  store.on('status', draw);
  store.on('project', draw);
  keepHealth(page, list);
  store.on('live', (live) => {
    if (live === null) liveTurn = null;
    scroller.setAttribute('aria-busy', String(live !== null));
  });
  store.on('event', ({ event, live }) => {
    if (event.type === 'status' && liveTurn?.live !== live) draw(); // it has left the queue
    if (liveTurn?.live === live) liveTurn.update(event);
  });
  store.on('replay', (live) => {
    follow(live);
    scroller.setAttribute('aria-busy', String(live !== null || store.live !== null));
  });
  store.on('replayed', () => {
    replayTurn.update();
    keepInView();
  });
  page.scrollToEnd = toEnd;
  return { element };
}

// Puts `elements` into `parent` in this order, moving nothing that is in its place already.
function place(parent, elements) {
  for (const child of [...parent.children]) if (!elements.includes(child)) child.remove();
  elements.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
}
