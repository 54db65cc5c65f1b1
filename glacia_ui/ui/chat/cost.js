// What an answer cost: money, time, tokens, and its place in the month's quota.
import { h } from '../lib/dom.js';
import { dollars, duration, number } from '../lib/time.js';
import { tokens } from '../build/rules.js';
import { createPlayButton } from './player.js';

// `isAlone`: no card above it says which model answered.
export function createCostLine(page, generation, limit, isAlone = false) {
  const { t } = page;
  const { usage } = generation;
  const parts = [
    usage.is_simulated ? t('cost_simulated', { cost: dollars(usage.cost_usd) }) : dollars(usage.cost_usd),
    generation.duration_ms !== null && duration(generation.duration_ms),
    t('tokens', { count: number(tokens(usage)) }),
    generation.is_returned ? t('cost_returned') : limit > 0 && t('one_of', { limit }),
    h('a', { href: '/usage#ledger' }, t('in_ledger')),
    createPlayButton(page, generation),
  ].filter(Boolean);
  const dot = () => h('span', { 'aria-hidden': 'true' }, '·');
  return h('p.gl-cost', {}, isAlone && usage.is_simulated && h('span.gl-chip.line', {}, t('demo_model')),
    parts.map((part, index) => h('span', {}, h('span', {}, part), index < parts.length - 1 && dot())));
}
