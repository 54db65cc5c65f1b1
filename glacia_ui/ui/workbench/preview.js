// The newest complete version, live, at three widths. While a new one is written the last complete one stays.
import { h, replace, show } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { createFrame } from './frame.js';
import { createPicture } from './picture.js';

const WIDTHS = ['desktop', 'tablet', 'phone'];

export function createPreview(page) {
  const { store, t } = page;
  const frame = createFrame(page, { onplaced: () => draw() });
  const empty = h('div.gl-frame', { hidden: true }, h('div.gl-empty', {}, createPicture(), h('h2', {}, t('empty_title')), h('p', {}, t('empty_text')),
    h('a.gl-btn.secondary', { href: '/#templates' }, t('choose_template'))));
  const loading = createLoading();
  const element = h('div.gl-stage', {}, loading, frame.element, empty);
  const buttons = WIDTHS.map((name) => h('button', { type: 'button', dataset: { width: name }, onclick: () => widen(name) }, icon(name), h('span', {}, t(`width_${name}`))));
  const tools = h('div.gl-seg', { role: 'group', 'aria-label': t('preview_width') }, buttons);

  function widen(name) {
    element.dataset.width = name;
    for (const button of buttons) {
      const isOn = button.dataset.width === name;
      button.classList.toggle('on', isOn);
      button.setAttribute('aria-pressed', String(isOn));
    }
  }

  function draw() {
    const { latest } = store;
    const hasPage = store.status === 'ready' && latest > 0;
    show(loading, store.status === 'loading' || (hasPage && !frame.isPlaced));
    show(frame.element, hasPage && frame.isPlaced);
    show(empty, store.status === 'ready' && latest === 0);
    if (hasPage) frame.load(latest);
    announce();
  }

  function announce() {
    const isWriting = store.live !== null && !store.live.isQueued && !store.live.isOver && store.live.generation.mode === 'build';
    frame.say(isWriting && store.latest > 0 ? t('banner', { number: store.latest, next: store.latest + 1 }) : null);
    replace(empty.querySelector('h2'), t(isWriting ? 'empty_busy' : 'empty_title'));
    show(empty.querySelector('a'), !isWriting);
  }

  store.on('status', draw);
  store.on('project', draw);
  store.on('live', announce);
  store.on('event', ({ event }) => { if (event.type === 'status' || event.type === 'done' || event.type === 'failed') announce(); });
  widen('desktop');
  return { element, tools, open: draw };
}

// The shape of a page before it is there.
function createLoading() {
  const block = (style) => h('span.gl-sk', { style });
  return h('div.gl-frame', { 'aria-hidden': 'true' },
    h('div.chrome', {}, block({ width: '28px', height: '20px' }), block({ width: '120px', height: '24px' }), h('span.grow'), block({ width: '72px', height: '24px' })),
    h('div.gl-view-skeleton', {}, h('div.hero', {},
      h('div.stack', {}, block({ width: '90%', height: '40px' }), block({ width: '60%', height: '40px' }), block({ width: '96%', height: '16px' }), block({ width: '76%', height: '16px' }), block({ width: '170px', height: '44px' })),
      block({ height: '300px' })),
    h('div.cards', {}, block({ height: '112px' }), block({ height: '112px' }), block({ height: '112px' }))));
}
