// What is left: of the month, and of the moving window. Asked again whenever somebody says `gl:me`, when the oldest
// request leaves the window, and when the tab comes back after a while.
import { get } from '../lib/api.js';
import { hear, tell } from '../lib/bus.js';
import { h, replace } from '../lib/dom.js';
import { clock } from '../lib/time.js';

const PIPS = 10;
const STALE_MS = 60_000;
const SETTLE_MS = 150;
const RETRY_MS = 15_000;

export function mountQuota(t) {
  const pill = h('a.gl-quota.num', { href: '/usage', 'aria-busy': 'true' }, h('span.gl-sk.gl-quota-wait'));
  let [timer, asked] = [0, 0];

  const ask = async () => {
    asked = Date.now();
    try {
      const me = await get('/me');
      draw(pill, me, t);
      tell('gl:me-seen', me);
      wait(untilNextSlot(me));
    } catch {
      drawUnknown(pill, t);
      wait(RETRY_MS);
    }
  };
  const wait = (delay) => {
    clearTimeout(timer);
    if (delay !== null) timer = setTimeout(ask, delay);
  };

  hear('gl:me', () => { pill.classList.add('old'); wait(SETTLE_MS); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && Date.now() - asked > STALE_MS) ask(); });
  return pill;
}

export const generationWindow = (me) => me.windows.find((window) => window.name === 'generation');

// Milliseconds until the oldest counted request leaves the window, or null when none counts.
function untilNextSlot(me) {
  const window = generationWindow(me);
  if (!window?.hits?.length) return null;
  const leaves = new Date(window.hits[0]).getTime() + window.window_seconds * 1000;
  return Math.min(Math.max(leaves - Date.now(), 0) + 1000, 2 ** 31 - 1);
}

function draw(pill, me, t) {
  const window = generationWindow(me);
  const isFull = me.quota.remaining === 0 || window?.remaining === 0;
  pill.classList.toggle('full', isFull);
  pill.classList.remove('old');
  pill.removeAttribute('aria-busy');
  pill.title = title(me.quota, window, t);
  replace(pill,
    h('span', {}, h('b', {}, me.quota.remaining), h('span.only-wide', {}, ' ', t('quota_left', me.quota)), h('span.only-phone.sr-text', {}, ' ', t('quota_left_short'))),
    window && [
      h('i.only-wide'),
      window.limit <= PIPS && pips(window),
      h('span.only-wide', {}, h('b', {}, window.remaining), ' ', t('window_free', window)),
    ]);
}

function drawUnknown(pill, t) {
  pill.classList.remove('full', 'old');
  pill.removeAttribute('aria-busy');
  pill.title = t('quota_unknown_title');
  replace(pill, t('quota_unknown'), h('span.sr', {}, t('quota_unknown_title')));
}

function pips(window) {
  const one = (_, index) => h(index < window.remaining ? 's' : 's.off');
  return h('span.gl-pips', { 'aria-hidden': 'true' }, Array.from({ length: window.limit }, one));
}

function title(quota, window, t) {
  const date = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(quota.resets_at));
  const parts = [t('quota_title', { limit: quota.limit, date, slots: window?.limit, minutes: Math.round((window?.window_seconds ?? 0) / 60) })];
  if (window?.retry_after) parts.push(t('next_slot', { time: clock(Date.now() + window.retry_after * 1000) }));
  return parts.join(' ');
}
