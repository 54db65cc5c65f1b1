// How any two versions differ: which files, which lines, which words.
import { h, replace, show } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { createSelect } from '../build/select.js';
import { plusMinus } from '../build/facts.js';
import { url } from '../lib/api.js';
import { createFileDiff } from './file_diff.js';
import { createSkeletonDiff } from './diff_skeleton.js';

const WIDE = matchMedia('(min-width: 1200px)');

export function createChanges(page) {
  const { store, t } = page;
  const state = { from: null, to: null, mode: 'unified', isOpen: false, key: null, files: [] };
  const from = createSelect({ prefix: t('from'), label: t('from_version'), onchange: (value) => pick(Number(value), state.to) });
  const to = createSelect({ prefix: t('to'), label: t('to_version'), onchange: (value) => pick(state.from, Number(value)) });
  const sums = h('span.sm.num.nowrap', { role: 'status' });
  const modes = createModes(t, (mode) => { state.mode = mode; draw(); page.refold(); });
  const patch = h('a.gl-btn.ghost.sm', { download: '' }, icon('download'), t('patch'));
  const list = h('nav.gl-tree', { 'aria-label': t('changed_files') });
  const body = h('div.gl-diff', { tabindex: '0' });
  const empty = h('div.gl-empty', { hidden: true });
  const panes = h('div.gl-diffpane', {}, list, body);
  const bar = h('div.gl-subbar', {}, from.element, icon('arrow_right'), to.element, sums, h('span.grow'), modes.element);
  const element = h('div.gl-fill', {}, bar, panes, empty);

  // Without a choice of the user: what the newest version changed.
  function pick(newFrom, newTo) {
    Object.assign(state, { from: newFrom, to: newTo, isPicked: true });
    load();
  }

  async function load() {
    if (!state.isOpen || store.status !== 'ready') return;
    if (store.latest === 0) return explain(t('no_changes_yet'), t('no_changes_yet_text'));
    if (!state.isPicked) Object.assign(state, { from: store.latest - 1, to: store.latest });
    fillSelects();
    const key = `${state.from}-${state.to}`;
    if (key === state.key) return;
    const skeleton = setTimeout(() => { explain(null); replace(body, createSkeletonDiff()); }, 120);
    state.key = key;
    try {
      const files = await page.diffOf(state.from, state.to);
      if (state.key !== key) return;
      state.files = files;
      draw();
    } catch (problem) {
      state.key = null;
      explain(t('compare_failed'), problem.message || t('unreachable'), h('button.gl-btn.secondary', { type: 'button', onclick: load }, t('try_again')));
    } finally {
      clearTimeout(skeleton);
    }
  }

  function fillSelects() {
    const entries = [...store.snapshots.map((snapshot) => ({ value: snapshot.number, label: t('version', { number: snapshot.number }) })), { value: 0, label: t('nothing') }];
    from.fill(entries, state.from);
    to.fill(entries, state.to);
    patch.href = url(`/projects/${store.id}/diff?from=${state.from}&to=${state.to}`);
  }

  function draw() {
    const { files } = state;
    const total = (name) => files.reduce((sum, file) => sum + file[name], 0);
    replace(sums, h('b', {}, t(files.length === 1 ? 'one_file' : 'files', { count: files.length })), ' ', plusMinus(total('added'), total('removed')));
    if (files.length === 0) return explain(t('same'), t(state.from === state.to ? 'same_number' : 'same_text', { from: state.from, to: state.to }));
    explain(null);
    const mode = WIDE.matches ? state.mode : 'unified';
    const blocks = files.map((file) => createFileDiff(page, file, { from: state.from, to: state.to, mode }));
    replace(body, blocks.map((block) => block.element));
    replace(list, h('p.t', {}, t(files.length === 1 ? 'one_changed_file' : 'count_changed_files', { count: files.length })),
      files.map((file, index) => h('button', { type: 'button', title: file.path, onclick: () => blocks[index].element.scrollIntoView({ block: 'start' }) },
        icon('file'), h('span.ell', {}, file.path), h('span.gl-pm', {}, plusMinus(file.added, file.removed)))));
    spy();
  }

  function explain(title, text, action) {
    show(empty, Boolean(title));
    show(panes, !title);
    if (title) replace(empty, h('h2', {}, title), h('p', {}, text), action);
  }

  // The list marks the file that is being read.
  function spy() {
    const top = body.getBoundingClientRect().top + 60;
    const index = [...body.children].findLastIndex((block) => block.getBoundingClientRect().top <= top);
    [...list.querySelectorAll('button')].forEach((button, place) => button.classList.toggle('on', place === Math.max(0, index)));
  }

  // The next or previous run of changed lines: from the one that is marked, while it is in view, else from the top of it.
  function step(direction) {
    const view = body.getBoundingClientRect();
    const places = [...body.querySelectorAll('tr[data-change]')];
    const tops = places.map((row) => row.getBoundingClientRect().top);
    const marked = places.findIndex((row) => row.classList.contains('at'));
    const isInView = marked >= 0 && tops[marked] >= view.top && tops[marked] < view.bottom;
    const near = direction > 0 ? tops.findIndex((top) => top >= view.top) : tops.findLastIndex((top) => top < view.top);
    const chosen = places[isInView ? marked + direction : near];
    if (!chosen) return;
    chosen.scrollIntoView({ block: 'center' });
    for (const row of places) row.classList.toggle('at', row === chosen);
  }

  body.addEventListener('scroll', spy, { passive: true });
  store.on('project', load);
  WIDE.addEventListener('change', () => { if (state.isOpen && state.files.length > 0) draw(); });
  return {
    element, tools: patch, step, compare: pick,
    open: () => { state.isOpen = true; load(); },
    close: () => { state.isOpen = false; },
    get isSplit() { return state.mode === 'split' && WIDE.matches; },
  };
}

function createModes(t, choose) {
  const button = (mode, name) => h('button', { type: 'button', dataset: { mode }, onclick: () => set(mode) }, icon(name), t(`mode_${mode}`));
  const buttons = [button('unified', 'lines'), button('split', 'columns')];
  const element = h('div.gl-seg.gl-modes', { role: 'group', 'aria-label': t('diff_mode') }, buttons);
  function mark(mode) {
    for (const each of buttons) {
      each.classList.toggle('on', each.dataset.mode === mode);
      each.setAttribute('aria-pressed', String(each.dataset.mode === mode));
    }
  }
  function set(mode) {
    mark(mode);
    choose(mode);
  }
  mark('unified');
  return { element };
}
