// How the usage page writes days, models, amounts and ways to end.
const utc = (options) => new Intl.DateTimeFormat('en', { timeZone: 'UTC', ...options });
const shortDay = utc({ day: 'numeric', month: 'short' });
const longDay = utc({ weekday: 'short', day: 'numeric', month: 'short' });
const longMonth = utc({ month: 'short', year: 'numeric' });
const monthOnly = utc({ month: 'short' });
const moment = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const at = (day) => new Date(`${day}T00:00:00Z`);
// Intl puts the month first in English; Glacia writes "20 Nov" everywhere.
const dayFirst = (format, date) => {
  const parts = Object.fromEntries(format.formatToParts(date).map((part) => [part.type, part.value]));
  return [parts.weekday, parts.day, parts.month].filter(Boolean).join(' ');
};

export const barText = (key, step) => (step === 'month' ? monthOnly.format(at(key)) : dayFirst(shortDay, at(key)));
export const timeText = (key, step) => (step === 'month' ? longMonth.format(at(key)) : dayFirst(longDay, at(key)));
export const rangeText = (report) => `${dayFirst(shortDay, at(report.first))} – ${dayFirst(shortDay, at(report.last))}`;
export const monthOf = (date) => utc({ month: 'long' }).format(date);
export const dayOf = (date) => dayFirst(utc({ day: 'numeric', month: 'long' }), date);

export function momentText(value) {
  const parts = Object.fromEntries(moment.formatToParts(new Date(value)).map((part) => [part.type, part.value]));
  return `${parts.day} ${parts.month}, ${parts.hour}:${parts.minute}`;
}

// "claude-sonnet-5-5" → "Claude Sonnet 5.5"; a name of another shape stays as it is.
export function modelText(name) {
  const found = /^claude-([a-z]+)-(\d+)-(\d+)$/.exec(name);
  return found ? `Claude ${found[1][0].toUpperCase()}${found[1].slice(1)} ${found[2]}.${found[3]}` : name;
}

// In rows four decimals, so that a column visibly adds up; in tiles two.
export const exactCost = (amount) => `$${Number(amount).toFixed(4)}`;

// 1_960_000 → "1.96 M", 41_200 → "41.2 k".
export function compact(value) {
  if (value >= 1_000_000) return `${(value / 1_000_000).toFixed(2)} M`;
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} k` : String(value);
}

export function groupText(by, group, step, t) {
  if (by === 'time') return timeText(group.key, step);
  if (by === 'project') return group.label || t('deleted_project');
  return by === 'model' ? modelText(group.key) : t(`outcome_${group.key}`);
}
