// The account page: who I am here and what that means, how Glacia looks, and which keys do what.
import { get } from '../lib/api.js';
import { h, replace, texts } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { generationWindow } from '../shell/quota.js';
import { initials, signOut, signOutEverywhere } from '../shell/menu.js';
import { themeChoice } from '../shell/theme_choice.js';
import { shortcuts } from './shortcuts.js';

export function mount(root, settings) {
  const t = texts(settings.texts, 'account');
  const shell = texts(settings.texts, 'shell');
  const you = card(t('who'), h('div.gl-account-you', { 'aria-busy': 'true' }, h('p.sr', { role: 'status' }, t('loading')),
    h('span.gl-sk.gl-sk-line'), h('span.gl-sk.gl-sk-line.short')));
  root.append(h('div.gl-page.gl-account', {},
    h('div.gl-head', {}, h('div', {}, h('h1', {}, t('title')), h('p', {}, t('lead')))),
    you,
    card(t('appearance'), h('div.gl-account-line', {}, h('p.muted', {}, t('appearance_text')), themeChoice(shell))),
    card(t('keys'), shortcuts(t))));

  const read = () => get('/me').then((me) => replace(you.lastChild, person(me, t, shell)), () => replace(you.lastChild, failed(t, read)))
    .finally(() => you.lastChild.removeAttribute('aria-busy'));
  read();
}

const card = (title, body) => h('section.gl-card', { 'aria-label': title }, h('header', {}, h('h2', {}, title)), body);

function person(me, t, shell) {
  const { user } = me;
  const leave = h('button.gl-btn', { type: 'button', class: user.is_guest ? 'danger' : 'secondary', onclick: () => signOut(shell, user.is_guest) }, icon('leave'), t('sign_out'));
  const name = user.is_guest ? t('guest_title') : user.email;
  return [
    h('div.gl-account-line', {},
      h('span.gl-avatar', { 'aria-hidden': 'true' }, initials(user)),
      h('div.grow', {}, h('b', { dir: 'auto' }, name), user.role === 'admin' && [' ', h('span.gl-chip.accent', {}, t('role_admin'))],
        h('p.sm.muted', {}, t(user.is_guest ? 'guest_text' : 'member_text'))),
      leave),
    h('dl.gl-facts', {},
      fact(t('left'), left(me, t)),
      !user.is_guest && fact(t('password'), [h('p', {}, t('password_text')), h('a', { href: '/new-password?next=/account' }, t('password_change'))]),
      !user.is_guest && fact(t('everywhere'), everywhere(t, shell)),
      fact(t('id'), identity(user.id, t))),
  ];
}

const fact = (name, value) => [h('dt', {}, name), h('dd', {}, value)];

function left({ quota, ...me }, t) {
  const window = generationWindow(me);
  const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(quota.resets_at));
  return [
    h('p', {}, t('left_month', { ...quota, date })),
    window && h('p', {}, t('left_window', { ...window, minutes: Math.round(window.window_seconds / 60) })),
    h('a', { href: '/usage?view=ledger' }, t('see_usage')),
  ];
}

function everywhere(t, shell) {
  const question = { title: t('everywhere_title'), text: t('everywhere_ask'), yes: t('everywhere_yes'), no: shell('cancel') };
  return [h('p', {}, t('everywhere_text')),
    h('button.gl-linkish', { type: 'button', onclick: () => signOutEverywhere(question) }, t('everywhere_do'))];
}

// Whoever runs this Glacia is asked for it when something must be looked up.
function identity(id, t) {
  const button = h('button.gl-btn.ghost.icon.sm', { type: 'button', 'aria-label': t('copy_id') }, icon('copy'));
  const said = h('span.xs.muted', { role: 'status' });
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(id);
    said.textContent = t('copied');
  });
  return [h('span.mono.muted', {}, id), navigator.clipboard && button, said];
}

function failed(t, again) {
  return h('div.gl-note.danger', { role: 'alert' }, icon('plug'), h('span.grow', {}, t('failed')),
    h('button.gl-btn.secondary.sm', { type: 'button', onclick: again }, t('try_again')));
}
