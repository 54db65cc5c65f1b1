// What the user said, as it was typed. A question says that it is one.
import { h } from '../lib/dom.js';

export const createBubble = ({ t }, { request, generation }) => h('div.gl-user', {},
  generation?.mode === 'ask' && h('span.gl-chip', {}, t('question')), h('div', { dir: 'auto' }, request.text));
