// What is typed and not yet accepted, kept in this browser per project: a reload, a crash or a lost connection costs no
// text. The key that goes with it makes a repeated sending the same sending.
export class Draft {
  constructor(projectId) {
    this.name = `gl-draft:${projectId}`;
  }

  get text() { return this._read().text ?? null; }

  set text(value) {
    this._write({ ...this._read(), text: value });
  }

  // The same text has the same key until it is accepted.
  keyFor(prompt) {
    const kept = this._read();
    if (kept.key && kept.prompt === prompt) return kept.key;
    const key = randomKey();
    this._write({ ...kept, prompt, key });
    return key;
  }

  accepted(rest) {
    this._write(rest ? { text: rest } : {});
  }

  _read() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  _write(value) {
    if (value.text || value.key) localStorage.setItem(this.name, JSON.stringify(value));
    else localStorage.removeItem(this.name);
  }
}

// crypto.randomUUID exists on secure origins only; Glacia may be opened over plain http in a local network.
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
