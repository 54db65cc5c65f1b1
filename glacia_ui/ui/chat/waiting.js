// A request that waits its turn: where it stands, another place in the line, another text, and the way out of it.
import { h, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { createBubble } from './bubble.js';
import { createEditor } from './waiting_editor.js';

export function createWaiting(page, item) {
  const { generation } = item;
  const element = h('article.gl-turn', { dataset: { generation: generation.id } });
  const giveFocusBack = rememberFocus(page, element, generation.id);

  function draw() {
    if (page.edits.isOf(generation)) replace(element, createEditor(page, item, close));
    else replace(element, createBubble(page, item), createRow(page, item, edit));
  }

  function edit() {
    page.edits.begin(generation);
    draw();
    page.edits.fit();
    page.edits.field.focus();
  }

  function close() {
    page.edits.end();
    draw();
    element.querySelector('[data-act="edit"]')?.focus();
  }
  draw();
  queueMicrotask(giveFocusBack);
  return element;
}

// The line is drawn anew whenever it moves. Whoever was on a button or in the text is there again afterwards.
function rememberFocus({ edits }, element, id) {
  const held = document.activeElement;
  const range = [edits.field.selectionStart, edits.field.selectionEnd];
  if (held === edits.field && edits.isOf({ id })) return () => { edits.fit(); edits.field.focus(); edits.field.setSelectionRange(...range); };
  const act = held?.closest?.(`[data-generation="${id}"]`) && held.dataset.act;
  if (!act) return () => { if (edits.isOf({ id })) edits.fit(); };
  return () => (element.querySelector(`[data-act="${act}"]:enabled`) ?? element.querySelector('[data-act]:enabled'))?.focus();
}

function createRow(page, { generation, isHeld, line }, edit) {
  const { store, t } = page;
  const { position } = generation;
  const note = h('span.xs.muted.gl-row-note', { role: 'alert', hidden: true });
  const isNext = position <= 1;
  const place = t(isHeld ? (isNext ? 'held' : 'place_held') : isNext ? 'next_in_line' : 'place_in_line', { place: position });
  const actions = [
    isHeld && isNext && action('proceed', 'primary', [t('continue')], t('continuing'), () => store.server.proceed()),
    line > 1 && mover('up', position - 1, position > 1),
    line > 1 && mover('down', position + 1, position < line),
    h('button.gl-btn.sm.ghost', { type: 'button', dataset: { act: 'edit' }, onclick: edit }, t('edit')),
    action('drop', 'ghost', [t('drop')], t('dropping'), () => store.server.cancel(generation.id)),
  ];

  function mover(act, target, isPossible) {
    const name = t(`move_${act}`);
    const button = action(act, 'ghost', [icon(act, 's')], null, async () => {
      const moved = await store.server.change(generation.id, { position: target });
      page.say(t('moved_to', { place: moved.position }));
    });
    button.classList.add('icon');
    button.disabled = !isPossible;
    button.title = button.ariaLabel = name;
    return button;
  }

  // `face` stands on the button; while it works, a spinner and `busy` do.
  function action(act, kind, face, busy, run) {
    const button = h(`button.gl-btn.sm.${kind}`, { type: 'button', dataset: { act } }, face);
    button.addEventListener('click', async () => {
      if (button.ariaBusy === 'true') return;
      button.ariaBusy = 'true';
      replace(button, spinner(), busy);
      try {
        await run();
        await store.changed();
      } catch (problem) {
        show(note, true);
        note.textContent = problem.message || t('unreachable');
        if (problem.status === 409) store.changed();
      }
      button.ariaBusy = 'false';
      replace(button, ...face);
    });
    return button;
  }

  return h('div.gl-wait', {}, icon('clock', 's'), h('span.grow', {}, place), h('span.row.gl-wait-acts', {}, actions), note);
}
