// Where requests are written. It keeps what is typed, sends it once, and shows what is possible now: send, stop, wait.
import { h, replace } from '../lib/dom.js';
import { createAttachments, takeFiles } from './attachments.js';
import { createBar } from './composer_bar.js';
import { createRefusalHead, refusalFrom, refusalFromDraft } from './refusal.js';
import { Draft } from './draft.js';
import { createModes } from './modes.js';
import { windowNamed } from '../build/rules.js';

const LONGEST = 100_000; // characters, as on the server
const SLACK = 300; // milliseconds after the announced second, so that waiting always succeeds

export function createComposer(page) {
  const { store, t } = page;
  const draft = new Draft(store.id);
  const state = { isSending: false, refusal: null, armedAt: null };
  const area = h('textarea.ta', { rows: 1, 'aria-label': t('your_request'), dir: 'auto' });
  const slot = h('div.gl-composer-head');
  const modes = createModes(page, () => draw());
  const attachments = createAttachments(page, draft, () => draw());
  const bar = createBar(page, { send: () => send(), stop, arm, disarm: () => arm(false), keep }, attachments.button, modes.element);
  const element = h('form.gl-composer', { onsubmit: (event) => { event.preventDefault(); send(); } }, slot, area, attachments.element, bar.element);
  let timer = null;
  takeFiles(area, element, attachments.add);

  area.addEventListener('input', () => {
    draft.text = area.value;
    if (!area.value) forgetKept();
    draw();
  });
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });

  function write(text, mode = modes.value) {
    area.value = text;
    draft.text = text;
    if (mode === modes.value) draw();
    else modes.choose(mode);
  }

  // Puts a text in front of what is written; nothing that was typed is lost, and nothing comes twice.
  function offer(text, mode = modes.value, files = []) {
    attachments.offer(files);
    const typed = area.value.trim();
    if (!typed.startsWith(text.trim())) write(typed ? `${text}\n\n${area.value}` : text, mode);
    else if (mode !== modes.value) modes.choose(mode);
  }

  // A text that the user has deleted must not come back from the server at the next visit.
  function forgetKept() {
    if (!store.project?.draft) return;
    store.project.draft = null;
    store.server.forgetDraft().catch(() => {});
  }

  // Sends what is written, or `text` from elsewhere ("Try again") under a key of its own; what is not taken ends up in the
  // field, with the reason.
  async function send(text = area.value, mode = modes.value, key = null, files = null) {
    const prompt = text.trim();
    if (!prompt || state.isSending || (files === null && attachments.isUploading)) return;
    const ids = files?.map((file) => file.id) ?? attachments.ids;
    if ([...prompt].length > LONGEST) return refuse({ kind: 'error', message: t('too_long', { limit: LONGEST.toLocaleString('en') }) });
    state.isSending = true;
    draw();
    try {
      await store.server.begin(prompt, mode, key ?? draft.keyFor(prompt, mode, ids), ids);
      accept(prompt, ids);
    } catch (problem) {
      await decline(prompt, mode, problem, files ?? []);
    } finally {
      state.isSending = false;
      draw();
    }
  }

  // Typing goes on while a request is on its way: only what was sent is taken out.
  function accept(prompt, ids) {
    attachments.sent(ids);
    const typed = area.value.trimStart();
    const rest = typed.startsWith(prompt) ? typed.slice(prompt.length).trimStart() : area.value;
    area.value = rest;
    draft.accepted(rest);
    refuse(null);
    page.scrollToEnd();
    store.changed();
  }

  async function decline(prompt, mode, problem, files) {
    offer(prompt, mode, files);
    if (problem.code === 'attachment_gone') await attachments.recheck();
    const me = await store.server.me().catch(() => store.me);
    const wasArmed = state.armedAt !== null;
    refuse(refusalFrom(problem, me));
    if (wasArmed && state.refusal.kind === 'window') arm(true);
  }

  // A text that could not go where it was meant to go, with the reason.
  function rescue(text, mode, message) {
    offer(text, mode);
    refuse({ kind: 'late', message });
  }

  // Shows why not, and forgets it by itself when a slot is free.
  function refuse(refusal) {
    clearTimeout(timer);
    Object.assign(state, { refusal, armedAt: null });
    replace(slot, refusal && createRefusalHead(page, refusal));
    if (refusal?.kind === 'window') timer = setTimeout(freed, refusal.until - Date.now() + SLACK);
    draw();
  }

  function freed() {
    if (state.armedAt !== null) return send();
    refuse(null);
  }

  // A slot can come back early, when a request that used it gave nothing.
  function recheck() {
    const window = windowNamed(store.me);
    if (state.refusal?.kind === 'window' && window?.retry_after === 0) freed();
    if (state.refusal?.kind === 'quota' && store.me.quota.remaining > 0) refuse(null);
  }

  function arm(isArmed) {
    state.armedAt = isArmed ? state.refusal.until : null;
    draw();
  }

  function keep() {
    refuse(null);
    bar.say(t('kept_as_draft'));
  }

  async function stop() {
    const { live } = store;
    if (!live || live.isStopping) return;
    live.isStopping = true;
    draw();
    try {
      await store.server.cancel(live.id);
    } catch (problem) {
      live.isStopping = false;
      refuse({ kind: 'error', message: problem.message });
    }
    store.changed();
  }

  function draw() {
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
    area.placeholder = t(placeholder());
    element.dataset.kind = state.refusal?.kind ?? '';
    bar.draw({ ...state, live: store.live, isEmpty: !area.value.trim(), isUploading: attachments.isUploading, isFirst: store.latest === 0, mode: modes.value });
    page.quote.draw(area.value.trim(), modes.value, attachments.ids.filter(Boolean));
  }

  function placeholder() {
    if (modes.value === 'ask') return 'placeholder_ask';
    if (store.live) return 'placeholder_busy';
    return store.latest > 0 ? 'placeholder' : 'placeholder_empty';
  }

  // Text of this browser comes first; else what the server kept from a refusal elsewhere.
  function open() {
    const kept = store.project.draft;
    attachments.recheck();
    write(draft.text ?? kept?.prompt ?? '');
    if (!matchMedia('(max-width: 720px)').matches) area.focus();
    if (area.value.trim() && kept) refuse(refusalFromDraft(kept, store.me));
  }

  store.on('status', (status) => { if (status === 'ready') open(); });
  store.on('live', draw);
  store.on('project', () => { recheck(); draw(); });
  store.on('event', draw);
  addEventListener('resize', draw);
  return { element, send, stop, offer, decline, rescue, say: bar.say, focus: () => area.focus(), get isBusy() { return store.live !== null; }, get canCancel() { return state.armedAt !== null; }, cancel: () => arm(false) };
}
