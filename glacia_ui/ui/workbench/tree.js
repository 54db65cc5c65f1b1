// The list of files: folders as headings, sizes, locks, and what is happening to each file right now.
import { h, replace } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { kilobytes } from '../lib/time.js';

export function createTree({ t }, choose) {
  const element = h('nav.gl-tree', { 'aria-label': t('files_list') });

  function draw(files, writing, selected, locks) {
    const states = new Map(writing.map((file) => [file.path, file.state]));
    const sizes = new Map(files.map((file) => [file.path, file.size]));
    const paths = [...new Set([...files.map((file) => file.path), ...states.keys()])];
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const held = document.activeElement?.closest('.gl-tree') === element ? document.activeElement.dataset.path : null;
    replace(element, h('p.t', {}, t(paths.length === 1 ? 'one_file' : 'files', { count: paths.length }), total > 0 && ` · ${kilobytes(total)}`), rowsOf(paths).map((row) => (
      row.folder ? h('p.folder', { style: { '--depth': row.depth } }, icon('folder'), row.folder) : createRow(row, states.get(row.path), sizes.get(row.path), selected, locks.has(row.path)))),
    locks.size > 0 && h('p.note', {}, t('locks_note')));
    if (held) element.querySelector(`[data-path="${CSS.escape(held)}"]`)?.focus();
  }

  function createRow({ path, name, depth }, state, size, selected, isLocked) {
    const mark = state === 'writing' ? spinner() : icon('file');
    const fact = state === 'writing' ? t('being_written') : state === 'done' ? t('new_version_soon') : size === undefined ? '' : kilobytes(size);
    return h(`button${path === selected ? '.on' : ''}`, {
      type: 'button', dataset: { path }, 'aria-current': path === selected ? 'true' : undefined, style: { '--depth': depth }, onclick: () => choose(path),
    }, mark, h('span.ell', {}, name), h('span.fact.num', {}, isLocked && [icon('lock', 's'), h('span.sr', {}, t('locked'))], fact));
  }
  return { element, draw };
}

// Files of a folder first, then its folders: [{path, name, depth} | {folder, depth}].
function rowsOf(paths, depth = 0, prefix = '') {
  const inside = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const files = inside.filter((path) => !path.includes('/'));
  const folders = [...new Set(inside.filter((path) => path.includes('/')).map((path) => path.split('/')[0]))];
  return [
    ...files.map((name) => ({ path: prefix + name, name, depth })),
    ...folders.flatMap((folder) => [{ folder, depth }, ...rowsOf(paths, depth + 1, `${prefix}${folder}/`)]),
  ];
}
