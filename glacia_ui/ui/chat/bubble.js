// What the user said, as it was typed, with what went with it. A question says that it is one.
import { h } from '../lib/dom.js';
import { createThumbnail } from './thumbnail.js';

export const createBubble = ({ t }, { request, generation }) => h('div.gl-user', {},
  generation?.mode === 'ask' && h('span.gl-chip', {}, t('question')), h('div', { dir: 'auto' }, request.text),
  generation?.attachments?.length > 0 && h('ul.gl-clips', { 'aria-label': t('attachments') }, generation.attachments.map((each) => h('li', {}, createThumbnail(each)))));
