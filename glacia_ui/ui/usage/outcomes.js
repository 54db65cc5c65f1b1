// How they ended, in detail: one line per way to end, with a bar for its share. A press shows the rows.
import { hear, tell } from '../lib/bus.js';
import { h, replace, texts } from '../lib/dom.js';
import { number } from '../lib/time.js';

const KIND_OF = { committed: 'made', answered: 'answered', stopped: 'stopped' };

export function mount(root, settings) {
  const t = texts(settings.texts, 'usage');
  const list = h('ul.gl-outcomes');
  root.append(h('section.gl-chart', {}, h('div.ttl', {}, h('h3', {}, t('chart_outcomes'))), list));
  hear('gl:usage', ({ groups, total }) => replace(list, groups.outcome.map((group) => line(group, total.generations, t))));
}

function line(group, all, t) {
  const share = `${Math.max(1, (100 * group.generations) / all)}%`;
  return h('li', {}, h('button', { type: 'button', onclick: () => tell('gl:usage-filter', { by: 'outcome', key: group.key }) },
    h('span.ell', {}, t(`outcome_${group.key}`)),
    h('span.gl-share', { 'aria-hidden': 'true' }, h('b', { class: `gl-k-${KIND_OF[group.key] ?? 'returned'}`, style: { width: share } })),
    h('span.num', {}, number(group.generations))));
}
