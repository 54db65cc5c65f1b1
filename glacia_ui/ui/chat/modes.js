// What a request is for: Build changes the files, Ask is answered and changes nothing. Remembered per project.
import { h } from '../lib/dom.js';
import { store as keep, stored } from '../lib/stored.js';

const MODES = ['build', 'ask'];

// `onchange(mode)` also hears of a choice that was made for the reader. Returns {element, value, choose(mode)}.
export function createModes({ store, t }, onchange) {
  const name = `gl-mode:${store.id}`;
  const buttons = MODES.map((mode) => h('button', { type: 'button', title: t(`mode_${mode}_title`), onclick: () => choose(mode) }, t(`mode_${mode}`)));
  const element = h('div.gl-seg', { role: 'group', 'aria-label': t('mode') }, buttons);
  let value = stored(name, 'build');
  if (!MODES.includes(value)) value = 'build';

  function choose(mode) {
    value = mode;
    keep(name, mode);
    draw();
    onchange(mode);
  }

  function draw() {
    MODES.forEach((mode, index) => {
      buttons[index].classList.toggle('on', mode === value);
      buttons[index].setAttribute('aria-pressed', String(mode === value));
    });
  }
  draw();
  return { element, choose, get value() { return value; } };
}
