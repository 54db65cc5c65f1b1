// The health of a version for people: a dot, a triangle or a ring, and words. What a page said is text and nothing else.
import { h } from '../lib/dom.js';

const DOTS = { ok: '', broken: '.bad', unknown: '.none' };

export const healthDot = ({ state }) => h(`span.gl-dot${DOTS[state]}`, { 'aria-hidden': 'true' });

export const errorsOf = ({ errors }) => errors.filter((error) => error.kind !== 'console');

// "No errors seen", "2 errors seen", "Not opened yet"
export function healthWords(t, health) {
  const count = errorsOf(health).length;
  if (health.state === 'broken') return t(count === 1 ? 'health_one_error' : 'health_errors', { count });
  return t(health.state === 'ok' ? 'health_ok' : 'health_unknown');
}

// "x is not defined (script.js, line 3)", "logo.png is missing"
export function errorWords(t, { kind, message, file, line }) {
  if (kind === 'missing' || kind === 'unreadable' || kind === 'outside') return t(`seen_${kind}`, { file });
  const said = message || t('seen_nothing');
  if (!file) return said;
  return line ? t('seen_at', { message: said, file, line }) : t('seen_in', { message: said, file });
}
