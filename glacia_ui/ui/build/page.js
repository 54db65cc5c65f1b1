// The build page: chat left, workbench right; on a phone one of them at a time above a bar.
import { h, replace, show, texts } from '../lib/dom.js';
import { tell } from '../lib/bus.js';
import { icon } from '../lib/icons.js';
import { remember } from './cache.js';
import { listenToKeys } from './keys.js';
import { createPhoneBar } from './phone_bar.js';
import { Store } from './store.js';
import { createChat } from '../chat/chat.js';
import { createWorkbench } from '../workbench/workbench.js';

export function mount(root, settings) {
  const id = new URLSearchParams(location.search).get('project');
  if (!id) return location.replace('/');
  const page = createPage(new Store(id), settings);
  root.append(page.element);
  page.store.open();
}

// What the parts share: {store, settings, t} from the start; then how one part asks for another, by name.
function createPage(store, settings) {
  const t = texts(settings.texts, 'build');
  const page = { store, settings, t };
  page.filesOf = remember((snapshot) => store.server.files(snapshot));
  page.linesOf = remember((path, snapshot) => store.server.highlighted(path, snapshot).then((answer) => answer.lines));
  page.diffOf = remember((from, to) => store.server.diff(from, to));

  const chat = createChat(page);
  const workbench = createWorkbench(page);
  const unfold = createRail(page);
  const grid = h('div.gl-build', {}, unfold, chat.element, workbench.element);
  const phoneBar = createPhoneBar(page);
  const failure = h('div.gl-build-failed', { hidden: true });
  const title = h('h1.sr');
  store.on('project', () => { title.textContent = store.project.name; });
  page.element = h('div.gl-build-page', {}, title, grid, phoneBar.element, failure);

  page.show = (tab) => {
    grid.classList.toggle('show-work', tab !== 'chat');
    if (tab !== 'chat') workbench.open(tab);
    phoneBar.mark(tab);
    page.refold();
    if (tab === 'chat') chat.focus();
  };
  page.compose = (text, mode, attachments) => {
    page.show(isPhone() ? 'chat' : workbench.current);
    page.composer.offer(text, mode, attachments);
    page.composer.focus();
  };
  page.compare = (from, to) => {
    page.show('changes');
    workbench.views.changes.compare(from, to);
  };
  page.showNewest = () => workbench.views.history.choose(store.latest);
  page.workbench = workbench;
  page.focusChat = () => {
    if (isPhone()) return page.show('chat');
    page.fold(false);
    chat.focus();
  };

  // Wide views fold the chat to a rail, unless the user has said otherwise for this view.
  page.refold = () => grid.classList.toggle('wide', page.foldChoice?.tab === workbench.current ? page.foldChoice.isFolded : wantsWidth(workbench));
  page.fold = (isFolded) => { page.foldChoice = { tab: workbench.current, isFolded }; page.refold(); };

  workbench.open('preview');
  phoneBar.mark('chat');
  listenToKeys(page);
  wireTopBar(page);
  wireFailure(page, grid, failure);
  return page;
}

const isPhone = () => matchMedia('(max-width: 720px)').matches;

const wantsWidth = (workbench) => workbench.current === 'history' || (workbench.current === 'changes' && workbench.views.changes.isSplit);

function createRail(page) {
  const button = (name, glyph, run) => h('button.gl-btn.ghost.icon', { type: 'button', 'aria-label': page.t(name), title: page.t(name), onclick: run }, glyph);
  return h('div.gl-rail', {}, button('unfold_chat', icon('panel'), () => page.fold(false)), button('chat', icon('chat'), () => page.focusChat()));
}

function wireTopBar({ store, t }) {
  const draw = () => {
    if (store.status === 'failed') return;
    const { project } = store;
    const state = store.status === 'loading' ? t('state_loading') : store.isBusy ? t('state_busy') : t('state_saved');
    tell('gl:project', { id: store.id, name: project?.name ?? '', snapshot: project ? store.latest : null, state, can_download: store.latest > 0 });
    if (project) document.title = `${project.name} · Glacia`;
  };
  store.on('status', draw);
  store.on('project', draw);
}

function wireFailure({ store, t }, grid, failure) {
  store.on('status', (status) => {
    show(grid, status !== 'failed');
    show(failure, status === 'failed');
    if (status !== 'failed') return;
    const isGone = store.problem.status === 404 || store.problem.status === 422;
    replace(failure, h('div.gl-card.gl-empty', { role: 'alert' }, h('h2', {}, t(isGone ? 'not_found' : 'not_opened')),
      h('p', {}, isGone ? t('not_found_text') : store.problem.message || t('unreachable')),
      isGone ? h('a.gl-btn.primary', { href: '/' }, t('to_home')) : h('button.gl-btn.primary', { type: 'button', onclick: () => store.open() }, t('try_again'))));
  });
}
