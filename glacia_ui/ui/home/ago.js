// When something changed, as people say it: "6 minutes ago", "Today, 09:12", "Yesterday", "Tue", "12 Nov".
import { clock, day } from '../lib/time.js';

export function ago(at, t, now = new Date()) {
  const minutes = Math.floor((now - new Date(at)) / 60_000);
  if (minutes < 1) return t('just_now');
  if (minutes === 1) return t('minute_ago');
  if (minutes < 60) return t('minutes_ago', { count: minutes });
  return day(at, { today: t('today_at', { time: clock(at) }), yesterday: t('yesterday') }, now);
}
