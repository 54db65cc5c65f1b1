// The home page: say what to build, or start from a template, or go on with a project.
import { h, texts } from '../lib/dom.js';
import { mountComposer } from './composer.js';
import { mountProjects } from './projects.js';
import { mountTemplates } from './templates.js';

export function mount(root, settings) {
  const t = texts(settings.texts, 'home');
  const composer = mountComposer(t);
  root.append(h('div.gl-home', {}, h('div.gl-wrap', {},
    h('section.gl-hero', {}, h('h1', {}, t('title')), h('p', {}, t('lead')), composer.element),
    mountTemplates(t),
    mountProjects(t, { describe: composer.focus }))));

  const wanted = () => { if (location.hash === '#new') composer.focus(); };
  window.addEventListener('hashchange', wanted);
  if (matchMedia('(min-width: 721px)').matches) composer.focus(); // on a phone the keyboard would hide the page
  wanted();
}
