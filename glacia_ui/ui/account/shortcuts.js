// Which keys do what, and the switch that turns single keys off.
import { h } from '../lib/dom.js';
import { keysAreOn, setKeys } from '../lib/keys.js';

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const COMMAND = IS_APPLE ? '⌘' : 'Ctrl';
// Each line: what it does, then its keys; a list within it is pressed together, several are alternatives.
const GROUPS = [
  ['keys_everywhere', [['key_projects', [[COMMAND, 'K']]], ['key_composer', [['/']], true], ['key_stop', [['Esc']]]]],
  ['keys_writing', [['key_send', [['Enter']]], ['key_line', [['Shift', 'Enter']]]]],
  ['keys_build', [
    ['key_tabs', [['Alt', '1…4']]],
    ['key_versions', [['['], [']']], true],
    ['key_changes', [['N'], ['P']], true],
    ['key_slider', [['←'], ['→']]],
    ['key_ends', [['Home'], ['End']]],
  ]],
];

export function shortcuts(t) {
  const input = h('input', { type: 'checkbox', role: 'switch', id: 'gl-keys', 'aria-describedby': 'gl-keys-text' });
  input.checked = keysAreOn();
  input.addEventListener('change', () => setKeys(input.checked));
  return h('div', {},
    h('div.gl-account-line', {},
      h('div.grow', {}, h('label.b', { for: 'gl-keys' }, t('keys_switch')), h('p.sm.muted', { id: 'gl-keys-text' }, t('keys_switch_text'))),
      h('span.gl-switch', {}, input, h('span', { 'aria-hidden': 'true' }))),
    h('div.gl-keys', {}, GROUPS.map(([title, lines]) => h('section', {}, h('h3', {}, t(title)), h('dl', {}, lines.map((one) => line(one, t)))))));
}

function line([name, alternatives, isSingle], t) {
  const keys = alternatives.map((pressed, index) => [index > 0 && h('span.xs.subtle', {}, ` ${t('or')} `), pressed.map((key) => h('kbd.gl-kbd', {}, key))]);
  return h('div', {}, h('dt', {}, t(name), isSingle && h('span.gl-chip.line.gl-single', {}, t('single'))), h('dd', {}, keys));
}
