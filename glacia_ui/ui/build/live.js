// A generation while it runs, put together from its events. Holds what was said so far and nothing about the page.
import { generationIsOver } from './rules.js';

export class Live {
  constructor(generation) {
    this.id = generation.id;
    this.generation = generation;
    this.phase = generation.status === 'queued' ? 'queued' : 'waiting';
    this.position = generation.position;
    this.startedAt = generation.started_at ? Date.parse(generation.started_at) : null;
    this.attempt = 1;
    this.retryAt = null;
    this.thinking = '';
    this.thoughtFor = null; // milliseconds, known only to a page that was watching
    this.blocks = []; // finished blocks of the reply as sanitised HTML, never changed again
    this.open = ''; // the block that is still being written
    this.files = new Map(); // call → {call, path, action, text, lines, state: writing | done | failed, added, removed}
    this.current = null;
    this.contextShare = null; // of what the model can hold, 0 to 1, once a request of it was answered
    this.end = null; // the data of `done` or `failed`
    this.isStopping = false;
  }

  get isQueued() { return this.phase === 'queued'; }
  get hasText() { return this.blocks.length > 0 || this.open !== '' || this.files.size > 0; }
  get isOver() { return this.end !== null || generationIsOver(this.generation); }

  now() { return Date.now(); }

  apply({ type, data }) {
    APPLY[type]?.(this, data);
  }
}

const APPLY = {
  status(live, data) {
    live.phase = data.phase;
    live.position = data.position ?? live.position;
    live.attempt = data.attempt ?? live.attempt;
    live.retryAt = data.retry_in_seconds === undefined ? null : live.now() + data.retry_in_seconds * 1000;
    if (data.phase !== 'queued') live.startedAt ??= live.now();
  },
  'thinking.delta'(live, data) {
    live.thinkingSince ??= live.now();
    live.thinking += data.text;
    if (live.phase === 'waiting') live.phase = 'thinking';
  },
  'message.delta'(live, data) {
    stopThinking(live);
    for (const block of data.blocks ?? []) live.blocks[block.index] = block.html;
    live.open = data.open ?? '';
  },
  'file.begin'(live, data) {
    stopThinking(live);
    live.current = { ...data, text: '', ends: 0, lines: 0, state: 'writing', added: 0, removed: 0 };
    live.files.set(data.call, live.current);
  },
  'file.delta'(live, data) {
    const file = live.files.get(data.call);
    if (!file) return;
    file.text += data.text;
    file.ends += data.text.split('\n').length - 1;
    file.lines = file.ends + (file.text.endsWith('\n') ? 0 : 1);
  },
  'file.end'(live, data) {
    const file = live.files.get(data.call);
    if (!file) return;
    Object.assign(file, { path: data.path, added: data.added, removed: data.removed, state: data.ok ? 'done' : 'failed' });
    if (data.ok) file.lines = data.lines;
    if (live.current === file) live.current = null;
  },
  usage(live, data) {
    live.contextShare = data.context_share ?? null;
  },
  done: finish,
  failed: finish,
};

function stopThinking(live) {
  if (live.thinkingSince === undefined || live.thoughtFor !== null) return;
  live.thoughtFor = live.now() - live.thinkingSince;
}

function finish(live, data) {
  stopThinking(live);
  live.current = null;
  live.end = data;
}
