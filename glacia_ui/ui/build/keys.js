// The keyboard. Single keys work outside fields only, and not at all where the user has switched them off.
import { isTyping } from '../lib/dom.js';
import { keysAreOn } from '../lib/keys.js';
import { TABS } from '../workbench/workbench.js';

export function listenToKeys(page) {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const run = event.altKey ? tabKey(page, event) : event.key === 'Escape' ? escapeKey(page) : singleKey(page, event);
    if (!run) return;
    event.preventDefault();
    run();
  });
}

function tabKey(page, event) {
  const index = /^Digit([1-4])$/.exec(event.code)?.[1];
  return index && !event.ctrlKey && !event.metaKey && (() => page.show(TABS[index - 1]));
}

function escapeKey({ composer, player }) {
  if (player.isOn) return () => player.close();
  if (composer.canCancel) return () => composer.cancel();
  return composer.isBusy && (() => composer.stop());
}

function singleKey(page, event) {
  if (event.ctrlKey || event.metaKey || isTyping(event.target) || !keysAreOn()) return null;
  const { views, current } = page.workbench;
  const key = event.key.toLowerCase();
  if (key === '/') return () => page.focusChat();
  if (current === 'changes' && (key === 'n' || key === 'p')) return () => views.changes.step(key === 'n' ? 1 : -1);
  if (key === '[' || key === ']') return () => { page.show('history'); views.history.step(key === ']' ? 1 : -1); };
  return null;
}
