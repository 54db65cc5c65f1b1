// A native select in our clothes: its keyboard and its list are the system's.
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

// options = {icon?, prefix?, label, onchange(value)}
export function createSelect({ icon: name, prefix, label, onchange }) {
  const select = h('select', { 'aria-label': label, onchange: () => onchange(select.value) });
  const element = h('span.gl-select', {}, name && icon(name, 's'), prefix && h('span.muted', { 'aria-hidden': 'true' }, prefix), select, icon('down', 's'));

  function fill(entries, value) {
    const same = entries.length === select.options.length && entries.every((entry, index) => select.options[index].value === String(entry.value) && select.options[index].text === entry.label);
    if (!same) select.replaceChildren(...entries.map((entry) => h('option', { value: entry.value }, entry.label)));
    if (value !== null) select.value = String(value);
    select.disabled = entries.length < 2;
  }
  return { element, fill };
}
