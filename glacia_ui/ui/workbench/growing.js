// A file while it is written. Append-only, in blocks of a hundred lines: what is laid out anew at each piece of text is the
// last block, however long the file has become.
import { h } from '../lib/dom.js';

const BLOCK = 100;
const NEAR = 60; // pixels from the end within which the view follows it

export function createGrowing(file, body) {
  const element = h('div.gl-growing');
  let printed = 0; // characters
  let lines = 0; // finished ones
  let block = null;
  open();
  body.replaceChildren(element);

  function open() {
    block = { gutter: h('pre.n', { 'aria-hidden': 'true' }, String(lines + 1)), text: h('pre.c') };
    element.append(h('div.block', {}, block.gutter, block.text));
  }

  function grow() {
    const isAtEnd = body.scrollHeight - body.scrollTop - body.clientHeight < NEAR;
    while (printed < file.text.length) {
      const end = blockEnd(file.text, printed, BLOCK - (lines % BLOCK));
      const more = file.text.slice(printed, end.at);
      block.text.append(more);
      printed = end.at;
      number(end.lines);
    }
    if (isAtEnd) body.scrollTop = body.scrollHeight;
  }

  function number(more) {
    for (let left = more; left > 0; left -= 1) {
      lines += 1;
      if (lines % BLOCK === 0) open();
      else block.gutter.append(`\n${lines + 1}`);
    }
  }
  return { file, grow };
}

// As far as this block goes: behind so many line ends, or to the end of the text.
function blockEnd(text, from, most) {
  let at = from;
  for (let lines = 0; lines < most; lines += 1) {
    const end = text.indexOf('\n', at);
    if (end < 0) return { at: text.length, lines };
    at = end + 1;
  }
  return { at, lines: most };
}
