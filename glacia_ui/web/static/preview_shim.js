// First in every previewed page. The page has no origin, so these throw; here they work, in memory, until it is left.
(() => {
  const store = () => {
    const kept = new Map();
    const methods = {
      getItem: (key) => (kept.has(String(key)) ? kept.get(String(key)) : null),
      setItem: (key, value) => { kept.set(String(key), String(value)); },
      removeItem: (key) => { kept.delete(String(key)); },
      clear: () => kept.clear(),
      key: (index) => [...kept.keys()][index] ?? null,
    };
    return new Proxy(methods, {
      get: (target, key) => {
        if (key === 'length') return kept.size;
        if (typeof key === 'symbol' || key in target) return target[key];
        return kept.get(key);
      },
      set: (target, key, value) => { kept.set(String(key), String(value)); return true; },
      deleteProperty: (target, key) => { kept.delete(String(key)); return true; },
      has: (target, key) => key in target || kept.has(key),
      ownKeys: () => [...kept.keys()],
      getOwnPropertyDescriptor: (target, key) =>
        kept.has(key) ? { value: kept.get(key), writable: true, enumerable: true, configurable: true } : undefined,
    });
  };
  const replace = (owner, name, descriptor) => {
    try { Object.defineProperty(owner, name, { configurable: true, ...descriptor }); } catch { /* as it was */ }
  };
  for (const name of ['localStorage', 'sessionStorage']) {
    const value = store();
    replace(window, name, { get: () => value });
  }
  const cookies = new Map();
  replace(document, 'cookie', {
    get: () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    set: (text) => {
      const [pair, ...attributes] = String(text).split(';');
      const [name, ...value] = pair.split('=');
      const gone = attributes.some((a) => /^\s*max-age\s*=\s*(0|-\d+)\s*$/i.test(a)
        || (/^\s*expires\s*=/i.test(a) && new Date(a.split('=')[1]) <= new Date()));
      if (gone) cookies.delete(name.trim()); else cookies.set(name.trim(), value.join('=').trim());
    },
  });
})();
