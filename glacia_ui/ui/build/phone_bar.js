// The bar at the foot of a phone: one pane at a time, and a dot on the preview when something new is there to see.
import { h, show } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { TABS, TAB_ICONS } from '../workbench/workbench.js';

export function createPhoneBar(page) {
  const { store, t } = page;
  const badges = {};
  const items = ['chat', ...TABS].map((name) => h('button', { type: 'button', dataset: { tab: name }, onclick: () => page.show(name) },
    icon(TAB_ICONS[name] ?? 'chat', 'l'), t(name === 'chat' ? 'chat' : `tab_${name}`), badges[name] = h('span.badge', { hidden: true }, h('span.sr', {}, t('news')))));
  const element = h('nav.gl-bottom', { 'aria-label': t('views') }, items);
  let current = 'chat';
  let seen = null;

  function mark(tab) {
    current = tab;
    for (const item of items) {
      item.classList.toggle('on', item.dataset.tab === tab);
      item.setAttribute('aria-current', item.dataset.tab === tab ? 'page' : 'false');
    }
    show(badges[tab], false);
  }

  store.on('project', () => {
    if (seen !== null && store.latest > seen && current !== 'preview') show(badges.preview, true);
    seen = store.latest;
  });
  store.on('event', ({ event }) => { if (event.type === 'failed' && current !== 'chat') show(badges.chat, true); });
  return { element, mark };
}
