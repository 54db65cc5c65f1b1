// One version of the user's page, in a frame that can reach neither ours nor our cookies: an address of its own, sandboxed
// here and again by the server's header. A new version gets a new frame, so that nothing of the old one stays, and the old
// one is shown until the new one is there.
import { h, replace, show } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { firstPage, isPage } from '../build/rules.js';
import { createSelect } from '../build/select.js';
import { createHealthBar } from './health_bar.js';
import { watch } from './watch.js';

const SANDBOX = 'allow-scripts allow-forms allow-modals';
const PATIENCE = 150; // milliseconds before the old version is dimmed

export function createFrame(page, { remark = null, onplaced = () => {} } = {}) {
  const { store, t } = page;
  const state = { number: null, link: null, path: null, isPlaced: false };
  const pages = createSelect({ icon: 'file', label: t('page_shown'), onchange: (path) => { state.path = path; place(); } });
  const reload = h('button.gl-btn.ghost.icon.sm', { type: 'button', 'aria-label': t('reload_preview'), title: t('reload_preview'), onclick: () => load(state.number, true) }, icon('reload'));
  const open = h('a.gl-btn.ghost.sm', { target: '_blank', rel: 'noopener' }, icon('open'), t('open'));
  const banner = h('div.gl-banner', { hidden: true });
  const health = createHealthBar(page);
  const stage = h('div.gl-view');
  const note = h('div.gl-empty', { hidden: true });
  const element = h('section.gl-frame', {}, h('div.chrome', {}, reload, pages.element, h('span.grow'), remark, health.chip, open), banner, health.element, stage, note);
  let watched = null;

  async function load(number, isFresh = false) {
    if (number === state.number && !isFresh) return;
    state.number = number;
    element.setAttribute('aria-label', t('preview_of', { number }));
    const dim = setTimeout(() => stage.classList.add('waits'), PATIENCE);
    try {
      const [link, files] = await Promise.all([store.server.preview(number), page.filesOf(number)]);
      if (state.number !== number) return;
      arrive(link.url, files.map((file) => file.path));
    } catch (problem) {
      if (state.number === number) explain(t('preview_failed'), problem.message || t('unreachable'), retry());
    } finally {
      clearTimeout(dim);
    }
  }

  function arrive(link, paths) {
    const wanted = paths.includes(state.path) && isPage(state.path) ? state.path : firstPage(paths);
    Object.assign(state, { link, path: wanted });
    pages.fill(paths.filter(isPage).map((path) => ({ value: path, label: path })), wanted);
    if (wanted) place();
    else explain(t('no_page'), t('no_page_text'), h('button.gl-btn.secondary', { type: 'button', onclick: () => page.show('files') }, t('see_files')));
  }

  function place() {
    const address = state.link + state.path.split('/').map(encodeURIComponent).join('/');
    const frame = h('iframe', { src: address, sandbox: SANDBOX, title: t('preview_of', { number: state.number }), dataset: { snapshot: state.number } });
    frame.addEventListener('load', () => {
      for (const older of [...stage.children]) if (older !== frame) older.remove();
      stage.classList.remove('waits');
    }, { once: true });
    stage.append(frame);
    watched?.stop();
    watched = watch(page, frame, state.number);
    health.draw(state.number);
    reveal();
    open.href = address;
    show(open, true);
    show(stage, true);
    show(note, false);
  }

  function explain(title, text, action) {
    watched?.stop();
    watched = null;
    health.draw(state.number);
    stage.replaceChildren();
    stage.classList.remove('waits');
    show(stage, false);
    show(open, false);
    show(note, true);
    reveal();
    replace(note, h('h2', {}, title), h('p', {}, text), action);
  }

  function reveal() {
    if (state.isPlaced) return;
    state.isPlaced = true;
    onplaced();
  }

  const retry = () => h('button.gl-btn.secondary', { type: 'button', onclick: () => load(state.number, true) }, t('try_again'));

  function say(sentence) {
    show(banner, Boolean(sentence));
    if (sentence) replace(banner, icon('info'), h('span', {}, sentence));
  }
  return { element, load, say, get isPlaced() { return state.isPlaced; } };
}
