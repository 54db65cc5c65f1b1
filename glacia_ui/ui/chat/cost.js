// What an answer cost: money, time, tokens, and its place in the month's quota.
import { h } from '../lib/dom.js';
import { dollars, duration, number } from '../lib/time.js';
import { tokens } from '../build/rules.js';

export function createCostLine({ t }, generation, limit) {
  const { usage } = generation;
  const parts = [
    usage.is_simulated ? t('cost_simulated', { cost: dollars(usage.cost_usd) }) : dollars(usage.cost_usd),
    generation.duration_ms !== null && duration(generation.duration_ms),
    t('tokens', { count: number(tokens(usage)) }),
    generation.is_returned ? t('cost_returned') : limit > 0 && t('one_of', { limit }),
    h('a', { href: '/usage#ledger' }, t('in_ledger')),
  ].filter(Boolean);
  return h('p.gl-cost', {}, parts.map((part, index) => [index > 0 && h('span', { 'aria-hidden': 'true' }, '·'), h('span', {}, part)]));
}
