// A small live picture of a project: its newest version in a frame that is scaled down. Scripts do not run in it: a page
// that hangs must not hang the list it could be deleted from. It loads when it comes into view; until then, and for an
// empty project, there is a pattern drawn from the project's id.
import { h } from '../lib/dom.js';
import { previewUrl } from './server.js';

const DESK = 1200; // the frame's own width in CSS pixels: a page as it looks at a desk …
const PHONE = 400; // … or on a phone, in the narrow pictures that a phone has room for
const NARROW = 160;

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    target.dispatchEvent(new Event('seen'));
  }
}, { rootMargin: '200px' });

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const width = contentRect.width < NARROW ? PHONE : DESK;
    const scale = contentRect.width / width;
    const values = { '--scale': scale, '--width': `${width}px`, '--height': `${Math.ceil(contentRect.height / scale)}px` };
    for (const [name, value] of Object.entries(values)) target.style.setProperty(name, value);
  }
});

export function thumbnail(project) {
  const box = h('span.gl-thumb.gl-thumb-live', { 'aria-hidden': 'true', style: { '--hue': hue(project.id) } });
  if (!project.latest_snapshot) return box;
  box.addEventListener('seen', () => load(box, project.id), { once: true });
  seen.observe(box);
  return box;
}

// A preview that cannot be had leaves the pattern: the card says everything that matters in words.
async function load(box, id) {
  const src = await previewUrl(id).catch(() => null);
  if (!src) return;
  const frame = h('iframe', { src, sandbox: '', tabindex: '-1', loading: 'lazy', title: '', scrolling: 'no' });
  frame.addEventListener('load', () => frame.classList.add('is-there'));
  box.append(frame);
  sizes.observe(box);
}

const hue = (id) => [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 60, 7) + 165;
