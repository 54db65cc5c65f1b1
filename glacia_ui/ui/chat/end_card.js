// A request that gave nothing: what happened, what it means, what to do. Green only where nothing was charged.
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { createCopy } from '../build/copy.js';
import { createTryAgain } from './again.js';
import { createDraftOffer } from './draft_offer.js';
import { createPlayButton } from './player.js';

export function createEndCard(page, item) {
  return item.generation.status === 'cancelled' ? createStopped(page, item) : createFailed(page, item);
}

function createStopped(page, item) {
  const { t } = page;
  const { generation, isLast, draft } = item;
  const reason = { dropped: 'ended_dropped', stopped_early: 'ended_early' }[generation.outcome] ?? 'ended_stopped';
  const line = h('p.gl-ended', {}, icon('stop', 's'), h('span.grow', {}, t(reason)), generation.outcome !== 'dropped' && createPlayButton(page, generation), isLast && createTryAgain(page, item, 'secondary.sm'));
  return draft ? h('div', {}, line, createDraftOffer(page, item)) : line;
}

function createFailed(page, item) {
  const { t } = page;
  const { generation, latest, isLast, request, draft } = item;
  // Of an older one it would not be true: versions were made since.
  const unchanged = !isLast ? '' : latest > 0 ? t('unchanged', { number: latest }) : t('unchanged_empty');
  const isLocked = generation.error_code === 'file_locked';
  const tried = generation.attempts > 1 ? `${t('tried', { count: generation.attempts })} ` : '';
  const [title, ...rest] = (generation.error_message || t('failed')).split(/(?<=\.)\s+/);
  return h('div', {},
    h('section.gl-card.gl-failure', { role: isLast ? 'alert' : undefined },
      h('div.top', {}, h('span.mark', {}, icon(isLocked ? 'lock' : 'plug')),
        h('div', {}, h('h3', {}, title.replace(/\.$/, '')), h('p.muted', {}, [...rest, tried + unchanged].join(' ')))),
      generation.attempts > 1 && createTries(t, generation.attempts),
      generation.is_returned ? createReturned(t) : h('p.gl-counted', {}, t('counted')),
      draft && createDraftOffer(page, item),
      isLast && h('div.acts', {},
        createTryAgain(page, item, 'primary.grow'),
        h('button.gl-btn.secondary', { type: 'button', onclick: () => page.compose(request.text, generation.mode, generation.attachments) }, t('edit_text')),
        isLocked && h('button.gl-btn.secondary', { type: 'button', onclick: () => page.show('files') }, icon('lock'), t('see_files')))),
    h('p.gl-cost.gl-reference', {}, t('reference'), h('code.mono', {}, generation.id.slice(0, 8)), createCopy(page, () => generation.id), createPlayButton(page, generation)));
}

function createTries(t, count) {
  const stops = Array.from({ length: count }, (_, index) => h('li', {}, h('b', {}, t('try_number', { number: index + 1 })), index === count - 1 && h('span', {}, t('gave_up'))));
  return h('ol.gl-tries', {}, stops);
}

const createReturned = (t) => h('div.gl-returned', {}, icon('check'), h('div', {},
  h('b', {}, t('nothing_charged')), h('p', {}, t('came_back'), ' ', h('a', { href: '/usage#ledger' }, t('see_ledger')))));
