// Sums per day, month, project, model or outcome. Pressing a line shows the generations behind it.
import { h } from '../lib/dom.js';
import { number } from '../lib/time.js';
import { exactCost, groupText } from './words.js';

const COUNTS = ['generations', 'made', 'answered', 'stopped', 'returned'];
const HEADS = ['all', 'made', 'answered', 'stopped', 'returned', 'tokens', 'cost'];
const MINOR = new Set(['answered', 'stopped', 'tokens']);
const FIRST = 10;
const MONTHS = 12;

export function groupTable(state, { open, more }, t) {
  const { by, report } = state;
  const groups = by === 'time' ? [...report.groups.time].reverse() : report.groups[by];
  const shown = groups.slice(0, Math.max(state.shown, by === 'time' && report.step === 'month' ? MONTHS : FIRST));
  const rest = groups.length - shown.length;
  const first = by === 'time' ? t(`group_time_${report.step}`) : t(`group_${by}`);
  return h('table.gl-table.num', {},
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, first), HEADS.map((name) => h('th.r', { scope: 'col', class: hide(name) }, t(`col_${name}`))))),
    h('tbody', {}, shown.map((group) => line(group, by, report.step, open, t)), rest > 0 && others(rest, by, () => more(groups.length), t)),
    h('tfoot', {}, h('tr', {}, h('th', { scope: 'row' }, t('total')), numbers(report.total))));
}

const hide = (name) => (MINOR.has(name) ? 'gl-hide-sm' : '');

function line(group, by, step, open, t) {
  const text = groupText(by, group, step, t);
  const act = () => open({ by, key: group.key });
  const name = group.generations
    ? h('button.gl-link.plain', { type: 'button', 'aria-label': t('open_rows', { what: text }), onclick: act }, text)
    : text;
  return h('tr', { class: group.generations ? 'is-link' : 'is-zero', onclick: (event) => { if (group.generations && !event.target.closest('button')) act(); } },
    h('th.nowrap', { scope: 'row', dir: by === 'project' ? 'auto' : null }, name), numbers(group));
}

function numbers(sums) {
  return [
    ...COUNTS.map((name) => h('td.r', { class: hide(name) }, number(sums[name]))),
    h('td.r.gl-hide-sm', {}, number(sums.read_tokens + sums.written_tokens)),
    h('td.r', {}, exactCost(sums.cost_usd)),
  ];
}

function others(count, by, act, t) {
  const text = by === 'time' ? t('show_other', { count }) : t('show_more', { count });
  return h('tr', {}, h('td.gl-more', { colspan: HEADS.length + 1 }, h('button.gl-link', { type: 'button', onclick: act }, text)));
}
