// My projects, newest change first. While one of them is being built, the list is asked again now and then.
import { hear, tell } from '../lib/bus.js';
import { h, replace, show } from '../lib/dom.js';
import { icon, logo } from '../lib/icons.js';
import { projectCard } from './project_card.js';
import { listProjects } from './server.js';

const FIRST = 12;
const POLL_MS = 4000;

export function mountProjects(t, { describe }) {
  const grid = h('div.gl-grid.g4.gl-projs', { 'aria-busy': 'true' });
  const status = h('p.sr', { role: 'status' }, t('loading'));
  const more = h('button.gl-btn.secondary.gl-projs-more', { type: 'button', hidden: true });
  const section = h('section.gl-projects', { 'aria-labelledby': 'gl-projects' },
    h('div.gl-sec', {}, h('h2', { id: 'gl-projects' }, t('projects'))), status, grid, more);
  const cards = new Map();
  const state = { projects: [], showsAll: false, timer: 0 };

  const draw = () => {
    const shown = state.showsAll ? state.projects : state.projects.slice(0, FIRST);
    const kept = new Set(shown.map((project) => project.id));
    for (const id of cards.keys()) if (!kept.has(id)) cards.delete(id);
    replace(grid, shown.length ? shown.map(place) : nothing(t, describe));
    grid.classList.toggle('is-empty', !shown.length);
    show(more, shown.length < state.projects.length);
    more.textContent = t('show_all', { count: state.projects.length });
  };
  // A card is made again only when its project has changed, so that its picture is not loaded twice.
  const place = (project) => {
    const print = JSON.stringify(project);
    const old = cards.get(project.id);
    if (old?.print === print) return old.element;
    const element = projectCard(project, t, { changed, announce: (text) => { status.textContent = text; } });
    cards.set(project.id, { print, element });
    return element;
  };
  const changed = () => load().catch(() => {});
  const load = async () => {
    state.projects = await listProjects();
    draw();
    clearTimeout(state.timer);
    if (state.projects.some((project) => project.active_generation_id)) state.timer = setTimeout(poll, POLL_MS);
  };
  const poll = async () => {
    if (document.hidden) { state.timer = setTimeout(poll, POLL_MS); return; }
    await load().catch(() => { state.timer = setTimeout(poll, POLL_MS); });
    tell('gl:me');
  };
  const first = async () => {
    replace(grid, Array.from({ length: 4 }, skeleton));
    grid.setAttribute('aria-busy', 'true');
    try {
      await load();
      status.textContent = '';
    } catch {
      replace(grid, failed(t, first));
      grid.classList.add('is-empty');
    }
    grid.removeAttribute('aria-busy');
  };

  more.addEventListener('click', () => { state.showsAll = true; draw(); });
  window.addEventListener('pageshow', (event) => { if (event.persisted) changed(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && !grid.hasAttribute('aria-busy')) changed(); });
  first();
  return section;
}

const skeleton = () => h('div.gl-card.gl-proj', { 'aria-hidden': 'true' }, h('span.gl-sk.gl-thumb'),
  h('div.body', {}, h('span.gl-sk.gl-sk-line'), h('span.gl-sk.gl-sk-line.short')));

function nothing(t, describe) {
  return h('div.gl-empty.gl-card', {}, h('span.gl-window', { 'aria-hidden': 'true' }, logo()),
    h('h3', {}, t('none_title')), h('p', {}, t('none_text')),
    h('button.gl-btn.secondary', { type: 'button', onclick: describe }, t('none_action')));
}

function failed(t, again) {
  return h('div.gl-note.danger', { role: 'alert' }, icon('plug'), h('span.grow', {}, t('projects_failed')),
    h('button.gl-btn.secondary.sm', { type: 'button', onclick: again }, t('try_again')));
}
