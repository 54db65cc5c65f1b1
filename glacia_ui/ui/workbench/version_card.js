// What a version is: the request behind it, what it changed and cost, and what can be done with it.
import { h, replace } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { clock, day, dollars } from '../lib/time.js';
import { plusMinus } from '../build/facts.js';
import { createMismatches } from '../build/mismatches.js';
import { errorsOf, errorWords, healthDot, healthWords } from '../build/health_words.js';

export function createVersionCard(page) {
  const { store, t } = page;
  const element = h('aside.gl-card.gl-version', { 'aria-label': t('this_version') });
  const state = { isBusy: false, message: '' };
  let shown = null;

  function draw(snapshot) {
    if (snapshot !== shown) state.message = '';
    shown = snapshot;
    const isLatest = snapshot.number === store.latest;
    replace(element,
      h('div.top', {},
        h('div.row', {}, h('span.gl-chip.accent', {}, t('version', { number: snapshot.number })), h('span.xs.subtle.num', {}, `${day(snapshot.created_at)}, ${clock(snapshot.created_at)}`)),
        h('h3', { dir: 'auto' }, snapshot.card.title),
        snapshot.prompt && h('blockquote.sm.muted', { dir: 'auto' }, `“${snapshot.prompt}”`),
        createFacts(t, snapshot), createMismatches(page, snapshot.card.mismatches), createErrors(t, snapshot.health)),
      h('div.acts', {}, isLatest ? note('info', t('is_newest')) : [note('info', microcopy(t, snapshot.number, store.latest)), restoreButton(snapshot.number)],
        state.message && h('p.sm.gl-hint.err', { role: 'alert' }, state.message), compareButton(snapshot.number, isLatest)));
  }

  const note = (name, sentence) => h('div.row.sm.muted.note', {}, icon(name), h('span', {}, sentence));

  function restoreButton(number) {
    if (store.isBusy) return h('button.gl-btn.block', { type: 'button', disabled: true, title: t('after_this') }, t('after_this'));
    return h('button.gl-btn.primary.block', { type: 'button', 'aria-busy': String(state.isBusy), onclick: () => restore(number) },
      state.isBusy ? spinner() : icon('undo'), state.isBusy ? t('restoring') : t('restore', { number }));
  }

  function compareButton(number, isLatest) {
    const [from, to] = isLatest ? [number - 1, number] : [number, store.latest];
    const label = !isLatest ? t('compare_with', { number: store.latest }) : number > 1 ? t('compare_with', { number: number - 1 }) : t('see_changes');
    return h('button.gl-btn.secondary.block', { type: 'button', onclick: () => page.compare(from, to) }, icon('compare'), label);
  }

  async function restore(number) {
    if (state.isBusy) return;
    Object.assign(state, { isBusy: true, message: '' });
    draw(shown);
    try {
      await store.server.restore(number);
      state.isBusy = false;
      await store.changed();
      page.showNewest();
    } catch (problem) {
      Object.assign(state, { isBusy: false, message: problem.message || t('unreachable') });
      draw(shown);
    }
  }

  store.on('live', () => { if (shown && store.snapshot(shown.number)) draw(store.snapshot(shown.number)); });
  return { element, draw };
}

// What its previews have shown, word for word.
function createErrors(t, health) {
  const errors = errorsOf(health);
  if (errors.length === 0) return null;
  return h('ul.gl-errors.sm', { 'aria-label': healthWords(t, health) }, errors.map((error) => h('li', { dir: 'auto' }, errorWords(t, error))));
}

function createFacts(t, { number, card, usage, kind, generation_id: request, restored_from: source, file_count: count, health }) {
  const rows = [
    [number > 1 ? t('against', { number: number - 1 }) : t('contains'), [t(card.files.length === 1 ? 'one_file' : 'files', { count: card.files.length }), ' · ', plusMinus(card.added, card.removed)]],
    [t('health'), h('span.gl-state', {}, healthDot(health), healthWords(t, health))],
    number > 1 && [t('in_all'), t(count === 1 ? 'one_file' : 'files', { count })],
    kind !== 'generation' && [t('made_by'), source ? t('kind_restore', { number: source }) : request ? t('kept_part') : t(`kind_${kind}`)],
    [t('cost'), usage ? t(usage.is_simulated ? 'cost_simulated' : 'cost_plain', { cost: dollars(usage.cost_usd) }) : t('cost_none')],
  ];
  return h('dl.sm.num', {}, rows.filter(Boolean).map(([name, value]) => [h('dt.muted', {}, name), h('dd', {}, value)]));
}

// "Restoring makes version 9. Versions 6 to 8 stay here, and you can undo it."
function microcopy(t, number, latest) {
  const key = latest - number === 1 ? 'restore_note_one' : 'restore_note';
  return t(key, { next: latest + 1, first: number + 1, last: latest });
}
