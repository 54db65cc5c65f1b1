// The slider of the time machine: one dot per version, with mouse, touch and keys.
import { h, replace } from '../lib/dom.js';
import { clock, day } from '../lib/time.js';
import { healthDot, healthWords } from '../build/health_words.js';

const LABELS = 10; // as many times as fit side by side

export function createTrack({ store, t }, choose) {
  const fill = h('span.fill');
  const stops = h('span.stops');
  const element = h('div.gl-track', { role: 'slider', tabindex: '0', 'aria-label': t('version_slider'), 'aria-valuemin': '1', onkeydown: press }, fill, stops);
  let current = 1;

  function draw(number) {
    current = number;
    const snapshots = store.snapshots.toReversed();
    const place = (index) => (snapshots.length > 1 ? (index / (snapshots.length - 1)) * 100 : 0);
    fill.style.width = `${place(number - 1)}%`;
    replace(stops, snapshots.map((snapshot, index) => createStop(snapshots, index, place(index), number)));
    element.setAttribute('aria-valuemax', String(store.latest));
    element.setAttribute('aria-valuenow', String(number));
    element.setAttribute('aria-valuetext', t('slider_value', { number, time: when(store.snapshot(number)), title: store.snapshot(number).card.title, health: healthWords(t, store.snapshot(number).health) }));
  }

  function createStop(snapshots, index, left, number) {
    const snapshot = snapshots[index];
    const isOn = snapshot.number === number;
    const every = Math.ceil(snapshots.length / LABELS);
    const hasLabel = isOn || index % every === 0;
    const stop = h(`span.gl-stop${isOn ? '.on' : snapshot.number < number ? '.past' : ''}`, { style: { left: `${left}%` }, title: `${t('version', { number: snapshot.number })}: ${healthWords(t, snapshot.health)}` },
      h('span.pt', {}, isOn && snapshot.number), h('span.lb', {}, healthDot(snapshot.health), hasLabel && h('span.when', {}, label(snapshots, index))));
    return stop;
  }

  // The day stands only where it changes.
  function label(snapshots, index) {
    const at = snapshots[index].created_at;
    const isNewDay = index === 0 || day(at) !== day(snapshots[index - 1].created_at);
    return isNewDay && day(at) !== t('today') ? `${day(at)} ${clock(at)}` : clock(at);
  }

  const when = (snapshot) => `${day(snapshot.created_at)} ${clock(snapshot.created_at)}`;

  function press(event) {
    const target = { ArrowLeft: current - 1, ArrowDown: current - 1, ArrowRight: current + 1, ArrowUp: current + 1, Home: 1, End: store.latest, PageDown: current - 5, PageUp: current + 5 }[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(Math.min(store.latest, Math.max(1, target)));
  }

  function point(event) {
    const box = element.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const number = 1 + Math.round(share * (store.latest - 1));
    if (number !== current) choose(number);
  }

  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    point(event);
  });
  element.addEventListener('pointermove', (event) => { if (element.hasPointerCapture(event.pointerId)) point(event); });
  return { element, draw };
}
