// Generations per day or month, stacked by how they ended. Our own SVG, because what was returned is hatched: colour never
// speaks alone. It is drawn in real pixels, so that its labels keep their size on a phone.
import { hear, tell } from '../lib/bus.js';
import { h, replace, texts } from '../lib/dom.js';
import { barText, timeText } from './words.js';

const KINDS = ['made', 'answered', 'stopped', 'returned'];
const HEIGHT = 212;
const EDGE = { left: 32, right: 4, top: 10, bottom: 24 };
const LABEL_PX = 64;
const SVG = 'http://www.w3.org/2000/svg';

export function mount(root, settings) {
  const t = texts(settings.texts, 'usage');
  const title = h('h3');
  const legend = h('div.gl-legend', {}, KINDS.map((kind) => h('span', {}, h('i', { class: `gl-k-${kind}` }), t(`kind_${kind}`))));
  const stage = h('div.gl-bars');
  legend.append(h('button.gl-link', { type: 'button', onclick: () => tell('gl:usage-filter', { by: 'time' }) }, t('as_table')));
  root.append(h('section.gl-chart', {}, h('div.ttl', {}, title, legend), stage));
  let report = null;
  const redraw = () => {
    if (!report || !stage.clientWidth) return;
    const name = t(`chart_generations_${report.step}`);
    replace(title, name);
    replace(stage, drawing(report, stage.clientWidth, name, t));
  };
  hear('gl:usage', (made) => { report = made; redraw(); });
  new ResizeObserver(redraw).observe(stage);
}

function drawing(report, width, name, t) {
  const bars = report.groups.time;
  const top = ceiling(Math.max(...bars.map((bar) => bar.generations), 1));
  const plot = { width: width - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const step = plot.width / bars.length;
  const y = (count) => EDGE.top + plot.height * (1 - count / top);
  const summary = KINDS.map((kind) => t('bar_part', { count: report.total[kind], kind: t(`kind_${kind}`).toLowerCase() })).join(', ');
  const svg = node('svg', { width, height: HEIGHT, role: 'img', 'aria-label': t('chart_label', { title: name, summary }) }, hatch());
  for (const count of [0, top / 2, top]) {
    svg.append(node('line', { class: 'grid', x1: EDGE.left, x2: width - EDGE.right, y1: y(count), y2: y(count) }),
      words(EDGE.left - 8, y(count) + 4, String(count), 'end'));
  }
  const every = Math.max(1, Math.ceil(LABEL_PX / step));
  bars.forEach((bar, index) => {
    const x = EDGE.left + index * step;
    svg.append(stack(bar, { x, step, y, plot }, report.step, t));
    if ((bars.length - 1 - index) % every === 0) svg.append(words(labelX(x + step / 2, width), HEIGHT - 6, barText(bar.key, report.step), 'middle'));
  });
  return svg;
}

// The next round number that is even, so that the middle line is a whole one: 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200 …
function ceiling(most) {
  const unit = most <= 10 ? 2 : 2 * 10 ** Math.floor(Math.log10(most - 1));
  return Math.ceil(most / unit) * unit;
}
const labelX = (x, width) => Math.min(Math.max(x, EDGE.left + 14), width - 20);

function stack(bar, { x, step, y, plot }, unit, t) {
  const gap = Math.min(step * 0.3, 8);
  const width = Math.min(step - gap, 40);
  const left = x + (step - width) / 2;
  const group = node('g', { class: 'gl-bar' },
    node('rect', { class: 'hit', x, y: EDGE.top, width: step, height: plot.height }));
  let below = 0;
  for (const kind of KINDS.filter((name) => bar[name] > 0)) {
    const [high, low] = [y(below + bar[kind]), y(below)];
    const rect = node('rect', { class: `gl-k-${kind}`, x: left, y: high + (below ? 1 : 0), width, height: Math.max(low - high - 1, 1), rx: 2 });
    rect.addEventListener('click', (event) => { event.stopPropagation(); tell('gl:usage-filter', { by: 'time', key: bar.key, kinds: [kind] }); });
    group.append(rect);
    below += bar[kind];
  }
  const parts = KINDS.filter((kind) => bar[kind]).map((kind) => t('bar_part', { count: bar[kind], kind: t(`kind_${kind}`).toLowerCase() }));
  const tip = node('title', {});
  tip.textContent = t('bar', { time: timeText(bar.key, unit), parts: parts.join(', ') || t('bar_nothing') });
  group.append(tip);
  if (bar.generations) {
    group.classList.add('is-full');
    group.addEventListener('click', () => tell('gl:usage-filter', { by: 'time', key: bar.key }));
  }
  return group;
}

function hatch() {
  return node('defs', {}, node('pattern', { id: 'gl-hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    node('rect', { class: 'ground', width: 5, height: 5 }), node('rect', { class: 'line', width: 2, height: 5 })));
}

function words(x, y, text, anchor) {
  const element = node('text', { x, y, 'text-anchor': anchor });
  element.textContent = text;
  return element;
}

function node(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
