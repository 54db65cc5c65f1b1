// Every movement of the quota, newest first, and how they add up to what is left. Read when it is looked at.
import { get } from '../lib/api.js';
import { hear } from '../lib/bus.js';
import { h, replace, texts } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { number } from '../lib/time.js';
import { momentText, monthOf } from './words.js';

const PAGE = 200;
const SIGNS = { grant: ['plus', 'accent'], reserve: ['lock', 'line'], settle: ['check', 'line'], refund: ['undo', 'ok'], expire: ['clock', 'line'] };
const HEADS = ['row', 'when', 'what', 'why', 'generation', 'change', 'balance'];

export function mount(root, settings) {
  const t = texts(settings.texts, 'usage');
  const page = h('div.gl-page.gl-ledger', { 'aria-busy': 'true' });
  root.append(page);
  const state = { rows: [], hasMore: true, isRead: false };
  const read = async () => {
    const before = state.rows.at(-1)?.id;
    const rows = await get(`/ledger?limit=${PAGE}${before ? `&before=${before}` : ''}`);
    state.rows.push(...rows);
    state.hasMore = rows.length === PAGE;
  };
  const draw = () => {
    page.removeAttribute('aria-busy');
    replace(page, balance(state.rows, t), table(state, () => open(false), t));
    document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: 'center' });
  };
  // The first time it goes back to the start of this month, or the sum above the rows would be of a part of them.
  async function open(isFirst) {
    if (isFirst) replace(page, h('p.sr', { role: 'status' }, t('ledger_loading')), h('span.gl-sk.gl-sk-card'), h('span.gl-sk.gl-sk-card.tall'));
    try {
      do await read(); while (isFirst && state.hasMore && monthStart(state.rows) < 0);
      draw();
    } catch {
      replace(page, h('div.gl-note.danger', { role: 'alert' }, icon('plug'), h('span.grow', {}, t('ledger_failed')),
        h('button.gl-btn.secondary.sm', { type: 'button', onclick: () => open(isFirst) }, t('try_again'))));
    }
  }
  hear('gl:usage-view', ({ view }) => {
    if (view !== 'ledger' || state.isRead) return;
    state.isRead = true;
    open(true);
  });
}

// The row that opened this month: what came before it has expired.
const monthStart = (rows) => rows.findIndex((row) => row.kind === 'grant' && row.reason === 'period_started');

function balance(rows, t) {
  const start = monthStart(rows);
  const month = start < 0 ? rows : rows.slice(0, start + 1);
  const sum = (...kinds) => month.filter((row) => kinds.includes(row.kind)).reduce((total, row) => total + row.amount, 0);
  const [granted, reserved, returned] = [sum('grant', 'expire', 'settle'), -sum('reserve'), sum('refund')];
  const left = rows[0]?.balance ?? 0;
  const addsUp = granted - reserved + returned === left;
  const part = (name, value, kind = '') => h('div', {}, h('div.xs.muted', {}, name), h('div.gl-sum.num', { class: kind }, number(value)));
  const sign = (text) => h('span.gl-sum-sign', {}, text);
  const name = month.length ? monthOf(new Date(month.at(-1).at)) : '';
  return h('section.gl-card.gl-sums', { 'aria-label': t('made_of') },
    part(t('granted', { month: name }), granted), sign('−'), part(t('reserved'), reserved), sign('+'),
    part(t('returned'), returned, 'ok'), sign('='), part(t('left'), left, 'accent'), h('span.grow'),
    h('span.gl-sum-check.sm', { class: addsUp ? 'ok' : 'bad' }, icon(addsUp ? 'check' : 'warn'), t(addsUp ? 'adds_up' : 'does_not_add_up')));
}

function table({ rows, hasMore }, more, t) {
  return h('section.gl-card.gl-scroll', {}, h('table.gl-table.gl-table-ledger', { 'aria-label': t('ledger_table') },
    h('thead', {}, h('tr', {}, HEADS.map((name, index) => h('th', { scope: 'col', class: index > 4 ? 'r' : '' }, t(`led_${name}`))))),
    h('tbody', {}, rows.map((row) => line(row, t)),
      hasMore && h('tr', {}, h('td.gl-more', { colspan: HEADS.length }, h('button.gl-link', { type: 'button', onclick: more }, t('earlier')))))));
}

function line(row, t) {
  const [sign, kind] = SIGNS[row.kind];
  const isTarget = row.generation_id && location.hash === `#g-${row.generation_id}`;
  return h('tr', { class: isTarget ? 'sel' : '', id: row.kind === 'reserve' ? `g-${row.generation_id}` : null },
    h('td.subtle.num', {}, row.id),
    h('td.num.nowrap', {}, momentText(row.at)),
    h('td', {}, h('span.gl-chip', { class: kind }, icon(sign, 's'), t(`kind_${row.kind}`))),
    h('td', {}, h('b.gl-why', {}, reason(row, t)), row.project_name && h('div.xs.muted', { dir: 'auto' }, row.project_name)),
    h('td.mono.subtle', { title: row.generation_id ?? '' }, row.generation_id ? row.generation_id.slice(0, 8) : '–'),
    h('td.r.num.gl-change-cell', { class: row.amount > 0 ? 'ok' : row.amount < 0 ? '' : 'subtle' }, signed(row.amount)),
    h('td.r.num', {}, number(row.balance)));
}

function reason(row, t) {
  const outcome = t(`outcome_${row.reason}`);
  return outcome.startsWith('outcome_') ? t(`why_${row.reason}`) : outcome;
}

const signed = (amount) => (amount === 0 ? '±0' : amount > 0 ? `+${number(amount)}` : `−${number(-amount)}`);
