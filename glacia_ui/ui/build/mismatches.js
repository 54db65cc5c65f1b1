// Whether the answer's words fit what was really changed. Nothing is said where nobody compared the two.
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

// What does not fit, as a note; nothing when all does.
export function createMismatches({ t }, sentences) {
  return Boolean(sentences?.length) && h('div.gl-note.warn.gl-mismatch', { role: 'note' }, icon('warn'),
    h('div', {}, h('b', {}, t('mismatch')), h('ul', { dir: 'auto' }, sentences.map((line) => h('li', {}, line)))));
}

// The other side of it, beside the facts.
export const createMatch = ({ t }, sentences) => sentences?.length === 0
  && h('span.gl-match', { title: t('match_more') }, icon('check', 's'), t('match'));
