// Small questions about generations and versions that several parts ask.
export const generationIsOver = (generation) => !['queued', 'running'].includes(generation.status);

// The generation that is being answered now: the one that runs, else the first in line unless the line is held.
export function activeGeneration(project, generations) {
  const running = generations.find((generation) => generation.status === 'running');
  if (running) return running;
  return project.is_held ? null : waiting(generations)[0] ?? null;
}

// Ended on its way: what there was by then may be waiting for a word.
export const leavesDraft = (generation) => ['truncated', 'upstream_error', 'stopped', 'interrupted'].includes(generation.outcome);

export const waiting = (generations) => generations
  .filter((generation) => generation.status === 'queued')
  .sort((a, b) => a.position - b.position);

export const windowNamed = (me, name = 'generation') => me?.windows.find((window) => window.name === name) ?? null;

export const tokens = (usage) => usage.input_tokens + usage.output_tokens + usage.cache_read_tokens + usage.cache_write_tokens;

export const isPage = (path) => /\.html?$/i.test(path);

export const extension = (path) => path.split('.').at(-1).toLowerCase();

// index.html first, then by path.
export function firstPage(paths) {
  const pages = paths.filter(isPage);
  return pages.find((path) => path === 'index.html') ?? pages[0] ?? null;
}
