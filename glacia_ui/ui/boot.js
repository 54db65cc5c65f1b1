// Light or dark, before the first paint and from then on. A classic script on purpose: modules run too late.
// The user's choice is in localStorage "gl-theme" ("light", "dark"; anything else follows the system). Whoever changes
// it then sends the event "gl:theme" to the window. Gradio also writes the class, so the observer has the last word.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => {
    try { return localStorage.getItem('gl-theme'); } catch { return null; }
  };
  const apply = () => {
    const choice = chosen();
    const dark = choice === 'dark' || (choice !== 'light' && system.matches);
    for (const element of [document.documentElement, document.body]) element?.classList.toggle('dark', dark);
  };
  apply();
  system.addEventListener('change', apply);
  addEventListener('gl:theme', apply);
  addEventListener('storage', (event) => { if (event.key === 'gl-theme') apply(); });
  document.addEventListener('DOMContentLoaded', () => {
    apply();
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  });
})();
