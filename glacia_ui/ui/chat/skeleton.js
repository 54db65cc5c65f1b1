// What the conversation looks like before it is there.
import { h } from '../lib/dom.js';

const line = (width, height = 14) => h('span.gl-sk', { style: { width, height: `${height}px` } });

export function createSkeleton() {
  return h('div.gl-log-skeleton', { 'aria-hidden': 'true' },
    h('span.gl-sk.gl-sk-bubble'),
    h('div.stack', {}, line('38%'), line('96%'), line('88%'), line('54%')),
    h('div.gl-card.stack', {},
      h('div.row', {}, line('76px', 24), line('112px', 24)), line('64%', 20), line('92%'), line('80%'),
      h('div.row', {}, line('250px', 36), line('90px', 36))));
}
