// A generation that has ended, played back: its recorded events drive the same view as a running one, at 1, 4 or 16 times
// its pace. Needs nothing but the record. The store tells everybody:
//   replay      a replay begins, starts over or jumps (its `Live`), or is over (null)
//   replayed    time went on: {events}, already applied to `store.replay`
import { Live } from './live.js';

export const SPEEDS = [1, 4, 16];
const LONGEST_STEP = 250; // milliseconds of our own: a tab that was away goes on where it was

// A `Live` whose clock is the player's. `base` and `after`: the versions before and behind it.
class Recorded extends Live {
  constructor(player, latest) {
    const { generation } = player.replay;
    super({ ...generation, status: 'running', started_at: generation.started_at ?? generation.created_at });
    this.isReplay = true;
    this.recorded = generation;
    this.player = player;
    this.base = generation.snapshot ? generation.snapshot - 1 : latest;
    this.after = generation.snapshot ?? latest;
  }

  now() { return this.startedAt + this.player.at; }
  get isStill() { return !this.player.isPlaying; }
}

// `ondraw()` is told when anything that a control shows has changed.
export class Player {
  constructor(store, ondraw) {
    this.store = store;
    this.ondraw = ondraw;
    this.replay = null; // what the server has recorded
    this.at = 0; // milliseconds since its start
    this.next = 0; // index of the event that comes next
    this.speed = 1;
    this.isPlaying = false;
    store.on('live', (live) => { if (live) this.end(); }); // what really happens comes first
  }

  get isOn() { return this.replay !== null; }
  get duration() { return this.replay?.duration_ms ?? 0; }
  get isAtEnd() { return this.isOn && this.next >= this.replay.events.length; }

  begin(replay) {
    this.replay = replay;
    this._restart();
    this.play();
  }

  play() {
    if (this.isAtEnd) this._restart();
    this.isPlaying = true;
    this._last = null;
    this._frame ??= requestAnimationFrame((time) => this._tick(time));
    this.ondraw();
  }

  pause() {
    this.isPlaying = false;
    cancelAnimationFrame(this._frame);
    this._frame = null;
    this.store.emit('replayed', { events: [] });
    this.ondraw();
  }

  setSpeed(speed) {
    this.speed = speed;
    this.ondraw();
  }

  // Jumps; backwards by beginning anew.
  seek(at) {
    if (at < this.at) this._restart();
    this.at = Math.min(at, this.duration);
    this._apply();
    this.store.emit('replay', this.store.replay);
    if (this.isAtEnd) this.pause();
    this.ondraw();
  }

  end() {
    if (!this.isOn) return;
    this.pause();
    this.replay = null;
    this.store.replay = null;
    this.store.emit('replay', null);
    this.ondraw();
  }

  _restart() {
    Object.assign(this, { at: 0, next: 0 });
    this.store.replay = new Recorded(this, this.store.latest);
    this.store.emit('replay', this.store.replay);
  }

  _tick(time) {
    this._frame = null;
    const second = Math.floor(this.at / 1000);
    this.at = Math.min(this.duration, this.at + (this._last === null ? 0 : Math.min(LONGEST_STEP, time - this._last) * this.speed));
    this._last = time;
    const events = this._apply();
    if (events.length > 0 || second !== Math.floor(this.at / 1000)) this.store.emit('replayed', { events });
    if (this.isAtEnd) return this.pause();
    this._frame = requestAnimationFrame((next) => this._tick(next));
    this.ondraw();
  }

  // Everything that has happened by now.
  _apply() {
    const { events } = this.replay;
    const from = this.next;
    while (this.next < events.length && events[this.next].at_ms <= this.at) {
      this.store.replay.apply(events[this.next]);
      this.next += 1;
    }
    return events.slice(from, this.next);
  }
}
