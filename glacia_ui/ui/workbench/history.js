// The time machine: a slider over the versions, the page as it was at each, and the way back to it.
import { h, show } from '../lib/dom.js';
import { createFrame } from './frame.js';
import { createTrack } from './track.js';
import { createVersionCard } from './version_card.js';
import { createLegend } from './legend.js';
import { createWayBack } from './way_back.js';

export function createHistory(page) {
  const { store, t } = page;
  const state = { number: null, isOpen: false };
  const track = createTrack(page, (number) => choose(number));
  const frame = createFrame(page, { remark: h('span.xs.muted.only-wide', {}, t('follows_slider')) });
  const card = createVersionCard(page);
  const only = h('p.sm.muted.gl-only', { hidden: true }, t('one_version'));
  const time = h('section.gl-card.gl-time', { 'aria-label': t('time_machine') },
    h('div.head', {}, h('h3', {}, t('time_machine')), createLegend(t)), track.element, only);
  const empty = h('div.gl-frame', { hidden: true }, h('div.gl-empty', {}, h('h2', {}, t('no_history')), h('p', {}, t('no_history_text'))));
  const row = h('div.gl-history', {}, frame.element, card.element);
  const element = h('div.gl-stage', {}, time, row, empty);

  // null means: the newest, whichever that is.
  function choose(number) {
    state.number = number === store.latest ? null : number;
    draw();
  }

  const shown = () => Math.min(state.number ?? store.latest, store.latest);

  function draw() {
    if (!state.isOpen || store.status !== 'ready') return;
    const hasAny = store.latest > 0;
    show(time, hasAny);
    show(row, hasAny);
    show(empty, !hasAny);
    if (!hasAny) return;
    show(only, store.latest === 1);
    show(track.element, store.latest > 1);
    track.draw(shown());
    frame.load(shown());
    card.draw(store.snapshot(shown()));
  }

  function step(by) {
    choose(Math.min(store.latest, Math.max(1, shown() + by)));
  }

  store.on('project', draw);
  store.on('health', draw);
  return {
    element, tools: createWayBack(page), step, choose,
    open: () => { state.isOpen = true; draw(); },
    close: () => { state.isOpen = false; },
  };
}
