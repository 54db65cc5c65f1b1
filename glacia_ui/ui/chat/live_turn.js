// The answer that is being written: thoughts, prose and the live card. Finished blocks of prose are placed once and never
// touched again; only the open block is replaced, at most once per frame.
import { h, sanitised, show } from '../lib/dom.js';
import { createBubble } from './bubble.js';
import { createLiveCard } from './live_card.js';
import { createThoughts } from './thoughts.js';

export function createLiveTurn(page, item, live) {
  const thoughts = createThoughts(page, '');
  const finished = h('div.gl-prose', { dir: 'auto' });
  const open = h('div.gl-prose.gl-open', { dir: 'auto' });
  const card = createLiveCard(page, live);
  const reply = h('div.gl-claude', {}, thoughts, finished, open, card.element);
  const element = h('article.gl-turn.gl-live', { dataset: { generation: live.id } }, item.request && createBubble(page, item), reply);
  let placed = 0;
  let frame = null;
  thoughts.hidden = true;

  function draw() {
    frame = null;
    show(thoughts, live.thinking !== '');
    thoughts.update(live.thinking, live.thoughtFor, live.thoughtFor === null && !live.hasText);
    for (; placed < live.blocks.length && live.blocks[placed] !== undefined; placed += 1) finished.append(sanitised(h('div'), live.blocks[placed]));
    sanitised(open, live.open);
    show(finished, placed > 0);
    show(open, live.open !== '');
    card.draw();
  }

  function update() {
    frame ??= requestAnimationFrame(draw);
  }
  draw();
  return { element, live, update };
}
