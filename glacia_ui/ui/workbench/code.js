// One file: coloured by the server when it is finished, growing line by line while it is written.
import { h, replace, sanitised, show } from '../lib/dom.js';
import { spinner } from '../lib/icons.js';
import { extension } from '../build/rules.js';
import { createCopy } from '../build/copy.js';
import { createGrowing } from './growing.js';

// `tools` stand at the end of its head.
const SLICE = 200; // lines

export function createCode(page, ...tools) {
  const { t } = page;
  const name = h('b');
  const facts = h('span.xs.muted.num');
  const copy = createCopy(page, () => source, t('copy'));
  const body = h('div.gl-code', { tabindex: '0' });
  const element = h('div.gl-codepane', {}, h('header', {}, name, facts, h('span.grow'), copy, tools), body);
  let shown = null; // what stands in the body: 'path@version' or 'live call'
  let live = null; // the file that grows here
  let source = ''; // what `copy` copies

  async function load(path, version, isBehind = false) {
    const key = `${path}@${version}`;
    name.textContent = path;
    if (shown === key) return;
    shown = key;
    live = null;
    facts.textContent = '';
    const skeleton = setTimeout(() => replace(body, skeletonLines()), 120);
    try {
      const lines = await page.linesOf(path, version);
      if (shown === key) place(path, lines);
    } catch (problem) {
      if (shown === key) fail(problem, () => load(path, version));
    } finally {
      clearTimeout(skeleton);
    }
  }

  function place(path, lines) {
    facts.textContent = lines.length === 1 ? t('one_line') : t('lines', { count: lines.length });
    const table = h('tbody');
    replace(body, h('table.gl-lines', { dataset: { language: extension(path) } }, table));
    body.scrollTop = 0;
    source = '';
    show(copy, false);
    fill(table, lines, 0);
  }

  // A slice at a time, so that a long file never holds up the page; the first one fills any screen.
  function fill(table, lines, from) {
    if (!table.isConnected && from > 0) return;
    const rows = lines.slice(from, from + SLICE).map((line, index) => h('tr', {}, h('td.n', {}, from + index + 1), sanitised(h('td.c'), line)));
    table.append(...rows);
    source += rows.map((row) => row.lastChild.textContent).join('\n');
    if (from + SLICE >= lines.length) return show(copy, true);
    source += '\n';
    setTimeout(() => fill(table, lines, from + SLICE));
  }

  // Append-only: what is there stays, the rest of the text is added at the end.
  function follow(file) {
    const key = `live ${file.call}`;
    name.textContent = file.path;
    if (shown !== key || live.file !== file) {
      shown = key;
      live = createGrowing(file, body);
      show(copy, false);
    }
    grow(file);
  }

  function grow(file) {
    if (live === null || file !== live.file) return;
    live.grow();
    replace(facts, file.state === 'writing' && spinner(), t(file.action === 'edit' ? 'live_edit' : 'live_write', { count: file.lines }));
  }

  function fail(problem, again) {
    shown = null;
    replace(body, h('div.gl-empty', {}, h('h2', {}, t('file_failed')), h('p', {}, problem.message || t('unreachable')),
      h('button.gl-btn.secondary', { type: 'button', onclick: again }, t('try_again'))));
  }

  return { element, load, follow, grow, fail };
}

const skeletonLines = () => h('div.gl-code-skeleton', { 'aria-hidden': 'true' }, [42, 64, 58, 30, 71, 48, 22, 66, 54, 37].map((width) => h('span.gl-sk', { style: { width: `${width}%` } })));
