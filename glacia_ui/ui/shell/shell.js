// The top bar: where I am, what is left, who I am. On the build page it also names the project, its version and its
// download, as told by `gl:project` (see lib/bus.js).
import { url } from '../lib/api.js';
import { hear, tell } from '../lib/bus.js';
import { h, replace, show, texts } from '../lib/dom.js';
import { icon, logo, spinner } from '../lib/icons.js';
import { mountMenu } from './menu.js';
import { disclosure } from './popover.js';
import { mountQuota } from './quota.js';
import { listenForSwitcher } from './switcher.js';

const PAGES = { home: '/', usage: '/usage' };

export function mount(root, settings) {
  const t = texts(settings.texts, 'shell');
  document.title = t('title', { page: t(`page_${settings.page}`) });
  const isBuild = settings.page === 'build';
  root.append(
    h('header.gl-top', {},
      brand(t, isBuild),
      isBuild && projectPart(t),
      h(isBuild ? 'span.grow.only-wide' : 'span.grow'),
      settings.isDemo && demoChip(t, isBuild),
      navigation(t, settings.page),
      mountQuota(t),
      isBuild && download(t),
      mountMenu(t, isBuild)),
    !isBuild && bottomBar(t, settings.page) || '',
  );
  listenForSwitcher(t);
  tell('gl:me');
}

export { mount as mountShell };

function brand(t, isBuild) {
  const home = { href: '/', 'aria-label': t('home_link') };
  if (!isBuild) return h('a.gl-logo', home, logo(), h('span.gl-brand', {}, 'Glacia'));
  return [
    h('a.gl-logo.only-wide', home, logo(), h('span.gl-brand', {}, 'Glacia')),
    h('a.gl-btn.ghost.icon.only-phone', { href: '/', 'aria-label': t('back') }, icon('back')),
  ];
}

function projectPart(t) {
  const name = h('b.gl-project-name.ell', { dir: 'auto' });
  const version = h('span.gl-chip.accent.num');
  const state = h('span.gl-project-state.only-wide');
  const part = h('div.gl-project', { hidden: true }, h('span.gl-crumb.only-wide', { 'aria-hidden': 'true' }, '/'), name, version, state);
  hear('gl:project', (project) => {
    replace(name, project.name ?? '');
    name.title = project.name ?? '';
    replace(version, project.snapshot ? t('version', { number: project.snapshot }) : t('empty'));
    replace(state, project.snapshot === null ? spinner() : icon('check', 's'), project.state ?? '');
    show(part, Boolean(project.name));
    if (project.name) document.title = t('title', { page: project.name });
  });
  return part;
}

function download(t) {
  const link = h('a.gl-btn.secondary.only-wide', { 'aria-disabled': 'true', title: t('download_title') }, icon('download'), t('download'));
  hear('gl:project', ({ id, can_download: ready }) => {
    if (ready) link.href = url(`/projects/${id}/export.zip`);
    else link.removeAttribute('href');
    link.toggleAttribute('download', Boolean(ready));
    if (ready) link.removeAttribute('aria-disabled');
    else link.setAttribute('aria-disabled', 'true');
  });
  return link;
}

function demoChip(t, isBuild) {
  const button = h('button.gl-chip.gl-demo', { type: 'button' }, icon('info', 's'), t('demo'));
  const panel = h('div.gl-popover.gl-demo-text', { hidden: true }, h('b', {}, t('demo_title')), h('p.sm.muted', {}, t('demo_text')));
  disclosure(button, panel);
  return h('div.gl-pop', { class: isBuild ? 'only-wide' : '' }, button, panel);
}

function navigation(t, page) {
  const links = Object.entries(PAGES).map(([name, href]) =>
    h('a', { href, class: name === page ? 'on' : '', 'aria-current': name === page && 'page' }, t(`page_${name}`)));
  return h('nav.gl-nav.only-wide', { 'aria-label': t('nav') }, links);
}

function bottomBar(t, page) {
  const item = (name, href, sign, text) =>
    h('a', { href, class: name === page ? 'on' : '', 'aria-current': name === page && 'page' }, icon(sign, 'l'), text);
  return h('nav.gl-foot', { 'aria-label': t('nav') },
    item('home', '/', 'home', t('page_home')),
    item('usage', '/usage', 'bars', t('page_usage')),
    item('new', '/#new', 'plus', t('new')));
}
