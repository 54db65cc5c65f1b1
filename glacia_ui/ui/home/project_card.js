// One project: its picture, its name, what the newest version brought, and a menu to rename or delete it.
import { confirm } from '../lib/dialog.js';
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { disclosure } from '../shell/popover.js';
import { ago } from './ago.js';
import { healthDot } from '../build/health_words.js';
import { addressOf, deleteProject, renameProject } from './server.js';
import { thumbnail } from './thumbnail.js';

const LONGEST_NAME = 120;

export function projectCard(project, t, page) {
  return h('article.gl-card.gl-proj', {},
    thumbnail(project),
    h('div.body', {},
      h('div.gl-proj-head', {},
        h('h3', {}, h('a.gl-proj-link', { href: addressOf(project) }, h('span.ell', { dir: 'auto' }, project.name))), health(project, t),
        badge(project, t), menu(project, t, page)),
      h('p', { dir: 'auto' }, lastChange(project, t)),
      h('small.num', {}, `${versionOf(project, t)} · ${ago(project.updated_at, t)}`)));
}

const versionOf = (project, t) => (project.latest_snapshot ? t('version', { number: project.latest_snapshot }) : t('empty'));

function health({ latest_health: state }, t) {
  if (state === null) return null;
  return h('span.gl-state', { title: t(`health_${state}`) }, healthDot({ state }), h('span.sr', {}, t(`health_${state}`)));
}

function badge(project, t) {
  if (project.active_generation_id) return h('span.gl-chip.accent', {}, h('span.gl-spin', { 'aria-hidden': 'true' }), t('working'));
  if (project.draft) return h('span.gl-chip.line', {}, t('draft'));
  return null;
}

function lastChange(project, t) {
  if (project.latest_title) return project.latest_title;
  if (project.draft) return t('draft_waits', { prompt: project.draft.prompt.slice(0, 140) });
  return t('nothing_yet');
}

function menu(project, t, page) {
  const button = h('button.gl-btn.ghost.icon.sm', { type: 'button', 'aria-label': t('more', { name: project.name }) }, icon('more'));
  const item = (sign, text, act) => h('button.gl-menu-item', { type: 'button', onclick: () => { popover.close(); button.focus(); act(); } }, icon(sign), text);
  const panel = h('div.gl-popover', { hidden: true },
    item('pencil', t('rename'), () => rename(project, t, page)),
    item('trash', t('delete'), () => erase(project, t, page)));
  const popover = disclosure(button, panel);
  return h('div.gl-pop.gl-proj-menu', {}, button, panel);
}

async function rename(project, t, page) {
  const isDone = await confirm({
    title: t('rename_title'),
    field: { label: t('rename_field'), value: project.name, max: LONGEST_NAME, empty: t('name_empty') },
    yes: t('rename_confirm'), no: t('cancel'), busy: t('rename_busy'), unreachable: t('unreachable'),
    work: (name) => renameProject(project.id, name),
  });
  if (isDone) page.changed();
}

async function erase(project, t, page) {
  const count = project.latest_snapshot;
  const text = ['delete_text_empty', 'delete_text_version', 'delete_text_versions'][Math.min(count, 2)];
  const isDone = await confirm({
    title: t('delete_title', { name: project.name }), text: t(text, { count }), isDanger: true,
    yes: t('delete_confirm'), no: t('cancel'), busy: t('delete_busy'), unreachable: t('unreachable'),
    work: () => deleteProject(project.id),
  });
  if (!isDone) return;
  page.announce(t('deleted', { name: project.name }));
  page.changed();
}
