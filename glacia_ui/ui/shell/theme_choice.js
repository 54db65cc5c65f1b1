// Light, dark or as the system has it. The choice lives in localStorage; boot.js applies it.
import { hear, tell } from '../lib/bus.js';
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

const CHOICES = [['light', 'sun'], ['dark', 'moon'], ['system', 'desktop']];
const KEY = 'gl-theme';
let count = 0;

function chosen() {
  try { return localStorage.getItem(KEY) ?? 'system'; } catch { return 'system'; }
}

export function themeChoice(t) {
  const name = `gl-theme-${(count += 1)}`;
  const inputs = CHOICES.map(([value]) => h('input.sr', { type: 'radio', name, value, onchange: () => choose(value) }));
  const show = () => inputs.forEach((input) => { input.checked = input.value === chosen(); });
  const group = h('div.gl-radio', { role: 'radiogroup', 'aria-label': t('theme') },
    CHOICES.map(([value, sign], index) => h('label', {}, inputs[index], h('span', {}, icon(sign, 's'), t(`theme_${value}`)))));
  show();
  hear('gl:theme', show);
  return group;
}

function choose(value) {
  try { localStorage.setItem(KEY, value); } catch { /* private window: the choice lasts as long as this page */ }
  tell('gl:theme');
}
