// The numbers of the period, each a button that shows its rows, and what is left of the month and the window.
import { tell } from '../lib/bus.js';
import { h, replace } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { clock, dollars, number } from '../lib/time.js';
import { generationWindow } from '../shell/quota.js';
import { dayOf, monthOf } from './words.js';

const LOADING = ['tile_generations', 'tile_result', 'tile_returned', 'tile_cost', 'tile_window_wait'];

export function mountTiles(t, { openLedger }) {
  const element = h('div.gl-grid.gl-tiles', { 'aria-busy': 'true' }, LOADING.map(() => h('div.gl-card.gl-tile', { 'aria-hidden': 'true' },
    h('span.gl-sk', { style: { width: '60%', height: '14px' } }), h('span.gl-sk', { style: { width: '40%', height: '28px', 'margin-top': '10px' } }))));
  const draw = (report, me) => replace(element,
    generations(report.total, t), result(report.total, t), returned(report.total, t), cost(report.total, t), left(me, openLedger, t));
  return { element, draw };
}

function tile(name, value, notes, act) {
  return h('button.gl-card.gl-tile', { type: 'button', onclick: act },
    h('span.k', {}, name, icon('right', 's')),
    h('span.v', {}, value),
    notes.filter(Boolean).map((note) => (note instanceof Node ? note : h('span.d', {}, note))));
}

const filter = (wanted) => () => tell('gl:usage-filter', wanted);

function generations(total, t) {
  const note = t('tile_generations_note', { stopped: total.stopped, returned: total.returned });
  return tile(t('tile_generations'), number(total.generations), [note], filter({}));
}

function result(total, t) {
  const value = total.result_percent === null ? t('none') : t('percent', { value: total.result_percent });
  return tile(t('tile_result'), value, [t('tile_result_note', { made: number(total.made), answered: number(total.answered) })],
    filter({ kinds: ['made', 'answered'] }));
}

function returned(total, t) {
  return tile(t('tile_returned'), number(total.returned), [t('tile_returned_note')], filter({ kinds: ['returned'] }));
}

function cost(total, t) {
  const [all, simulated] = [Number(total.cost_usd), Number(total.simulated_usd)];
  const charged = total.generations - total.returned;
  const marks = simulated === 0 ? '' : simulated === all ? t('tile_cost_simulated') : t('tile_cost_partly', { cost: dollars(simulated) });
  return tile(t('tile_cost'), dollars(all), [marks, charged > 0 && all > 0 && t('tile_cost_each', { cost: dollars(all / charged) })],
    filter({ order: 'cost' }));
}

function left({ quota, ...me }, openLedger, t) {
  const window = generationWindow(me);
  const resets = new Date(quota.resets_at);
  const month = monthOf(new Date(resets.getTime() - 86_400_000));
  const share = quota.limit ? Math.max(0, Math.min(100, (100 * quota.remaining) / quota.limit)) : 0;
  const bar = h('span.gl-meter', { 'aria-hidden': 'true' }, h('b', { class: quota.remaining === 0 ? 'w' : '', style: { width: `${share}%` } }));
  const value = [number(quota.remaining), ' ', h('small', {}, t('tile_left_of', { limit: number(quota.limit) }))];
  const slots = !window ? '' : window.remaining > 0 ? t('tile_window', window)
    : t('tile_window_full', { time: clock(Date.now() + window.retry_after * 1000) });
  return tile(t('tile_left', { month }), value, [bar, t('tile_left_note', { limit: number(quota.limit), date: dayOf(resets) }), slots], openLedger);
}
