// The health of a version beside its name. It is known after the card was drawn, so it is kept up to date in its place.
import { h, replace, show } from '../lib/dom.js';
import { healthDot, healthWords } from '../build/health_words.js';

const KINDS = { ok: 'ok', broken: 'danger', unknown: 'line' };

export function createHealthChip(page, number) {
  const chip = h('span.gl-chip', { dataset: { health: number, face: 'chip' } });
  fill(page, chip);
  return chip;
}

// Only the sign, for one line among many.
export function createHealthDot(page, number) {
  const sign = h('span.gl-state', { dataset: { health: number, face: 'dot' } });
  fill(page, sign);
  return sign;
}

// Fills what stands inside of `element` again whenever the health of a version changes.
export function keepHealth(page, element) {
  const draw = () => element.querySelectorAll('[data-health]').forEach((each) => fill(page, each));
  page.store.on('health', draw);
  page.store.on('project', draw);
}

function fill({ store, t }, element) {
  const health = store.snapshot(Number(element.dataset.health))?.health;
  show(element, Boolean(health));
  if (!health) return;
  const words = healthWords(t, health);
  if (element.dataset.face === 'dot') return replace(element, healthDot(health), h('span.sr', {}, words));
  element.className = `gl-chip ${KINDS[health.state]}`;
  replace(element, healthDot(health), words);
}
