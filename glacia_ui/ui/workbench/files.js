// The files of a version, and the ones that are being written while they are written.
import { h, show } from '../lib/dom.js';
import { createSelect } from '../build/select.js';
import { createCode } from './code.js';
import { createLock } from './lock.js';
import { createTree } from './tree.js';

const NO_LOCKS = new Set();

export function createFiles(page) {
  const { store, t } = page;
  const state = { version: null, path: null, files: [], isOpen: false };
  let before = null; // what was chosen when a replay began
  const tree = createTree(page, (entry) => choose(entry));
  const lock = createLock(page);
  const code = createCode(page, lock.element);
  const versions = createSelect({ label: t('version_shown'), onchange: (value) => { state.version = Number(value) === store.latest ? null : Number(value); load(); } });
  const empty = h('div.gl-empty', { hidden: true }, h('h2', {}, t('no_files')), h('p', {}, t('no_files_text')));
  const panes = h('div.gl-filepane', {}, tree.element, code.element);
  const element = h('div.gl-fill', {}, panes, empty);

  const shown = () => (store.replay ? (store.replay.end ? store.replay.after : store.replay.base) : state.version ?? store.latest);

  async function load() {
    if (!state.isOpen || store.status !== 'ready') return;
    const number = shown();
    versions.fill(store.snapshots.map((snapshot) => ({ value: snapshot.number, label: t('version', { number: snapshot.number }) })), number);
    show(versions.element, store.snapshots.length > 0 && store.replay === null);
    try {
      state.files = number > 0 ? await page.filesOf(number) : [];
    } catch (problem) {
      return code.fail(problem, load);
    }
    if (number === shown()) draw();
  }

  function draw() {
    const writing = writingNow();
    const isEmpty = state.files.length === 0 && writing.length === 0;
    show(empty, isEmpty);
    show(panes, !isEmpty);
    if (isEmpty) return;
    if (!state.picked) state.path = writing.at(-1)?.path ?? keptPath();
    const isNewest = state.version === null && store.replay === null; // locks are about the files as they are now
    tree.draw(state.files, writing, state.path, isNewest ? store.locks : NO_LOCKS);
    lock.draw(isNewest && state.files.some((file) => file.path === state.path) ? state.path : null);
    const live = writing.findLast((file) => file.path === state.path && file.state === 'writing');
    if (live) code.follow(live);
    else if (state.files.some((file) => file.path === state.path)) code.load(state.path, shown(), (store.replay ?? store.live) !== null && isBehind(writing));
    else if (writing.some((file) => file.path === state.path)) code.follow(writing.findLast((file) => file.path === state.path));
  }

  const isBehind = (writing) => writing.some((file) => file.path === state.path && file.state === 'done');
  const keptPath = () => (state.files.some((file) => file.path === state.path) ? state.path : first(state.files));
  const first = (files) => (files.find((file) => file.path === 'index.html') ?? files[0])?.path ?? null;
  const isFollowing = () => store.replay !== null || state.version === null;

  function writingNow() {
    const live = store.replay ?? store.live;
    return live && !live.end && isFollowing() ? [...live.files.values()] : [];
  }

  function showEvent(event, live) {
    if (!state.isOpen) return;
    if (event.type === 'file.begin' || event.type === 'file.end') draw();
    else if (event.type === 'file.delta') code.grow(live.files.get(event.data.call));
  }

  // A file that the user chose stays; without a choice the view follows what is being written.
  function choose(path) {
    Object.assign(state, { path, picked: true });
    draw();
  }

  store.on('project', () => { if (store.live === null) state.picked = state.picked && state.files.some((file) => file.path === state.path); load(); });
  store.on('live', () => { state.picked = false; draw(); });
  store.on('event', ({ event, live }) => { if (store.replay === null) showEvent(event, live); });
  store.on('replay', (live) => {
    if (live !== null) {
      before ??= { path: state.path, picked: state.picked };
      state.picked = false;
    } else {
      Object.assign(state, before);
      before = null;
    }
    load();
  });
  store.on('replayed', ({ events }) => {
    for (const event of events) showEvent(event, store.replay);
    if (store.replay.end) load();
  });
  return {
    element, tools: versions.element,
    open: () => { state.isOpen = true; load(); },
    close: () => { state.isOpen = false; },
  };
}
