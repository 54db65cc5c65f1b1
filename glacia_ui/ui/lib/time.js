// Times and amounts as people read them. Clock times are the reader's own, 24 hours.
const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const numberFormat = new Intl.NumberFormat('en');

export const number = (value) => numberFormat.format(value);
export const clock = (at) => clockFormat.format(new Date(at));

// 372 → "6:12"; above an hour "1:06:12".
export function countdown(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  const pad = (value) => String(value).padStart(2, '0');
  return hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

// Midnight to midnight in the reader's zone: "Today", "Yesterday", "Thu", else "12 Nov".
export function day(at, words = { today: 'Today', yesterday: 'Yesterday' }, now = new Date()) {
  const date = new Date(at);
  const midnight = (value) => new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  return new Intl.DateTimeFormat('en', days < 7 ? { weekday: 'short' } : { day: 'numeric', month: 'short' }).format(date);
}

// "$0.11"; amounts under a cent keep two significant figures: "$0.0042".
export function dollars(amount) {
  const value = Number(amount);
  if (value === 0 || value >= 0.01) return `$${value.toFixed(2)}`;
  return `$${Number(value.toPrecision(2)).toFixed(6).replace(/0+$/, '')}`;
}

// {low: "0.05", high: "0.12"} → "$0.05–0.12"; one amount where both read the same.
export function costRange({ low, high }) {
  const [from, to] = [Number(high) < 0.01 ? dollars(low) : dollars(Math.max(0.01, low)), dollars(high)];
  return from === to ? from : `${from}–${to.slice(1)}`;
}

// {low: 22, high: 47} seconds → "20–50 s"; "1–3 min"; "40 s – 2 min".
export function timeRange({ low, high }) {
  const [from, to] = [roundedDown(low), roundedUp(high)];
  if (to.unit === from.unit) return from.count === to.count ? `${to.count} ${to.unit}` : `${from.count}–${to.count} ${to.unit}`;
  return `${from.count} ${from.unit} – ${to.count} ${to.unit}`;
}

const inUnits = (seconds, round) => (seconds < 60 ? { count: seconds < 10 ? Math.max(1, round(seconds)) : round(seconds / 5) * 5, unit: 's' } : { count: round(seconds / 60), unit: 'min' });
const roundedDown = (seconds) => inUnits(seconds, Math.floor);
const roundedUp = (seconds) => (seconds > 55 && seconds < 60 ? { count: 1, unit: 'min' } : inUnits(seconds, Math.ceil));

// 41_200 → "41 s"; 125_000 → "2 min 5 s".
export function duration(milliseconds) {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

// Bytes as kB of 1000, the way file managers count: "2.8 kB".
export const kilobytes = (bytes) => (bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`);
