// What is typed and not yet accepted, kept in this browser per project: a reload, a crash or a lost connection costs no
// text. The key that goes with it makes a repeated sending the same sending.
import { forget, store, stored } from '../lib/stored.js';

export class Draft {
  constructor(projectId) {
    this.name = `gl-draft:${projectId}`;
  }

  get text() { return this._read().text ?? null; }

  set text(value) {
    this._write({ ...this._read(), text: value });
  }

  get attachments() { return this._read().attachments ?? []; }

  set attachments(value) {
    this._write({ ...this._read(), attachments: value });
  }

  // The same text in the same mode with the same attachments has the same key until it is accepted.
  keyFor(prompt, mode, attachments) {
    const ids = attachments.join();
    const kept = this._read();
    if (kept.key && kept.prompt === prompt && kept.mode === mode && kept.ids === ids) return kept.key;
    const key = randomKey();
    this._write({ ...kept, prompt, mode, ids, key });
    return key;
  }

  accepted(rest) {
    const { attachments } = this._read();
    this._write({ text: rest, attachments });
  }

  _read() {
    return stored(this.name, {});
  }

  _write(value) {
    if (value.text || value.key || value.attachments?.length) store(this.name, value);
    else forget(this.name);
  }
}

// crypto.randomUUID exists on secure origins only; Glacia may be opened over plain http in a local network.
export function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
