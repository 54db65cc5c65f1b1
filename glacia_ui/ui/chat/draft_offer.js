// What a request had come to when it ended on its way: its owner keeps it as a version, or discards it.
import { h, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { plusMinus } from '../build/facts.js';

export function createDraftOffer(page, { draft, isRunning }) {
  const { store, t } = page;
  const { card, unfinished, is_current: isCurrent, generation_id: id } = draft;
  const note = h('p.sm.gl-hint.err', { role: 'alert', hidden: true });
  const keep = isCurrent && createButton('keep_part', 'keeping_part', 'check', () => store.server.keepDraft(id));
  const discard = createButton('discard_part', 'discarding_part', 'trash', () => store.server.discardDraft(id));
  if (keep && isRunning) Object.assign(keep, { disabled: true, title: t('after_this') });

  function createButton(name, doing, glyph, act) {
    const button = h('button.gl-btn.secondary', { type: 'button' }, icon(glyph), t(name));
    button.addEventListener('click', async () => {
      if (button.ariaBusy === 'true') return;
      button.ariaBusy = 'true';
      replace(button, spinner(), t(doing));
      show(note, false);
      try {
        await act();
        await store.changed();
      } catch (problem) {
        note.textContent = problem.message || t('unreachable');
        show(note, true);
      }
      button.ariaBusy = 'false';
      replace(button, icon(glyph), t(name));
    });
    return button;
  }

  return h('section.gl-part', { 'aria-label': t('part_title') },
    h('p', {}, h('b', {}, t('part_title')), ' ', h('span.num.nowrap', {}, plusMinus(card.added, card.removed))),
    h('ul', {}, card.files.map((file) => h('li', {}, h('span.path', {}, file.path), h('span.num.nowrap', {}, plusMinus(file.added, file.removed)),
      unfinished.includes(file.path) && h('span.gl-chip.warn', {}, t('part_unfinished'))))),
    h('p.sm.muted', {}, t(isCurrent ? 'part_free' : 'part_stale')),
    h('div.row', {}, keep, discard), note);
}
