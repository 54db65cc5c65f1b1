// One file of a comparison. It stands there at once in plain text; colours come when the server has sent them.
import { h, replace, show } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { extension } from '../build/rules.js';
import { plusMinus } from '../build/facts.js';
import { unifiedRows } from './diff_unified.js';
import { splitRows } from './diff_split.js';

const LONG = 800; // lines; a longer diff is folded at first

export function createFileDiff(page, file, { from, to, mode }) {
  const { t } = page;
  const lines = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  const body = h('div');
  const toggle = h('button.gl-btn.ghost.icon.sm', { type: 'button', 'aria-expanded': 'true', 'aria-label': t('fold_file', { path: file.path }), onclick: () => fold(!body.hidden) }, icon('down'));
  const name = file.old_path ? `${file.old_path} → ${file.path}` : file.path;
  const kind = file.change === 'modified' ? null : h('span.gl-chip', {}, t(`change_${file.change}`));
  const element = h('section.gl-file', { 'aria-label': t('changes_in', { path: file.path }), dataset: { path: file.path } },
    h('header', {}, toggle, h('span.ell', {}, name), h('span.num.nowrap', {}, plusMinus(file.added, file.removed)), kind), body);
  let isDrawn = false;

  function fold(isFolded) {
    show(body, !isFolded);
    toggle.setAttribute('aria-expanded', String(!isFolded));
    if (!isFolded && !isDrawn) draw();
  }

  function draw() {
    isDrawn = true;
    const sides = { old: null, new: null };
    fill(sides);
    Promise.all([
      file.change === 'added' ? null : page.linesOf(file.old_path ?? file.path, from),
      file.change === 'deleted' ? null : page.linesOf(file.path, to),
    ]).then(([older, newer]) => fill({ old: older, new: newer }), () => {}); // without colours the diff is complete all the same
  }

  function fill(sides) {
    if (file.hunks.length === 0) return replace(body, h('p.sm.muted.gl-file-note', {}, t('only_name_changed')));
    const rows = (mode === 'split' ? splitRows : unifiedRows)(page, file, sides);
    replace(body, h(`table.gl-lines.${mode}`, { dataset: { language: extension(file.path) } }, columns(mode), h('tbody', {}, rows)));
  }

  fold(lines > LONG);
  return { element };
}

const columns = (mode) => h('colgroup', {}, (mode === 'split' ? ['n', 's', 'c', 'n', 's', 'c'] : ['n old', 'n', 's', 'c']).map((name) => h('col', { class: name })));
