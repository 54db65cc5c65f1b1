// A request that waits its turn: where it stands, and the way out of the line.
import { h, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';

export function createWaiting(page, { generation, isHeld }) {
  const { store, t } = page;
  const note = h('span.xs.muted.gl-row-note', { role: 'alert', hidden: true });
  const isNext = generation.position <= 1;
  const place = t(isHeld ? (isNext ? 'held' : 'place_held') : isNext ? 'next_in_line' : 'place_in_line', { place: generation.position });
  const drop = action(t('drop'), t('dropping'), () => store.server.cancel(generation.id));
  const proceed = isHeld && isNext && action(t('continue'), t('continuing'), () => store.server.proceed(), 'primary');

  function action(label, busy, run, kind = 'ghost') {
    const button = h(`button.gl-btn.sm.${kind}`, { type: 'button' }, label);
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
      }
      button.ariaBusy = 'false';
      replace(button, label);
    });
    return button;
  }

  return h('div.gl-wait', {}, icon('clock', 's'),
    h('span.grow', {}, place), proceed, drop, note);
}
