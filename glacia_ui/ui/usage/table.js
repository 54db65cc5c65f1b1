// The rows behind every number: sums by day, project, model or outcome, or each generation by itself. What a tile or a bar
// asks for by `gl:usage-filter` ({by, key, kinds, order}) is shown as its rows; the last line adds up what is shown.
import { hear } from '../lib/bus.js';
import { h, replace, texts } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { eachTable } from './each_table.js';
import { groupTable } from './group_table.js';
import { groupText } from './words.js';

const GROUPS = ['time', 'project', 'model', 'outcome', 'each'];

export function mount(root, settings) {
  const t = texts(settings.texts, 'usage');
  const state = { report: null, by: 'time', filter: {}, shown: 0 };
  const title = h('h3.grow', { tabindex: '-1' });
  const segment = h('div.gl-seg.gl-seg-scroll', { role: 'group', 'aria-label': t('group') });
  const chips = h('div.gl-usage-only', { role: 'status' });
  const body = h('div.gl-scroll');
  const empty = nothing(t);
  root.append(h('div.gl-page.gl-usage-table', {}, empty, h('section.gl-card', { 'aria-label': t('table') }, h('header', {}, title, segment), chips, body)));

  const open = (filter) => {
    Object.assign(state, filter.by && filter.key === undefined && !filter.kinds ? { by: filter.by, filter: {} } : { by: 'each', filter }, { shown: 0 });
    draw();
    title.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
    title.focus({ preventScroll: true });
  };
  const choose = (by) => { Object.assign(state, { by, filter: {}, shown: 0 }); draw(); };
  const more = (count) => { state.shown = count; draw(); };
  const draw = () => {
    const { report, by } = state;
    if (!report) return;
    const step = by === 'time' ? `_${report.step}` : '';
    replace(title, t(`by_${by}${step}`));
    replace(segment, GROUPS.map((name) => button(name, state, choose, t)));
    replace(chips, only(state, choose, t));
    replace(body, by === 'each' ? eachTable(state, more, t) : groupTable(state, { open, more }, t));
  };
  hear('gl:usage', (report) => { Object.assign(state, { report, filter: {}, shown: 0 }); draw(); });
  window.addEventListener('gl:usage-filter', (event) => open(event.detail));
}

function button(name, state, choose, t) {
  const isOn = state.by === name;
  const text = name === 'time' ? t(`group_time_${state.report.step}`) : t(`group_${name}`);
  return h('button', { type: 'button', class: isOn ? 'on' : '', 'aria-pressed': String(isOn), onclick: () => choose(name) }, text);
}

// What the rows are narrowed to, in words, and the way back.
function only({ by, filter, report }, choose, t) {
  if (by !== 'each') return null;
  const words = [];
  if (filter.by) {
    const group = report.groups[filter.by].find((one) => one.key === filter.key);
    if (group) words.push(groupText(filter.by, group, report.step, t));
  }
  if (filter.kinds) words.push(filter.kinds.length > 1 ? t('with_result') : t(`kind_${filter.kinds[0]}`));
  if (filter.order) words.push(t('costly'));
  if (!words.length) return null;
  const what = t('only', { what: words.join(', ') });
  return [h('span.gl-chip.accent', {}, filter.order && words.length === 1 ? t('costly') : what),
    h('button.gl-btn.ghost.sm', { type: 'button', onclick: () => choose('each') }, icon('close', 's'), t('show_all'))];
}

function nothing(t) {
  return h('div.gl-card.gl-empty.gl-usage-empty', {}, h('h2', {}, t('empty_title')), h('p', {}, t('empty_text')),
    h('a.gl-btn.primary', { href: '/#new' }, t('empty_action')));
}
