// A small live picture of a project: its newest version in a frame that is scaled down and that nobody can touch. It loads
// when it comes into view; until then, and for an empty project, there is a pattern drawn from the project's id.
import { h } from '../lib/dom.js';
import { hasHung, mark } from './hung.js';
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
  box.addEventListener('seen', () => load(box, project), { once: true });
  seen.observe(box);
  return box;
}

// A preview that cannot be had leaves the pattern: the card says everything that matters in words. `inert` keeps a page
// that asks for the focus from taking it out of the field where somebody types.
async function load(box, { id, latest_snapshot: snapshot }) {
  const src = await previewUrl(id).catch(() => null);
  if (!src) return;
  const name = `${id}:${snapshot}`;
  const frame = h('iframe', { src, sandbox: hasHung(name) ? '' : 'allow-scripts', inert: true, tabindex: '-1', loading: 'lazy', title: '', scrolling: 'no' });
  const done = mark(name);
  frame.addEventListener('load', () => { done(); frame.classList.add('is-there'); });
  box.append(frame);
  sizes.observe(box);
}

const hue = (id) => [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 60, 7) + 165;
