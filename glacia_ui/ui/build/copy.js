// A button that copies a text and says so. Without a secure origin the clipboard API is missing: then select and copy.
import { h, replace } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

const SHOWN = 1600; // milliseconds

export function createCopy({ t }, text, label = '') {
  const face = () => [icon('copy'), label];
  const button = h(`button.gl-btn.ghost.sm${label ? '' : '.icon'}`, { type: 'button', 'aria-label': label ? undefined : t('copy') }, face());
  button.addEventListener('click', async () => {
    await copy(text());
    replace(button, icon('check'), label && t('copied'));
    setTimeout(() => replace(button, ...face()), SHOWN);
  });
  return button;
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = h('textarea', { style: { position: 'fixed', opacity: 0 }, value: text });
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
