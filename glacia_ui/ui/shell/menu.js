// Who I am: initials that open the way to the account, the theme and the way out.
import { hear } from '../lib/bus.js';
import { confirm } from '../lib/dialog.js';
import { h, replace } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { disclosure } from './popover.js';
import { themeChoice } from './theme_choice.js';

export function mountMenu(t, isBuild) {
  const button = h('button.gl-avatar', { type: 'button', 'aria-label': t('menu', { who: '' }) });
  const who = h('p.gl-menu-who');
  const leave = h('button.gl-menu-item', { type: 'button' }, icon('leave'), t('sign_out'));
  const panel = h('div.gl-popover.gl-menu', { hidden: true },
    who,
    h('a.gl-menu-item', { href: '/account' }, icon('person'), t('account')),
    h('div.gl-menu-theme', {}, h('span.xs.muted', {}, t('theme')), themeChoice(t)),
    leave);
  const popover = disclosure(button, panel);
  let isGuest = false;
  hear('gl:me-seen', ({ user }) => {
    isGuest = user.is_guest;
    const name = nameOf(user, t);
    button.setAttribute('aria-label', t('menu', { who: name }));
    replace(button, initials(user));
    replace(who, h('b.ell', { dir: 'auto', title: name }, isGuest ? t('guest_line') : name));
  });
  leave.addEventListener('click', () => { popover.close(); signOut(t, isGuest); });
  return h('div.gl-pop', { class: isBuild ? 'only-wide' : '' }, button, panel);
}

export const nameOf = (user, t) => user.email ?? t('guest');

// "front.desk@…" → "FD", "ada@…" → "AD", a guest → "G".
export function initials(user) {
  if (!user.email) return 'G';
  const words = user.email.split('@')[0].split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words[1][0] : (words[0] ?? '?').slice(0, 2);
  return letters.toUpperCase();
}

// A guest is asked first, because there is no way back.
export async function signOut(t, isGuest) {
  const question = { title: t('leave_title'), text: t('leave_text'), yes: t('leave_confirm'), no: t('cancel'), isDanger: true };
  if (isGuest && !(await confirm(question))) return;
  depart();
}

// Every browser of this person, this one too.
export async function signOutEverywhere(question) {
  if (await confirm({ ...question, isDanger: true })) depart(h('input', { type: 'hidden', name: 'everywhere', value: 'yes' }));
}

// A form and not a fetch: the answer is the sign-in page.
function depart(...fields) {
  const form = h('form', { method: 'post', action: '/sign-out', hidden: true }, fields);
  document.body.append(form);
  form.submit();
}
