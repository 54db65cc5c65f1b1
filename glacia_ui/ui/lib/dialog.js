// Dialogs on the browser's own <dialog>: it keeps the focus inside, closes on Esc and returns the focus where it was.
import { h, replace, show } from './dom.js';
import { icon, spinner } from './icons.js';

let count = 0;

// Opens a dialog with a title, a way to close it, and `body` (elements). Removed from the page when it closes.
export function openDialog({ title, close, body = [], foot = [] }) {
  const id = `gl-dialog-${(count += 1)}`;
  const dialog = h('dialog.gl-root.gl-dialog', { 'aria-labelledby': id },
    h('header', {}, h('h2', { id }, title), h('button.gl-btn.ghost.icon.sm', { type: 'button', 'aria-label': close, onclick: () => dialog.close() }, icon('close'))),
    h('div.gl-dialog-body', {}, body),
    foot.length ? h('footer', {}, foot) : null);
  dialog.addEventListener('close', () => dialog.remove());
  // Esc closes the dialog, which the browser does by itself; it must not also stop what runs behind it.
  dialog.addEventListener('keydown', (event) => { if (event.key === 'Escape') event.stopPropagation(); });
  dialog.addEventListener('pointerdown', (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// Asks a question and does the work when the answer is yes. `work(value)` may throw a Problem: its words are shown and
// the dialog stays. Resolves true when the work was done, false when the dialog was closed.
// `unreachable` is what to say when the server gave no words. `field`: { label, value, max, empty } adds a text field; `empty` is the sentence when nothing is in it.
export function confirm({ title, text, yes, no, busy, field, unreachable = '', isDanger = false, work = async () => {} }) {
  return new Promise((resolve) => {
    const input = field && h('input.gl-input', { id: `gl-field-${count}`, value: field.value ?? '', maxlength: field.max, dir: 'auto' });
    const problem = h('p.gl-hint.err', { role: 'alert', hidden: true });
    const submit = h('button.gl-btn', { type: 'submit', class: isDanger ? 'danger' : 'primary' }, yes);
    const cancel = h('button.gl-btn.secondary', { type: 'button', onclick: () => dialog.close() }, no);
    const form = h('form.stack', { novalidate: true },
      text && h('p.muted', {}, text),
      input && h('div.gl-field', {}, h('label', { for: input.id }, field.label), input),
      problem,
      h('footer', {}, cancel, submit));
    const dialog = openDialog({ title, close: no, body: [form] });
    let isDone = false;
    const fail = (message) => {
      replace(problem, icon('warn', 's'), message);
      show(problem, true);
      if (input) { input.setAttribute('aria-invalid', 'true'); input.focus(); }
    };
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (submit.hasAttribute('aria-busy')) return;
      if (input && !input.value.trim()) { fail(field.empty); return; }
      submit.setAttribute('aria-busy', 'true');
      replace(submit, spinner(), busy ?? yes);
      try {
        await work(input?.value.trim());
        isDone = true;
        dialog.close();
      } catch (error) {
        fail(error.message || unreachable);
        submit.removeAttribute('aria-busy');
        replace(submit, yes);
      }
    });
    dialog.addEventListener('close', () => resolve(isDone));
    (input ?? cancel).focus();
    input?.select();
  });
}
