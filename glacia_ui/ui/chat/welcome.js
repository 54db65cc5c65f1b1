// The empty conversation teaches what helps. A click puts the example into the composer; nothing is sent.
import { h } from '../lib/dom.js';

const EXAMPLES = ['purpose', 'content', 'mood'];

export function createWelcome(page) {
  const { t } = page;
  const card = (name) => h('button.gl-card.gl-hint-card', { type: 'button', onclick: () => page.compose(t(`example_${name}`)) },
    h('h3', {}, t(`hint_${name}`)), h('span', {}, `“${t(`example_${name}`)}”`));
  return h('div.gl-welcome', { hidden: true },
    h('h2', {}, t('welcome')), h('p.muted', {}, t('welcome_text')), EXAMPLES.map(card));
}
