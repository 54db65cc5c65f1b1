// The line under the text: what is possible now, and the one button for it.
import { h, replace } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { clock } from '../lib/time.js';
import { createContextMeter } from './context.js';

// `tools` stand at its beginning: what the request is sent with.
export function createBar(page, act, ...tools) {
  const { t } = page;
  const note = h('span.xs.subtle.gl-bar-note');
  const buttons = h('span.row');
  const element = h('div.bar', {}, h('span.row.gl-tools', {}, tools), createContextMeter(page).element, note, buttons);
  let said = null;
  let shown = '';
  let last = null;

  // `now` = {isSending, refusal, armedAt, live, isEmpty, isUploading, isFirst, mode}
  function draw(now) {
    last = now;
    const view = JSON.stringify([now.isSending, now.refusal?.kind, now.armedAt, now.live?.id, now.live?.hasText, now.live?.isStopping, now.live?.isQueued, now.live?.isOver, now.isEmpty, now.isUploading, now.isFirst, now.mode, said]);
    if (view === shown) return;
    shown = view;
    const held = document.activeElement?.closest?.('.gl-composer .bar') ? document.activeElement.dataset.act : null;
    replace(note, noteFor(now));
    replace(buttons, buttonsFor(now));
    if (held) element.querySelector(`[data-act="${held}"]`)?.focus();
  }

  function noteFor(now) {
    if (now.armedAt !== null) return h('span.gl-chip.warn', {}, icon('clock', 's'), t('goes_out', { time: clock(now.armedAt) }));
    if (now.refusal) return [icon('check', 's'), t('text_kept')];
    if (isStoppable(now)) return t(now.live.hasText ? 'stop_counts' : 'stop_free');
    if (now.isUploading) return t('uploading');
    if (said) return [icon('check', 's'), said];
    if (now.mode === 'ask') return h('span.only-wide', {}, t('ask_changes_nothing'));
    return h('span.only-wide', { title: t('enter_sends_title') }, t('enter_sends'));
  }

  function buttonsFor(now) {
    if (now.armedAt !== null) return button('cancel', 'secondary', act.disarm, t('cancel'));
    if (now.refusal?.kind === 'window') return [
      button('keep', 'ghost', act.keep, t('keep_draft')),
      button('arm', 'primary', () => act.arm(true), icon('clock'), t('send_at', { time: clock(now.refusal.until) }))];
    if (now.refusal?.kind === 'quota') return button('keep', 'secondary', act.keep, t('keep_draft'));
    return [isStoppable(now) && stopButton(now), (!isStoppable(now) || !now.isEmpty) && sendButton(now)];
  }

  const isStoppable = ({ live }) => live !== null && !live.isQueued && !live.isOver;
  const button = (name, kind, run, ...face) => h(`button.gl-btn.${kind}`, { type: 'button', dataset: { act: name }, onclick: run }, face);

  function stopButton(now) {
    if (now.live.isStopping) return button('stop', 'secondary', () => {}, spinner(), t('stopping'));
    return button('stop', 'secondary', act.stop, icon('stop'), t('stop'), h('span.gl-kbd.only-wide', {}, 'Esc'));
  }

  function sendButton(now) {
    return h(`button.gl-btn.icon${now.isEmpty || now.isUploading ? '' : '.primary'}`, {
      type: 'submit', dataset: { act: 'send' }, disabled: now.isEmpty || now.isUploading, 'aria-label': t(now.live ? 'send_next' : 'send'), title: t(now.live ? 'send_next' : 'send'),
    }, now.isSending ? spinner() : icon('send'));
  }

  function say(sentence) {
    said = sentence;
    draw(last);
    setTimeout(() => { said = null; draw(last); }, 6000);
  }
  return { element, draw, say };
}
