// What the request that is being written will probably cost and take. Asked for while nobody types, never waited for: a
// quote that does not come leaves its place empty.
import { h, replace } from '../lib/dom.js';
import { costRange, timeRange } from '../lib/time.js';
import { chosenModel, createModelChoice } from './model_choice.js';

const PAUSE = 700; // milliseconds without a key

export function createQuote(page) {
  const { store, t } = page;
  const line = h('p.gl-quote.num', { id: 'gl-quote' });
  const choice = createModelChoice(page, () => look());
  const element = h('div.gl-offer', {}, choice.element, line);
  let wanted = { prompt: '', mode: 'build', attachments: [] };
  let asked = ''; // what the line is about, or will be
  let timer = null;
  let asking = null;

  // `prompt` without white space at its ends; called as often as anything changes.
  function draw(prompt, mode, attachments) {
    wanted = { prompt, mode, attachments };
    look();
  }

  function look() {
    const about = wanted.prompt && JSON.stringify([wanted, chosenModel(store.id), store.latest, store.messages.length]);
    if (about === asked) return;
    asked = about;
    clearTimeout(timer);
    asking?.abort();
    if (!about) return replace(line);
    line.classList.add('old');
    timer = setTimeout(ask, PAUSE);
  }

  async function ask() {
    const about = asked;
    asking = new AbortController();
    const quote = await store.server.quote({ ...wanted, model: chosenModel(store.id) }, asking.signal).catch(() => null);
    if (about === asked) place(quote);
  }

  function place(quote) {
    line.classList.remove('old');
    if (!quote) return replace(line);
    line.title = t(quote.basis === 'yours' ? 'quote_yours' : 'quote_typical');
    const cost = costRange(quote.cost_usd);
    const parts = [
      t(quote.is_simulated ? 'quote_simulated' : quote.is_estimate ? 'quote_about' : 'quote_cost', { cost }),
      timeRange(quote.seconds),
      t('quote_uses', { count: quote.uses, left: Math.max(0, quote.remaining) }),
    ];
    replace(line, parts.map((part, index) => [index > 0 && h('span', { 'aria-hidden': 'true' }, ' · '), h('span.nowrap', {}, part)]));
  }
  return { element, draw };
}
