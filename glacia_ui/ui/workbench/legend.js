// What the signs on the time machine mean.
import { h } from '../lib/dom.js';
import { healthDot } from '../build/health_words.js';

export const createLegend = (t) => h('span.gl-legend.sm.muted', {}, ['ok', 'broken', 'unknown'].map((state) => h('span', {}, healthDot({ state }), t(`legend_${state}`))));
