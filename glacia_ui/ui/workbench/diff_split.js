// A diff side by side: the old version left, the new one right, a changed line beside the one it became.
import { h } from '../lib/dom.js';
import { codeCell } from './marks.js';
import { gapsOf, createGapRow } from './gaps.js';

export function splitRows(page, file, sides) {
  return gapsOf(file.hunks, sides.new).flatMap(({ hunk, hidden }) => {
    const rows = hunk ? pairsOf(hunk.lines).map((pair) => createRow(page, pair, sides)) : [];
    const gap = (hunk || hidden.length > 0) && createGapRow(page, { hunk, hidden, columns: [2, 4] }, (lines) => lines.map((line) => createRow(page, { left: line, right: line }, sides)));
    return gap ? [gap, ...rows] : rows;
  });
}

// A run of removed lines beside the run of added ones that replaces it; what is left over stands beside nothing.
function pairsOf(lines) {
  const pairs = [];
  let index = 0;
  const run = (kind) => {
    const from = index;
    while (index < lines.length && lines[index].kind === kind) index += 1;
    return lines.slice(from, index);
  };
  while (index < lines.length) {
    for (const line of run(' ')) pairs.push({ left: line, right: line });
    const [removed, added] = [run('-'), run('+')];
    for (let row = 0; row < Math.max(removed.length, added.length); row += 1) {
      pairs.push({ left: removed[row] ?? null, right: added[row] ?? null, isStart: row === 0 });
    }
  }
  return pairs;
}

function createRow(page, { left, right, isStart }, sides) {
  return h('tr', { dataset: isStart ? { change: '' } : {} },
    createSide(page, left, left?.old, sides.old, '-'), createSide(page, right, right?.new, sides.new, '+'));
}

function createSide({ t }, line, number, html, kind) {
  if (line === null) return [h('td.n.x'), h('td.s.x'), h('td.c.x')];
  const isChanged = line.kind === kind;
  const name = isChanged ? (kind === '+' ? '.a' : '.d') : '';
  const cell = codeCell(isChanged ? line : { ...line, words: [] }, html?.[number - 1]);
  if (name) cell.classList.add(name.slice(1));
  return [
    h(`td.n${name}`, {}, number ?? ''),
    h(`td.s${name}`, {}, isChanged && h('span', { 'aria-hidden': 'true' }, kind === '+' ? '+' : '−'), isChanged && h('span.sr', {}, t(kind === '+' ? 'added' : 'removed'))),
    cell,
  ];
}
