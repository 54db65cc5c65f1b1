// Ctrl+K or Command+K: a list of my projects; typing narrows it, the arrows move in it, Enter opens.
import { get } from '../lib/api.js';
import { openDialog } from '../lib/dialog.js';
import { h, replace } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

export function listenForSwitcher(t) {
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!document.querySelector('dialog[open]')) open(t);
  });
}

function open(t) {
  const field = h('input.gl-input', {
    type: 'text', role: 'combobox', autocomplete: 'off', placeholder: t('switch_field'),
    'aria-label': t('switch_field'), 'aria-expanded': 'true', 'aria-controls': 'gl-switch-list', 'aria-autocomplete': 'list',
  });
  const list = h('div.gl-switch-list', { id: 'gl-switch-list', role: 'listbox', 'aria-label': t('switch_title') });
  const dialog = openDialog({ title: t('switch_title'), close: t('close'), body: [field, list] });
  const state = { projects: null, at: 0 };

  const found = () => state.projects.filter((project) => project.name.toLowerCase().includes(field.value.trim().toLowerCase()));
  const draw = () => {
    const matches = found();
    state.at = Math.min(state.at, Math.max(matches.length - 1, 0));
    const none = state.projects.length ? t('switch_none') : t('switch_empty');
    replace(list, matches.length ? matches.map((project, index) => option(project, index, index === state.at, t)) : h('p.sm.muted', {}, none));
    field.setAttribute('aria-activedescendant', matches.length ? `gl-switch-${state.at}` : '');
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  };
  field.addEventListener('input', () => { state.at = 0; if (state.projects) draw(); });
  field.addEventListener('keydown', (event) => {
    if (!state.projects) return;
    const matches = found();
    if (event.key === 'ArrowDown') state.at = (state.at + 1) % Math.max(matches.length, 1);
    else if (event.key === 'ArrowUp') state.at = (state.at + matches.length - 1) % Math.max(matches.length, 1);
    else if (event.key === 'Enter' && matches[state.at]) location.assign(address(matches[state.at]));
    else return;
    event.preventDefault();
    draw();
  });
  field.focus();
  get('/projects').then((projects) => { state.projects = projects; draw(); })
    .catch(() => replace(list, h('p.sm.muted', { role: 'alert' }, t('switch_failed'))));
  return dialog;
}

const address = (project) => `/build?project=${project.id}`;

function option(project, index, isOn, t) {
  const version = project.latest_snapshot ? t('version', { number: project.latest_snapshot }) : t('empty');
  return h('a.gl-switch-item', { href: address(project), id: `gl-switch-${index}`, role: 'option', tabindex: '-1', 'aria-selected': String(isOn) },
    icon('file'), h('span.grow.ell', { dir: 'auto' }, project.name), h('span.xs.subtle.num', {}, version));
}
