// What a comparison looks like before it is there.
import { h } from '../lib/dom.js';

const WIDTHS = [34, 52, 61, 40, 73, 45, 58, 30];

export const createSkeletonDiff = () => h('section.gl-file', { 'aria-hidden': 'true' },
  h('header', {}, h('span.gl-sk', { style: { width: '140px', height: '16px' } })),
  h('div.gl-code-skeleton', {}, WIDTHS.map((width) => h('span.gl-sk', { style: { width: `${width}%` } }))));
