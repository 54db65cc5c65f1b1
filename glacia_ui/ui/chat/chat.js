// The left column: what was said, what is happening, and where the next request is written.
import { h, replace, show } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { createComposer } from './composer.js';
import { createEdits } from './edits.js';
import { createLog } from './log.js';
import { createPlayer } from './player.js';
import { createQuote } from './quote.js';
import { createAnnouncer } from './announcer.js';

export function createChat(page) {
  const { store, t } = page;
  const announcer = createAnnouncer(page);
  page.say = announcer.answer;
  page.edits = createEdits(page);
  page.player = createPlayer(page);
  const log = createLog(page);
  page.quote = createQuote(page);
  const composer = createComposer(page);
  composer.element.querySelector('textarea').setAttribute('aria-describedby', 'gl-quote');
  const connection = h('div.gl-note.danger.gl-lost', { role: 'status', hidden: true });
  const element = h('section.gl-chat', { 'aria-label': t('chat') },
    log.element, h('div.gl-dock', {}, connection, page.player.element, composer.element, page.quote.element), announcer.element);

  store.on('connection', (until) => {
    show(connection, until !== null);
    if (until === null) return;
    const seconds = countdownSeconds(until);
    replace(connection, icon('plug'), h('span', {}, h('b', {}, t('lost')), ' ', t('lost_text', { seconds })));
  });
  page.composer = composer;
  return { element, focus: () => composer.focus() };
}

const countdownSeconds = (until) => Math.max(1, Math.round((until - Date.now()) / 1000));
