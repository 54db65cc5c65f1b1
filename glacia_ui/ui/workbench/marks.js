// One line of code in a cell, with the words that changed marked in it.
import { h, sanitised } from '../lib/dom.js';

// `html` is the same line coloured by the server; it is used only if it says exactly the same.
export function codeCell(line, html) {
  const cell = h('td.c');
  if (html !== undefined) sanitised(cell, html);
  if (line.text !== null && cell.textContent !== line.text) cell.textContent = line.text;
  if (line.words.length > 0) mark(cell, toUnits(cell.textContent, line.words), line.kind === '+' ? 'ins' : 'del');
  return cell;
}

// The server counts code points, the browser UTF-16 units.
function toUnits(text, ranges) {
  const points = [...text];
  const units = [0];
  for (const point of points) units.push(units.at(-1) + point.length);
  return ranges.map(([from, to]) => [units[from], units[to]]);
}

function mark(cell, ranges, tag) {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let start = 0;
  while (walker.nextNode()) {
    nodes.push({ node: walker.currentNode, start });
    start += walker.currentNode.length;
  }
  for (const [from, to] of ranges.toReversed()) {
    for (const { node, start: begin } of nodes.toReversed()) wrap(node, from - begin, to - begin, tag);
  }
}

// Wraps the part of a text node that lies in the range. From the end to the beginning, so that earlier offsets stay true.
function wrap(node, from, to, tag) {
  const [first, last] = [Math.max(0, from), Math.min(node.length, to)];
  if (first >= last) return;
  const range = document.createRange();
  range.setStart(node, first);
  range.setEnd(node, last);
  range.surroundContents(document.createElement(tag));
}
