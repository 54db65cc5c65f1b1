// One request and what became of it, once nothing in it moves any more.
import { append, h, sanitised } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { plusMinus } from '../build/facts.js';
import { createMismatches } from '../build/mismatches.js';
import { createEditAgain } from './again.js';
import { createBubble } from './bubble.js';
import { createChangeCard } from './change_card.js';
import { createCostLine } from './cost.js';
import { createHealthDot } from './health_chip.js';
import { createEndCard } from './end_card.js';
import { createThoughts } from './thoughts.js';
import { createWaiting } from './waiting.js';

export function createTurn(page, item) {
  if (item.snapshot) return createVersion(page, item);
  const { generation, request, isLast } = item;
  if (generation?.status === 'queued') return createWaiting(page, item);
  const element = h('article.gl-turn', { dataset: { generation: generation?.id } }, request && createBubble(page, item));
  if (request && isLast && generation?.status !== 'failed') element.append(createEditAgain(page, item)); // a failure has its own
  if (isOld(item)) element.append(createFolded(page, item));
  else element.append(createReply(page, item));
  return element;
}

// A version that was not written by Claude: restored, or started from a template.
function createVersion(page, { snapshot, latest, isBusy }) {
  const isLatest = snapshot.number === latest;
  const card = createChangeCard(page, { card: snapshot.card, number: snapshot.number, isLatest, isBusy });
  if (isLatest) return h('article.gl-turn', {}, card);
  return h('article.gl-turn', {}, fold(page, snapshot.number, snapshot.card, () => card));
}

const isOld = ({ generation, reply, latest }) => Boolean(generation?.snapshot && reply?.card && generation.snapshot !== latest);

function createFolded(page, item) {
  return fold(page, item.generation.snapshot, item.reply.card, () => createReply(page, item));
}

// One line that opens what it stands for.
function fold(page, number, card, build) {
  const { t } = page;
  let body = null;
  const button = h('button.gl-old', { type: 'button', 'aria-expanded': 'false', onclick: toggle },
    createHealthDot(page, number), h('b', {}, t('version', { number })), card.mismatches?.length > 0 && icon('warn', 's'), h('span.muted.ell.grow', {}, card.title),
    h('span.num.nowrap.xs', {}, plusMinus(card.added, card.removed)), icon('right', 's'));
  const element = h('div.gl-fold', {}, button);

  function toggle() {
    const isOpen = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!isOpen));
    if (isOpen) body.remove();
    else element.append(body ??= build());
  }
  return element;
}

function createReply(page, item) {
  const { generation, reply, latest, isBusy } = item;
  const element = h('div.gl-claude');
  if (reply?.thinking) element.append(createThoughts(page, reply.thinking, item.thoughtFor));
  if (reply?.text) element.append(sanitised(h('div.gl-prose', { dir: 'auto' }), reply.html ?? ''));
  const number = generation?.snapshot;
  if (number && reply?.card) element.append(createChangeCard(page, { card: reply.card, number, generation, isLatest: number === latest, isBusy }));
  if (reply) append(element, [createMismatches(page, reply.mismatches)]);
  if (generation && ['failed', 'cancelled'].includes(generation.status)) element.append(createEndCard(page, item));
  else if (generation?.usage) element.append(createCostLine(page, generation, item.limit, !number));
  return element;
}
