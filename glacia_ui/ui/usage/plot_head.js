// Title and legend above one of Gradio's own plots, and its name for screen readers.
import { hear, tell } from '../lib/bus.js';
import { h, replace, texts } from '../lib/dom.js';
import { dollars } from '../lib/time.js';
import { compact } from './words.js';

export function mount(root, settings) {
  const t = texts(settings.texts, 'usage');
  const title = h('h3');
  const legend = h('div.gl-legend');
  root.append(h('div.gl-chart.gl-plot-head', {}, h('div.ttl', {}, title, legend)));
  const asTable = h('button.gl-link', { type: 'button', onclick: () => tell('gl:usage-filter', { by: 'time' }) }, t('as_table'));
  hear('gl:usage', ({ total, step }) => {
    const mark = (color, text) => h('span', {}, h('i', { class: color }), text);
    if (settings.chart === 'cost') {
      replace(title, t('chart_cost'));
      replace(legend, mark('gl-k-made', t('chart_cost_legend', { cost: dollars(total.cost_usd) })), asTable);
    } else {
      replace(title, t(`chart_tokens_${step}`));
      replace(legend, mark('gl-k-made', `${t('tokens_written')} ${compact(total.written_tokens)}`), mark('gl-k-answered', `${t('tokens_read')} ${compact(total.read_tokens)}`), asTable);
    }
  });
}
