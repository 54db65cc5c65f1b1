// What went wrong in the version that is shown, and the ways out: Claude tries to fix it, or back to a version that works.
// The same error after such a try: no further try with one click.
import { h, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { randomKey } from '../chat/draft.js';
import { errorsOf, errorWords, healthDot } from '../build/health_words.js';

export function createHealthBar(page) {
  const { store, t } = page;
  const element = h('div.gl-health', { role: 'status', hidden: true });
  const chip = h('span.gl-chip.ok', { role: 'img', 'aria-label': t('health_ok'), title: t('health_ok'), hidden: true }, healthDot({ state: 'ok' }), h('span.only-wide', {}, t('health_ok')));
  const state = { number: null, busy: null, message: '', key: null, shown: '' };

  function draw(number = state.number) {
    if (number !== state.number) Object.assign(state, { number, message: '', key: null });
    const health = store.snapshot(number)?.health;
    const view = JSON.stringify([number, health, store.latest, store.isBusy, state.busy, state.message, store.me?.quota.remaining]);
    if (view === state.shown) return;
    state.shown = view;
    const isBroken = health?.state === 'broken';
    show(element, isBroken);
    show(chip, health?.state === 'ok');
    element.classList.toggle('twice', isBroken && health.is_fix_blocked);
    if (isBroken) replace(element, createSentence(health), number === store.latest && createWays(health));
  }

  function createSentence(health) {
    const [first, ...others] = errorsOf(health);
    const title = health.is_fix_blocked ? t('same_error_twice') : t('has_error');
    return h('div.said', {}, health.is_fix_blocked ? icon('warn') : healthDot(health), h('p', {},
      h('b', {}, title), ' ', health.is_fix_blocked && [t('same_error_text'), ' '],
      h('span.what', { dir: 'auto', title: errorsOf(health).map((error) => errorWords(t, error)).join('\n') }, errorWords(t, first)),
      others.length > 0 && [' ', t(others.length === 1 ? 'one_more_error' : 'more_errors', { count: others.length })],
      state.message && h('span.gl-hint.err', { role: 'alert' }, state.message)));
  }

  function createWays(health) {
    const { last_working: target, is_fix_blocked: isBlocked } = health;
    const back = target !== null && button('back', isBlocked ? 'primary' : 'secondary', () => run('back', () => goBack(target)), 'undo', t('back_to', { number: target }));
    const fix = button('fix', isBlocked || store.isBusy ? 'secondary' : 'primary', () => run('fix', ask), 'spark', t('fix_this'), isBlocked);
    const note = isBlocked ? t('describe_instead') : store.isBusy ? t('after_this') : t('fix_counts', { left: store.me.quota.remaining });
    return h('div.ways', {}, h('span.xs.note', {}, note), back, fix);
  }

  function button(name, kind, onclick, glyph, label, isOff = false) {
    const isBusy = state.busy === name;
    return h(`button.gl-btn.sm.${kind}`, { type: 'button', onclick, disabled: isOff || store.isBusy, 'aria-busy': String(isBusy), dataset: { act: name } },
      isBusy ? spinner() : icon(glyph, 's'), label);
  }

  // One at a time; a second click does nothing.
  async function run(name, act) {
    if (state.busy) return;
    Object.assign(state, { busy: name, message: '' });
    draw();
    try {
      await act();
    } catch (problem) {
      await explain(problem);
    }
    state.busy = null;
    draw();
  }

  // The same try has the same key until it is accepted, so that a lost answer costs nothing.
  async function ask() {
    state.key ??= randomKey();
    await store.server.fix(state.number, state.key);
    state.key = null;
    page.focusChat();
    page.scrollToEnd();
    await store.changed();
  }

  async function goBack(target) {
    await store.server.restore(target);
    await store.changed();
  }

  // A limit is explained where requests are written; the request that names the errors was kept there.
  async function explain(problem) {
    if (problem.status !== 402 && problem.status !== 429) state.message = problem.message || t('unreachable');
    await store.refresh();
    const kept = store.project.draft?.prompt;
    if (!state.message && kept) {
      page.focusChat();
      await page.composer.decline(kept, 'build', problem);
    }
  }

  for (const event of ['health', 'project', 'live']) store.on(event, () => draw());
  return { element, chip, draw };
}
