// Small values that stay in this browser. Where it keeps nothing (a private window, a full disk), they last as long as
// the page.
const here = new Map();

export function stored(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? here.get(name) ?? 'null') ?? fallback;
  } catch {
    return fallback;
  }
}

export function store(name, value) {
  const text = JSON.stringify(value);
  here.set(name, text);
  try { localStorage.setItem(name, text); } catch { /* kept above */ }
}

export function forget(name) {
  here.delete(name);
  try { localStorage.removeItem(name); } catch { /* was never there */ }
}
