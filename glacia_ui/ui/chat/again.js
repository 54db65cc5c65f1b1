// The last request once more: as it was, or in other words. Either is a new request on top of what is there now; nothing is
// taken back, and the version that it made stays in the history.
import { h, replace } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';

// Under the last request: puts its text into the composer.
export function createEditAgain(page, { generation, request, latest }) {
  const { t } = page;
  const about = latest > 0 ? t('again_on', { number: latest }) : t('again_on_empty');
  return h('button.gl-btn.sm.ghost.gl-again', { type: 'button', title: about, onclick: () => {
    page.compose(request.text, generation.mode, generation.attachments);
    page.composer.say(about);
  } }, icon('pencil', 's'), t('edit_again'));
}

// "Try again". The key comes from what is tried again, so two clicks, two tabs or a click after a lost answer are one.
export function createTryAgain(page, { generation, request }, kind) {
  const { t } = page;
  const face = [icon('reload', kind.includes('sm') ? 's' : ''), t('try_again')];
  const button = h(`button.gl-btn.${kind}`, { type: 'button', onclick: run }, face);

  async function run() {
    if (button.ariaBusy === 'true') return;
    button.ariaBusy = 'true';
    replace(button, spinner(), t('trying_again'));
    await page.composer.send(request.text, generation.mode, `again-${generation.id}`, generation.attachments);
    button.ariaBusy = 'false';
    replace(button, ...face);
    if (!matchMedia('(max-width: 720px)').matches) page.composer.focus();
  }
  return button;
}
