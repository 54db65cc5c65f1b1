// What a version changed, in plain words, with the facts beside it and the way back under it.
import { h, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { stored, store as keep } from '../lib/stored.js';
import { plusMinus } from '../build/facts.js';
import { createMatch, createMismatches } from '../build/mismatches.js';
import { createHealthChip } from './health_chip.js';

// about = {card, number, generation?, isLatest, isBusy}
export function createChangeCard(page, about) {
  const { t } = page;
  const { card, number, generation } = about;
  const before = number - 1;
  return h('section.gl-card.gl-change', { 'aria-label': t('version', { number }) },
    h('div.head', {}, h('span.gl-chip.accent', {}, t('version', { number })), createHealthChip(page, number), generation?.usage?.is_simulated && h('span.gl-chip.line', {}, t('demo_model'))),
    h('h3', { dir: 'auto' }, card.title),
    card.summary.length > 0 && h('div.sec', {}, h('ul.gl-list', { dir: 'auto' }, card.summary.map((line) => h('li', {}, line)))),
    card.what_to_check.length > 0 && h('div.sec', {}, h('p', {}, t('what_to_check')), createChecks(generation?.id ?? `v${number}`, card.what_to_check)),
    createMismatches(page, card.mismatches),
    createFacts(page, card, before, number),
    createActions(page, about, before));
}

// Ticks are the reader's own notes; they stay in this browser.
function createChecks(id, lines) {
  const key = `gl-checks:${id}`;
  const ticked = new Set(stored(key, []));
  const toggle = (index, isOn) => {
    if (isOn) ticked.add(index);
    else ticked.delete(index);
    keep(key, [...ticked]);
  };
  return h('ul.gl-check', { dir: 'auto' }, lines.map((line, index) => h('li', {}, h('label', {},
    h('input.gl-box', { type: 'checkbox', checked: ticked.has(index), onchange: (event) => toggle(index, event.target.checked) }), h('span', {}, line)))));
}

function createFacts(page, card, before, number) {
  const { t } = page;
  return h('div.facts', {},
    h('button.gl-link.b', { type: 'button', onclick: () => page.compare(before, number) }, t(card.files.length === 1 ? 'one_file' : 'files', { count: card.files.length })),
    h('span.num', {}, plusMinus(card.added, card.removed)), createMatch(page, card.mismatches));
}

function createActions(page, { number, isLatest, isBusy }, before) {
  const { t } = page;
  const note = h('p.xs.muted', { role: 'alert', hidden: true });
  const compare = h('button.gl-btn.secondary.grow', { type: 'button', onclick: () => page.compare(before, number) }, icon('compare'),
    before > 0 ? t('compare_with', { number: before }) : t('see_changes'));
  const target = isLatest ? before : number;
  const restore = target > 0 && createRestore(page, target, isLatest, note);
  if (restore && isBusy) Object.assign(restore, { disabled: true, title: t('after_this') });
  return [h('div.acts', {}, compare, restore), note];
}

function createRestore(page, target, isUndo, note) {
  const { store, t } = page;
  const label = () => [icon('undo'), isUndo ? t('undo') : t('restore', { number: target })];
  const button = h('button.gl-btn.secondary', { type: 'button', title: isUndo ? t('undo_title', { number: target }) : undefined }, label());
  button.addEventListener('click', async () => {
    if (button.ariaBusy === 'true') return;
    button.ariaBusy = 'true';
    replace(button, spinner(), isUndo ? t('undoing') : t('restoring'));
    try {
      await store.server.restore(target);
      await store.changed();
    } catch (problem) {
      note.textContent = problem.message || t('unreachable');
      show(note, true);
    }
    button.ariaBusy = 'false';
    replace(button, ...label());
  });
  return button;
}
