// Progress for those who listen: one sentence per file, at most every five seconds; never a countdown, never the text.
import { h } from '../lib/dom.js';

const QUIET = 5000;

export function createAnnouncer({ store, t }) {
  const element = h('div.sr', { role: 'status', 'aria-live': 'polite' });
  let next = 0;
  let timer = null;
  let pending = null;

  function say(sentence) {
    clearTimeout(timer);
    pending = sentence;
    timer = setTimeout(() => answer(sentence), Math.max(0, next - Date.now()));
  }

  // What the listener did comes at once, and progress waits until it has been heard.
  function answer(sentence) {
    clearTimeout(timer);
    next = Date.now() + QUIET;
    element.textContent = sentence;
    const later = pending === sentence ? null : pending;
    pending = null;
    if (later) say(later);
  }

  store.on('event', ({ event, live }) => {
    if (event.type === 'file.begin') say(t('writing', { path: event.data.path }));
    if (event.type === 'file.end' && event.data.ok) say(t('written', { path: event.data.path, count: event.data.lines }));
    if (event.type === 'done') say(live.end.snapshot ? t('said_done', { version: live.end.snapshot }) : t('said_answered'));
  });
  return { element, answer };
}
