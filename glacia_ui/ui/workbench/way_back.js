// While the newest version has an error: one click back to the last one without.
import { h, replace, show } from '../lib/dom.js';
import { spinner } from '../lib/icons.js';
import { healthDot } from '../build/health_words.js';

export function createWayBack(page) {
  const { store, t } = page;
  const element = h('button.gl-btn.secondary.sm', { type: 'button', hidden: true, onclick: () => goBack() });
  let isBusy = false;

  function draw() {
    const target = targetOf(store);
    show(element, target !== null);
    element.disabled = store.isBusy;
    element.ariaBusy = String(isBusy);
    element.title = store.isBusy ? t('after_this') : '';
    const health = store.snapshot(target)?.health;
    if (health) replace(element, isBusy ? spinner() : healthDot(health), health.state === 'ok' ? t('back_to_working') : t('back_to', { number: target }));
  }

  async function goBack() {
    if (isBusy) return;
    isBusy = true;
    draw();
    try {
      await store.server.restore(targetOf(store));
      await store.changed();
      page.showNewest();
    } catch {
      await store.refresh(); // what stands in the way is seen then
    }
    isBusy = false;
    draw();
  }

  for (const event of ['project', 'health', 'live']) store.on(event, draw);
  return element;
}

const targetOf = (store) => store.snapshot(store.latest)?.health.last_working ?? null;
