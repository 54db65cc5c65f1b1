// Locks the file that is shown, so that nothing changes it until it is unlocked here.
import { h, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';

export function createLock({ store, t }) {
  const button = h('button.gl-btn.ghost.sm', { type: 'button', onclick: toggle });
  const note = h('span.xs.gl-hint.err', { role: 'alert', hidden: true });
  const element = h('span.gl-lock', { hidden: true }, note, button);
  const state = { path: null, isBusy: false };

  // Without a path there is nothing to lock.
  function draw(path) {
    if (path !== state.path) show(note, false);
    state.path = path;
    show(element, path !== null);
    const isLocked = store.locks.has(path);
    button.setAttribute('aria-pressed', String(isLocked));
    button.setAttribute('aria-busy', String(state.isBusy));
    button.title = isLocked ? t('unlock_title', { path }) : t('lock_title', { path });
    replace(button, state.isBusy ? spinner() : icon('lock'), isLocked ? t('locked') : t('lock'));
  }

  async function toggle() {
    const { path, isBusy } = state;
    if (isBusy) return;
    state.isBusy = true;
    show(note, false);
    draw(path);
    try {
      await store.server.lock(path, !store.locks.has(path));
      await store.changed();
    } catch (problem) {
      note.textContent = problem.message || t('unreachable');
      show(note, state.path === path);
    }
    state.isBusy = false;
    draw(state.path);
  }
  return { element, draw };
}
