// What shall we build? Enter makes a project of it and sends the first request. When that is refused (no slot, no quota),
// the server keeps the text as the project's draft, and the build page shows it with the reason; when the server cannot be
// reached, the text stays here. It also survives a reload and a sign-in, for the same user and tab.
import { hear } from '../lib/bus.js';
import { h, isTyping, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { number } from '../lib/time.js';
import { keysAreOn } from '../lib/keys.js';
import { fullSentence } from './limits.js';
import { nameFrom } from './naming.js';
import { addressOf, begin, createProject } from './server.js';

const LIMIT = 100_000;
const KEPT = 'gl-home-text';
const REFUSED = new Set([402, 429]);
const SUGGESTIONS = [1, 2, 3, 4];

export function mountComposer(t) {
  const field = h('textarea.ta', { 'aria-label': t('prompt'), placeholder: t('placeholder'), rows: 2, dir: 'auto', 'aria-describedby': 'gl-home-note' });
  const send = h('button.gl-btn.primary', { type: 'submit', disabled: true });
  const note = h('p.gl-hint.gl-home-note', { id: 'gl-home-note', hidden: true });
  const problem = h('p.gl-hint.err.gl-home-note', { role: 'alert', hidden: true });
  const box = h('form.gl-composer', { novalidate: true }, field,
    h('div.bar', {}, h('span.xs.subtle.only-wide.gl-home-hint', {}, t('hint')), h('span.grow'), send));
  const state = { isBusy: false, user: null, project: null, prompt: '', key: '' };

  const draw = () => {
    const over = field.value.trim().length - LIMIT;
    if (over > 0) complain(t('too_long', { over: number(over), limit: number(LIMIT) }));
    else show(problem, false);
    send.disabled = !field.value.trim() || over > 0;
    send.toggleAttribute('aria-busy', state.isBusy);
    replace(send, state.isBusy ? [spinner(), t('sending')] : [icon('send'), t('send')]);
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 320)}px`;
  };
  const complain = (message) => { replace(problem, icon('warn', 's'), message); show(problem, true); };
  const write = (text) => { field.value = text; keep(state.user, text); draw(); focus(); };
  const focus = () => { field.focus(); field.setSelectionRange(field.value.length, field.value.length); };

  async function submit(event) {
    event.preventDefault();
    const prompt = field.value.trim();
    if (state.isBusy || send.disabled) return;
    state.isBusy = true;
    draw();
    try {
      await start(state, prompt, t);
      keep(state.user, '');
      location.assign(addressOf(state.project));
    } catch (error) {
      state.isBusy = false;
      draw();
      complain(error.message || t('failed'));
      field.focus();
    }
  }

  field.addEventListener('input', () => { keep(state.user, field.value); draw(); });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    box.requestSubmit();
  });
  field.addEventListener('focus', () => box.classList.add('on'));
  field.addEventListener('blur', () => box.classList.remove('on'));
  box.addEventListener('submit', submit);
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || isTyping(event.target) || !keysAreOn() || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    focus();
  });
  hear('gl:me-seen', (me) => {
    if (!state.user && !field.value) field.value = kept(me.user.id);
    state.user = me.user.id;
    const sentence = fullSentence(me, t);
    replace(note, sentence && icon('clock', 's'), sentence);
    show(note, Boolean(sentence));
    draw();
  });
  window.addEventListener('pageshow', (event) => { if (event.persisted) { state.isBusy = false; draw(); } });
  draw();
  return { element: h('div.gl-home-composer', {}, box, problem, note, suggestions(t, write)), focus };
}

// Makes the project once, and asks once: a second try after a lost answer repeats the same question with the same key.
async function start(state, prompt, t) {
  if (state.prompt !== prompt) Object.assign(state, { prompt, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` });
  state.project ??= await createProject(nameFrom(prompt, t('untitled')));
  try {
    await begin(state.project.id, prompt, state.key);
  } catch (error) {
    if (!REFUSED.has(error.status)) throw error;
  }
}

function suggestions(t, write) {
  const one = (index) => h('button.gl-suggest', { type: 'button', onclick: () => write(t(`suggest_${index}_prompt`)) }, t(`suggest_${index}`));
  return h('div.gl-chips', {}, SUGGESTIONS.map(one));
}

function keep(user, text) {
  try {
    if (user && text) sessionStorage.setItem(KEPT, JSON.stringify({ user, text }));
    else sessionStorage.removeItem(KEPT);
  } catch { /* no storage: the text lives as long as the page */ }
}

function kept(user) {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
    return found.user === user ? found.text : '';
  } catch { return ''; }
}
