// Pages whose scripts never came to an end. Such a page can hang the list in which it could be deleted, where the browser
// does not give frames a process of their own. So what is being loaded is written down first and struck out when it has
// loaded or the visitor leaves; what is still written down next time hung, and is shown without its scripts from then on.
const KEY = 'gl-hung';
const loading = new Set();
const bad = new Set(read());

function read() {
  try { return JSON.parse(localStorage.getItem(KEY) ?? '[]'); } catch { return []; }
}

function write() {
  try { localStorage.setItem(KEY, JSON.stringify([...bad, ...loading])); } catch { /* no storage: nothing is remembered */ }
}

export const hasHung = (name) => bad.has(name);

// Writes `name` down; the function that it returns strikes it out.
export function mark(name) {
  if (!bad.has(name)) loading.add(name);
  write();
  return () => { loading.delete(name); write(); };
}

window.addEventListener('pagehide', () => { loading.clear(); write(); });
