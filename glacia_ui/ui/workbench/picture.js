// The drawing of an empty page: a browser window with our crystal in it.
const MARKUP = `<svg viewBox="0 0 164 128" width="164" height="128" aria-hidden="true" fill="none">
  <rect x="1" y="1" width="160" height="108" rx="8" fill="var(--surface)" stroke="var(--accent-line)" stroke-width="1.5"/>
  <path d="M1 21h160" stroke="var(--accent-line)" stroke-width="1.5"/>
  <circle cx="12" cy="11" r="2.5" fill="var(--accent-line)"/><circle cx="21" cy="11" r="2.5" fill="var(--accent-line)"/>
  <path d="M81 37 107 65 81 93 55 65z" fill="var(--accent-soft)"/><path d="M81 37 107 65 81 65z" fill="var(--accent-line)" opacity=".7"/>
  <path d="M81 65 107 65 81 93z" fill="var(--accent-line)" opacity=".4"/><ellipse cx="81" cy="121" rx="56" ry="4" fill="var(--line)"/>
</svg>`;

export function createPicture() {
  return document.createRange().createContextualFragment(MARKUP);
}
