// One file: coloured by the server when it is finished, growing line by line while it is written.
import { h, replace, sanitised, show } from '../lib/dom.js';
import { spinner } from '../lib/icons.js';
import { extension } from '../build/rules.js';
import { createCopy } from '../build/copy.js';

// `tools` stand at the end of its head.
export function createCode(page, ...tools) {
  const { t } = page;
  const name = h('b');
  const facts = h('span.xs.muted.num');
  const copy = createCopy(page, () => content(), t('copy'));
  const body = h('div.gl-code', { tabindex: '0' });
  const element = h('div.gl-codepane', {}, h('header', {}, name, facts, h('span.grow'), copy, tools), body);
  let shown = null; // what stands in the body: 'path@version' or 'live call'
  let live = null; // {file, text, gutter, printed, lines}

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
    const rows = lines.map((line, index) => h('tr', {}, h('td.n', {}, index + 1), sanitised(h('td.c'), line)));
    replace(body, h('table.gl-lines', { dataset: { language: extension(path) } }, h('tbody', {}, rows)));
    body.scrollTop = 0;
    show(copy, true);
  }

  // Append-only: what is there stays, the rest of the text is added at the end.
  function follow(file) {
    const key = `live ${file.call}`;
    name.textContent = file.path;
    if (shown !== key) {
      shown = key;
      live = { file, gutter: h('pre.n', { 'aria-hidden': 'true' }, '1'), text: h('pre.c'), printed: 0, lines: 1 };
      replace(body, h('div.gl-growing', {}, live.gutter, live.text));
      show(copy, false);
    }
    grow(file);
  }

  function grow(file) {
    if (live === null || file !== live.file) return;
    const isAtEnd = body.scrollHeight - body.scrollTop - body.clientHeight < 60;
    const more = file.text.slice(live.printed);
    live.text.append(more);
    live.printed = file.text.length;
    for (; live.lines < file.lines; live.lines += 1) live.gutter.append(`\n${live.lines + 1}`);
    replace(facts, file.state === 'writing' && spinner(), t(file.action === 'edit' ? 'live_edit' : 'live_write', { count: file.lines }));
    if (isAtEnd) body.scrollTop = body.scrollHeight;
  }

  function fail(problem, again) {
    shown = null;
    replace(body, h('div.gl-empty', {}, h('h2', {}, t('file_failed')), h('p', {}, problem.message || t('unreachable')),
      h('button.gl-btn.secondary', { type: 'button', onclick: again }, t('try_again'))));
  }

  const content = () => [...body.querySelectorAll('td.c')].map((cell) => cell.textContent).join('\n');
  return { element, load, follow, grow, fail };
}

const skeletonLines = () => h('div.gl-code-skeleton', { 'aria-hidden': 'true' }, [42, 64, 58, 30, 71, 48, 22, 66, 54, 37].map((width) => h('span.gl-sk', { style: { width: `${width}%` } })));
