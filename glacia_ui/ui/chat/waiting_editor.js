// The text of a request that waits, being changed. Enter saves and Esc leaves it, as in the composer.
import { h, replace, show } from '../lib/dom.js';
import { spinner } from '../lib/icons.js';

const LONGEST = 100_000; // characters, as on the server

export function createEditor(page, { generation }, close) {
  const { store, edits, t } = page;
  const { field } = edits;
  const note = h('p.xs.gl-hint.err', { role: 'alert', hidden: true });
  const save = h('button.gl-btn.sm.primary', { type: 'submit', dataset: { act: 'save' } }, t('save_edit'));
  const cancel = h('button.gl-btn.sm.ghost', { type: 'button', dataset: { act: 'cancel' }, onclick: close }, t('cancel'));
  const element = h('form.gl-editor', { onsubmit: submit }, field, note, h('div.row', {}, h('span.grow'), cancel, save));

  field.onkeydown = (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault(); // Esc would also stop what runs
      close();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      element.requestSubmit();
    }
  };

  async function submit(event) {
    event.preventDefault();
    const prompt = field.value.trim();
    if (save.ariaBusy === 'true' || !prompt) return;
    if (prompt === generation.prompt) return close();
    if ([...prompt].length > LONGEST) return complain(t('too_long', { limit: LONGEST.toLocaleString('en') }));
    save.ariaBusy = 'true';
    replace(save, spinner(), t('saving_edit'));
    try {
      await store.server.change(generation.id, { prompt });
      close();
      await store.changed();
    } catch (problem) {
      if (problem.status === 409) edits.rescue(generation);
      else complain(problem.message || t('unreachable'));
      if (problem.status === 409) await store.changed();
    }
    save.ariaBusy = 'false';
    replace(save, t('save_edit'));
  }

  function complain(message) {
    note.textContent = message;
    show(note, true);
  }
  return element;
}
