// A diff in one column: − above +, both line numbers at the left (on a phone the new ones only).
import { h } from '../lib/dom.js';
import { codeCell } from './marks.js';
import { gapsOf, createGapRow } from './gaps.js';

const KIND = { '+': 'a', '-': 'd', ' ': '' };

export function unifiedRows(page, file, sides) {
  return gapsOf(file.hunks, sides.new).flatMap(({ hunk, hidden }) => {
    const rows = hunk ? hunk.lines.map((line, index) => createRow(page, line, sides, isChangeStart(hunk.lines, index))) : [];
    const gap = (hunk || hidden.length > 0) && createGapRow(page, { hunk, hidden, columns: [3, 1] }, (lines) => lines.map((line) => createRow(page, line, sides, false)));
    return gap ? [gap, ...rows] : rows;
  });
}

const isChangeStart = (lines, index) => lines[index].kind !== ' ' && (index === 0 || lines[index - 1].kind === ' ');

function createRow({ t }, line, sides, isStart) {
  const kind = KIND[line.kind];
  const sign = { '+': '+', '-': '−', ' ': '' }[line.kind];
  return h(`tr${kind && `.${kind}`}`, { dataset: isStart ? { change: '' } : {} },
    h('td.n.old', {}, line.old ?? ''), h('td.n', {}, line.new ?? ''),
    h('td.s', {}, h('span', { 'aria-hidden': 'true' }, sign), kind && h('span.sr', {}, t(kind === 'a' ? 'added' : 'removed'))),
    codeCell(line, line.kind === '-' ? sides.old?.[line.old - 1] : sides.new?.[line.new - 1]));
}
