// Why a request was not taken, and what to do about it: whose limit, until when, and that the text is kept.
import { h, replace } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { clock, countdown } from '../lib/time.js';
import { windowNamed } from '../build/rules.js';

// From a problem of the server, or from the draft that an earlier refusal left behind.
export function refusalFrom(problem, me) {
  if (problem.status === 429) return { kind: 'window', until: Date.now() + (problem.retry_after ?? 1) * 1000, me };
  if (problem.status === 402) return { kind: 'quota', me };
  return { kind: 'error', message: problem.message };
}

export function refusalFromDraft(draft, me) {
  const window = windowNamed(me);
  if (draft?.reason === 'quota_exhausted' && me.quota.remaining === 0) return { kind: 'quota', me };
  if (draft?.reason === 'rate_limited' && window?.retry_after > 0) return { kind: 'window', until: Date.now() + window.retry_after * 1000, me };
  return null;
}

export function createRefusalHead({ t }, refusal) {
  const head = h(`div.gl-refusal.${refusal.kind === 'error' ? 'danger' : 'warn'}`, { role: 'alert' });
  const title = h('b.num');
  const text = h('p.sm.muted');
  const body = h('div.grow', {}, title, text);
  replace(head, icon(refusal.kind === 'error' ? 'plug' : 'clock'), body);
  if (refusal.kind === 'window') fillWindow(t, refusal, { head, title, text, body });
  if (refusal.kind === 'quota') fillQuota(t, refusal, title, text);
  if (refusal.message !== undefined || refusal.kind === 'error') {
    title.textContent = refusal.message || t('unreachable');
    text.textContent = t('text_kept_long');
  }
  return head;
}

// The countdown runs in an element that is never announced; the sentence around it is, once.
function fillWindow(t, refusal, { head, title, text, body }) {
  const window = windowNamed(refusal.me);
  const count = h('span', { 'aria-live': 'off', role: 'timer' });
  title.append(t('next_slot'), ' ', count);
  const tick = () => {
    count.textContent = countdown((refusal.until - Date.now()) / 1000);
    if (head.isConnected || !head.dataset.placed) setTimeout(tick, 1000 - (Date.now() % 1000) + 5);
    if (head.isConnected) head.dataset.placed = '1';
  };
  tick();
  const { quota } = refusal.me;
  text.textContent = t('window_text', {
    limit: window.limit, minutes: Math.round(window.window_seconds / 60), left: quota.remaining, quota: quota.limit,
  });
  if (window.hits.length > 0) body.append(createSlots(t, window, refusal.until));
}

// The window as a line from its beginning to now, with a dot for each request in it; the oldest leaves first.
function createSlots(t, window, until) {
  const span = window.window_seconds * 1000;
  const now = Date.now();
  const place = (at) => `${Math.min(100, Math.max(0, 100 - ((now - Date.parse(at)) / span) * 100))}%`;
  const dots = window.hits.map((at, index) => h(`span.dot${index === 0 ? '.first' : ''}`, { style: { left: place(at) }, title: clock(at) }));
  const first = window.hits[0];
  const leaves = h('span.leaves.num', {}, t('leaves_at', { from: clock(first), at: clock(until) }));
  leaves.style.setProperty('--at', place(first));
  return h('div.gl-slots', { 'aria-hidden': 'true' }, h('div.line', {}, dots),
    h('div.labels.num', {}, h('span', {}, clock(now - span)), leaves, h('span', {}, t('now'))));
}

function fillQuota(t, { me }, title, text) {
  const renewed = new Date(me.quota.resets_at);
  const month = (date) => new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(date);
  const before = new Date(renewed.getTime() - 1);
  title.textContent = t('quota_title', { limit: me.quota.limit, month: month(before) });
  text.textContent = t('quota_text', { limit: me.quota.limit, day: renewed.getUTCDate(), month: month(renewed) });
}
