// Single keys as commands can be switched off: for people who speak to their computer, or whose hands slip.
const KEY = 'gl-keys';

export function keysAreOn() {
  try { return localStorage.getItem(KEY) !== 'off'; } catch { return true; }
}

export function setKeys(isOn) {
  try { localStorage.setItem(KEY, isOn ? 'on' : 'off'); } catch { /* no storage: they stay on */ }
}
