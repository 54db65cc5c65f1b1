// What the user said, as it was typed.
import { h } from '../lib/dom.js';

export const createBubble = (text) => h('div.gl-user', { dir: 'auto' }, text);
