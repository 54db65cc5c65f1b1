// The model's own summary of its thoughts: one line that opens. How long it took is known only to a page that watched.
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { duration } from '../lib/time.js';

export function createThoughts({ t }, text, milliseconds = null) {
  const label = h('span.nowrap', {});
  const glance = h('span.ell.grow');
  const full = h('div.gl-thoughts', { hidden: true, dir: 'auto' });
  const button = h('button.gl-think', { type: 'button', 'aria-expanded': 'false', onclick: toggle }, icon('spark'), label, glance, icon('right', 's'));
  const element = h('div', {}, button, full);

  function toggle() {
    full.hidden = !full.hidden;
    glance.hidden = !full.hidden;
    button.setAttribute('aria-expanded', String(!full.hidden));
  }

  function update(newText, newMilliseconds, isThinking = false) {
    label.textContent = isThinking ? t('thinking') : newMilliseconds === null ? t('thoughts') : t('thought_for', { time: duration(newMilliseconds) });
    glance.textContent = firstSentence(newText);
    full.textContent = newText.trim();
  }
  update(text, milliseconds);
  element.update = update;
  return element;
}

const firstSentence = (text) => text.trim().split('\n')[0].replace(/[*_#`]/g, '').slice(0, 160);
