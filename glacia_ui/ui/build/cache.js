// Answers that never change, kept: a version's files and the difference of two versions are the same for ever.
const MOST = 200;

export function remember(load) {
  const kept = new Map();
  return (...key) => {
    const name = JSON.stringify(key);
    if (!kept.has(name)) {
      const promise = load(...key);
      promise.catch(() => kept.delete(name)); // a failure is no answer
      kept.set(name, promise);
      if (kept.size > MOST) kept.delete(kept.keys().next().value);
    }
    return kept.get(name);
  };
}
