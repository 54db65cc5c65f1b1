// Each generation by itself, newest or costliest first, narrowed to what was asked for. The last line adds up the rows.
import { h } from '../lib/dom.js';
import { duration, number } from '../lib/time.js';
import { exactCost, momentText } from './words.js';

const FIRST = 50;
const CHIP = { made: 'accent', answered: 'line', stopped: 'warn', returned: 'danger' };

export function eachTable(state, more, t) {
  const rows = chosen(state.report.rows, state.filter);
  const shown = rows.slice(0, Math.max(state.shown, FIRST));
  const rest = rows.length - shown.length;
  const heads = [['when'], ['group_project'], ['group_outcome'], ['duration', 'r gl-hide-sm'], ['tokens', 'r gl-hide-sm'], ['cost', 'r']];
  return h('table.gl-table.num', {},
    h('thead', {}, h('tr', {}, heads.map(([name, kind]) => h('th', { scope: 'col', class: kind ?? '' }, t(name.startsWith('group') ? name : `col_${name}`))))),
    h('tbody', {}, shown.map((row) => line(row, t)),
      rest > 0 && h('tr', {}, h('td.gl-more', { colspan: heads.length }, h('button.gl-link', { type: 'button', onclick: () => more(rows.length) }, t('show_more', { count: number(rest) }))))),
    h('tfoot', {}, h('tr', {}, h('th', { scope: 'row', colspan: 3 }, t('total_shown', { count: number(rows.length) })),
      h('td.r.gl-hide-sm', {}, rows.length ? duration(sum(rows, (row) => row.duration_ms)) : ''),
      h('td.r.gl-hide-sm', {}, number(sum(rows, tokensOf))),
      h('td.r', {}, exactCost(sum(rows, (row) => Number(row.cost_usd)))))));
}

const tokensOf = (row) => row.read_tokens + row.written_tokens;
const sum = (rows, amount) => rows.reduce((total, row) => total + amount(row), 0);

function chosen(rows, { by, key, kinds, order }) {
  const found = rows.filter((row) => (!by || String(row[by]) === key) && (!kinds || kinds.includes(row.kind)));
  return order === 'cost' ? found.sort((a, b) => Number(b.cost_usd) - Number(a.cost_usd)) : found;
}

function line(row, t) {
  const name = row.project_name ?? t('deleted_project');
  return h('tr', { id: `g-${row.generation_id}` },
    h('td.nowrap', {}, momentText(row.at)),
    h('td.gl-cell-name', { dir: 'auto' }, row.project_id ? h('a', { href: `/build?project=${row.project_id}` }, name) : h('span.muted', {}, name)),
    h('td', {}, h('span.gl-chip', { class: CHIP[row.kind], title: t(`outcome_${row.outcome}`) }, t(`kind_${row.kind}`))),
    h('td.r.gl-hide-sm', {}, duration(row.duration_ms)),
    h('td.r.gl-hide-sm', {}, number(tokensOf(row))),
    h('td.r', { title: `$${row.cost_usd}${row.is_simulated ? ` ${t('simulated')}` : ''}` }, exactCost(row.cost_usd)));
}
