// A request in the line that is being worded anew. What is typed is kept in this browser, over redraws and reloads. When
// the request starts before the new text is sent, that text moves into the composer.
import { h } from '../lib/dom.js';
import { forget, store as keep, stored } from '../lib/stored.js';

export function createEdits(page) {
  const { store, t } = page;
  const name = `gl-edit:${store.id}`;
  const field = h('textarea.gl-input.gl-edit', { 'aria-label': t('edit_label'), rows: 1, dir: 'auto' });
  let current = null; // id of the generation

  field.addEventListener('input', () => { keep(name, { id: current, text: field.value }); fit(); });

  function fit() {
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + 2}px`;
  }

  function open(id, text) {
    current = id;
    field.value = text;
  }

  function begin(generation) {
    open(generation.id, generation.prompt);
    keep(name, { id: current, text: field.value });
  }

  function end() {
    current = null;
    forget(name);
  }

  // It cannot be changed any more: nothing that was typed is lost.
  function rescue(generation) {
    if (current === null) return;
    const text = field.value.trim();
    end();
    if (text && text !== generation?.prompt) page.composer.rescue(text, generation?.mode, t('edit_too_late'));
  }

  store.on('status', (status) => {
    const kept = stored(name, null);
    if (status === 'ready' && kept?.id) open(kept.id, String(kept.text ?? ''));
  });
  store.on('project', () => {
    const generation = store.generations.find((each) => each.id === current);
    if (current !== null && generation?.status !== 'queued') rescue(generation);
  });
  return { field, fit, begin, end, rescue, isOf: (generation) => generation.id === current };
}
