// How full the model's memory is: the newest request and its answer, as a part of what the model can hold at once.
import { h, show } from '../lib/dom.js';

const NEARLY_FULL = 80; // percent

export function createContextMeter({ store, t }) {
  const ring = h('i', { 'aria-hidden': 'true' });
  const label = h('span.num');
  const element = h('span.gl-context.xs.subtle', { role: 'meter', 'aria-valuemin': 0, 'aria-valuemax': 100, hidden: true }, ring, label);

  function draw() {
    const share = store.contextShare;
    show(element, share !== null);
    if (share === null) return;
    const percent = Math.round(share * 100);
    const shown = share > 0 && percent < 1 ? '<\u202f1' : percent;
    element.classList.toggle('full', percent >= NEARLY_FULL);
    element.ariaValueNow = percent;
    element.ariaLabel = t('context_used', { percent: shown });
    element.title = `${t('context_used', { percent: shown })} ${t('context_more')}`;
    ring.style.setProperty('--used', `${Math.max(3, percent)}%`);
    label.textContent = `${shown}\u202f%`;
  }

  store.on('project', draw);
  store.on('live', draw);
  store.on('event', ({ event }) => { if (event.type === 'usage') draw(); });
  return { element };
}
