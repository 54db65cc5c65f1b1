// The right side: what was made, in four views. Each view is told when it is shown and draws only then.
import { h, replace, show } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { createChanges } from './changes.js';
import { createFiles } from './files.js';
import { createHistory } from './history.js';
import { createPreview } from './preview.js';

export const TABS = ['preview', 'files', 'changes', 'history'];
export const TAB_ICONS = { preview: 'eye', files: 'file', changes: 'changes', history: 'history' };

export function createWorkbench(page) {
  const { store, t } = page;
  const views = { preview: createPreview(page), files: createFiles(page), changes: createChanges(page), history: createHistory(page) };
  const count = h('span.gl-count', { hidden: true });
  const tabs = Object.fromEntries(TABS.map((name, index) => [name, createTab(name, index)]));
  const tools = h('div.row.only-wide');
  const bar = h('div.gl-workbar', {}, h('div.gl-tabs', { role: 'tablist', 'aria-label': t('workbench'), onkeydown: move }, Object.values(tabs)), tools);
  const panels = TABS.map((name) => h('div.gl-panel', { role: 'tabpanel', id: `gl-panel-${name}`, 'aria-labelledby': `gl-tab-${name}`, hidden: true }, views[name].element));
  const element = h('section.gl-work', { 'aria-label': t('workbench') }, bar, panels);
  let current = null;

  function createTab(name, index) {
    return h('button', {
      type: 'button', role: 'tab', id: `gl-tab-${name}`, 'aria-controls': `gl-panel-${name}`, title: `Alt+${index + 1}`,
      onclick: () => page.show(name),
    }, icon(TAB_ICONS[name]), t(`tab_${name}`), name === 'changes' && count);
  }

  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(current) + step + TABS.length) % TABS.length];
    page.show(next);
    tabs[next].focus();
  }

  function open(name) {
    if (name === current) return;
    if (current) views[current].close?.();
    current = name;
    for (const [key, tab] of Object.entries(tabs)) {
      tab.classList.toggle('on', key === name);
      tab.setAttribute('aria-selected', String(key === name));
      tab.tabIndex = key === name ? 0 : -1;
    }
    panels.forEach((panel, index) => show(panel, TABS[index] === name));
    replace(tools, views[name].tools);
    views[name].open?.();
  }

  store.on('project', () => {
    const newest = store.snapshot(store.latest);
    const changed = newest?.card.files.length ?? 0;
    count.textContent = changed;
    show(count, changed > 0);
  });
  return { element, open, views, get current() { return current; } };
}
