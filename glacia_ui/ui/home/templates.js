// Starter projects. A press makes a project of one and opens it; its files are version 1.
import { h, replace } from '../lib/dom.js';
import { spinner } from '../lib/icons.js';
import { addressOf, createProject, listTemplates } from './server.js';

export function mountTemplates(t) {
  const problem = h('p.gl-hint.err', { role: 'alert', hidden: true });
  const grid = h('div.gl-grid.g5.gl-templates', { 'aria-busy': 'true' }, Array.from({ length: 5 }, skeleton));
  const section = h('section', { 'aria-labelledby': 'gl-templates' },
    h('div.gl-sec', {}, h('h2', { id: 'gl-templates' }, t('templates'))), grid, problem);

  const complain = (message) => { problem.textContent = message; problem.hidden = false; };
  listTemplates()
    .then((found) => replace(grid, found.map((template) => card(template, t, complain))))
    .catch(() => { grid.replaceChildren(); complain(t('templates_failed')); })
    .finally(() => grid.removeAttribute('aria-busy'));
  return section;
}

const skeleton = () => h('div.gl-tpl', { 'aria-hidden': 'true' }, h('span.gl-sk.gl-thumb'), h('span.gl-sk.gl-sk-line'));

function card(template, t, complain) {
  const busy = h('span.gl-tpl-busy', { role: 'status', hidden: true });
  const button = h('button.gl-tpl', { type: 'button', title: template.description },
    h('span.gl-thumb', {}, picture(template), busy), h('span', {}, template.title));
  button.addEventListener('click', async () => {
    if (button.hasAttribute('aria-busy')) return;
    button.setAttribute('aria-busy', 'true');
    replace(busy, spinner(), h('span.sr', {}, t('template_opening', { title: template.title })));
    busy.hidden = false;
    try {
      location.assign(addressOf(await createProject(template.title, template.name)));
    } catch (error) {
      button.removeAttribute('aria-busy');
      busy.hidden = true;
      complain(error.message || t('unreachable'));
    }
  });
  return button;
}

// As an image and not as markup: whatever the drawing contains, an image runs nothing.
function picture(template) {
  if (!template.thumbnail) return null;
  return h('img', { src: `data:image/svg+xml,${encodeURIComponent(template.thumbnail)}`, alt: '', loading: 'lazy' });
}
