// What the parts of one page tell each other. They are separate Gradio elements, so they meet on the window.
//   gl:project  {id, name, snapshot, state, can_download}   the build page → the top bar; `state` is a ready sentence
//   gl:me       {}                                          anyone → the top bar: quota or window changed, ask again
//   gl:me-seen  Me (as of /page/v1/me)                      the top bar → anyone: this is what is left now
//   gl:theme    {}                                          the top bar → boot.js: the choice of theme changed
//   gl:usage    Report (core/stats.py), gl:usage-view {view}, gl:usage-filter {by, key, kinds, order}   parts of the usage page
const last = new Map();

export function tell(name, detail = {}) {
  last.set(name, detail);
  window.dispatchEvent(new CustomEvent(name, { detail }));
}

// Calls `listener(detail)` now if something was already told, and then each time. Returns a function that ends it.
export function hear(name, listener) {
  const handle = (event) => listener(event.detail);
  window.addEventListener(name, handle);
  if (last.has(name)) listener(last.get(name));
  return () => window.removeEventListener(name, handle);
}
