// What a diff leaves out: the unchanged lines before, between and after its parts, shown on request.
import { h } from '../lib/dom.js';

// [{hunk, hidden}…, {hunk: null, hidden}]: `hidden` are the lines between the part before and this one. They are known only
// when the new file is (`lines`, sanitised HTML by line).
export function gapsOf(hunks, lines) {
  let oldNext = 1;
  let newNext = 1;
  const parts = hunks.map((hunk) => {
    const hidden = between(lines, oldNext, newNext, startOf(hunk.new_start, hunk.new_lines));
    oldNext = startOf(hunk.old_start, hunk.old_lines) + hunk.old_lines;
    newNext = startOf(hunk.new_start, hunk.new_lines) + hunk.new_lines;
    return { hunk, hidden };
  });
  return [...parts, { hunk: null, hidden: between(lines, oldNext, newNext, (lines?.length ?? 0) + 1) }];
}

// An empty side is given as the line before it.
const startOf = (start, count) => (count === 0 ? start + 1 : start);

function between(lines, oldNext, newNext, end) {
  if (!lines) return [];
  return Array.from({ length: Math.max(0, end - newNext) }, (_, index) => ({ kind: ' ', old: oldNext + index, new: newNext + index, text: null, words: [] }));
}

// The line that names the place and opens what is hidden there.
export function createGapRow({ t }, { hunk, hidden, columns: [before, after] }, rowsFor) {
  const row = h('tr.h');
  const more = hidden.length > 0 && h('button.gl-link', { type: 'button', onclick: () => row.replaceWith(...rowsFor(hidden)) },
    t(hidden.length === 1 ? 'show_one_line' : 'show_lines', { count: hidden.length }));
  const place = hunk && h('span', {}, t('line', { number: startOf(hunk.new_start, hunk.new_lines) }));
  row.append(h('td', { colspan: before }), h('td', { colspan: after }, place, place && more && ' · ', more));
  return row;
}
