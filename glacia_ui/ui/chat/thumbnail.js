// One attachment: the picture itself, or a file with its name. A click opens it in a tab of its own.
import { url } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

export function createThumbnail({ id, kind, name, width, height }) {
  const link = (tag, ...children) => h(tag, { href: url(`/attachments/${id}`), target: '_blank', rel: 'noopener', title: name }, children);
  if (kind === 'image') return link('a.gl-snap', h('img', { src: url(`/attachments/${id}`), alt: name, width, height }));
  return link('a.gl-clip', icon('file', 's'), h('span.ell', { dir: 'auto' }, name));
}
