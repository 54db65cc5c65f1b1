// Why a request would be refused right now, as a sentence; empty while there is a free slot and something left.
import { clock } from '../lib/time.js';
import { generationWindow } from '../shell/quota.js';

const inUtc = (at, options) => new Intl.DateTimeFormat('en', { timeZone: 'UTC', ...options }).format(at);

export function fullSentence(me, t) {
  const { quota } = me;
  const window = generationWindow(me);
  if (quota.remaining <= 0) {
    const resets = new Date(quota.resets_at);
    const month = inUtc(new Date(resets.getTime() - 86_400_000), { month: 'long' });
    return t('full_quota', { limit: quota.limit, month, date: inUtc(resets, { day: 'numeric', month: 'long' }) });
  }
  if (!window || window.remaining > 0) return '';
  const time = clock(Date.now() + window.retry_after * 1000);
  return t('full_window', { limit: window.limit, minutes: Math.round(window.window_seconds / 60), time });
}
