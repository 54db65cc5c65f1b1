// What the page knows, in one place: loaded from the server, kept up to date by the running generation's events. Parts of
// the page listen and draw; only this file decides when to ask the server again.
//   status      loading → ready | failed           project    project, messages, snapshots, locks, drafts and me were loaded anew
//   live        a generation is followed, or none  event      one event of it, already applied to `live`
//   replay, replayed   a generation that has ended is played back (replay.js)
//   health      the health of one version has changed: its number
//   connection  lost until (milliseconds), or back (null)
import { serverFor } from './server.js';
import { follow } from './stream.js';
import { Live } from './live.js';
import { activeGeneration, generationIsOver, leavesDraft } from './rules.js';
import { tell } from '../lib/bus.js';

const RETRY = 2000; // milliseconds

export class Store {
  constructor(projectId) {
    this.id = projectId;
    this.server = serverFor(projectId);
    this.status = 'loading';
    this.problem = null;
    this.project = null;
    this.messages = [];
    this.snapshots = [];
    this.locks = new Set(); // paths that nothing changes
    this.drafts = new Map(); // generation id → what it had come to when it ended on its way
    this.me = null;
    this.live = null;
    this.replay = null; // what is played back, a `Live` too
    this.lostUntil = null;
    this.thoughts = new Map(); // generation id → milliseconds
    this._listeners = new Map();
    this._channel = new BroadcastChannel(`glacia:${projectId}`);
    this._channel.onmessage = () => this.refresh();
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.refresh(); });
  }

  get latest() { return this.project?.latest_snapshot ?? 0; }
  get generations() { return this.messages.filter((message) => message.role === 'user' && message.generation).map((message) => message.generation); }
  get isBusy() { return this.generations.some((generation) => !generationIsOver(generation)); }

  // How full the model's memory is: of the running generation, else of the newest one that asked the model; or null.
  get contextShare() {
    const asked = this.generations.filter((generation) => generation.usage?.context_tokens > 0);
    return this.live?.contextShare ?? asked.at(-1)?.usage.context_share ?? null;
  }

  snapshot(number) { return this.snapshots.find((snapshot) => snapshot.number === number) ?? null; }

  on(name, listener) {
    if (!this._listeners.has(name)) this._listeners.set(name, new Set());
    this._listeners.get(name).add(listener);
  }

  emit(name, detail) {
    for (const listener of this._listeners.get(name) ?? []) listener(detail);
  }

  // First load. A failure is shown with "Try again"; later refreshes fail silently, because what is shown stays true.
  async open() {
    this._become('loading');
    try {
      await this._load();
    } catch (problem) {
      this.problem = problem;
      this._become('failed');
      return;
    }
    this._become('ready');
    this._changed();
  }

  // One at a time; a wish for another during a refresh is kept.
  async refresh() {
    if (this.status !== 'ready') return;
    if (this._refreshing) {
      this._again = true;
      return this._refreshing;
    }
    this._refreshing = this._load().then(() => this._changed(), () => {}).finally(() => { this._refreshing = null; });
    await this._refreshing;
    if (this._again) {
      this._again = false;
      await this.refresh();
    }
  }

  // What previews of a version have shown so far, as the server has just said.
  noteHealth(number, health) {
    const snapshot = this.snapshot(number);
    if (!snapshot) return;
    snapshot.health = health;
    this.emit('health', number);
  }

  // Something was changed from here: load it, and let other tabs with this project do the same.
  async changed() {
    this._channel.postMessage('changed');
    tell('gl:me');
    await this.refresh();
  }

  async _load() {
    const { server } = this;
    const [project, messages, snapshots, locks, me] = await Promise.all([
      server.project(), server.messages(), server.snapshots(), server.locks(), server.me(),
    ]);
    const drafts = messages.some((message) => message.generation && leavesDraft(message.generation)) ? await server.drafts() : [];
    Object.assign(this, { project, messages, snapshots, me });
    this.locks = new Set(locks.map((lock) => lock.path));
    this.drafts = new Map(drafts.map((draft) => [draft.generation_id, draft]));
  }

  _become(status) {
    this.status = status;
    this.emit('status', status);
  }

  _changed() {
    this._followActive();
    this.emit('project');
  }

  _followActive() {
    const active = activeGeneration(this.project, this.generations);
    if (active && this.live?.id === active.id) return;
    this._stream?.close();
    this._stream = null;
    this.lostUntil = null;
    this.live = active ? new Live(active) : null;
    if (active) this._stream = follow((after) => this.server.eventsUrl(active.id, after), this._listener(this.live));
    this.emit('live', this.live);
  }

  _listener(live) {
    return {
      event: (event) => this._receive(live, event),
      lost: (wait) => this._lost(live, wait),
      back: () => this._connected(null),
      over: () => this._over(live),
    };
  }

  _receive(live, event) {
    live.apply(event);
    if (live.thoughtFor !== null) this.thoughts.set(live.id, live.thoughtFor);
    this.emit('event', { event, live });
  }

  _connected(lostUntil) {
    if (this.lostUntil === lostUntil) return;
    this.lostUntil = lostUntil;
    this.emit('connection', lostUntil);
  }

  // Lost, or over: only the server knows. A generation that has ended needs no further connection.
  async _lost(live, wait) {
    const generation = await this.server.generation(live.id).catch(() => null);
    if (this.live !== live) return;
    if (generation && generationIsOver(generation)) this._stream.finish();
    else if (generation === null) this._connected(Date.now() + wait);
  }

  async _over(live) {
    this._connected(null);
    tell('gl:me');
    await this.refresh();
    if (this.live === live) setTimeout(() => this._over(live), RETRY);
  }
}
