// Line icons on a 16 px grid, drawn in the colour of the text beside them. All are decoration: the words carry the name.
const DOC = 'M4 2.5h5L12.5 6v7a.5.5 0 0 1-.5.5H4a.5.5 0 0 1-.5-.5V3a.5.5 0 0 1 .5-.5zM9 2.5V6h3.5';
const RING = { circle: [8, 8, 5.8] };
const SHAPES = {
  arrow_right: ['M2.8 8h10M9.2 4.4 12.8 8l-3.6 3.6'],
  back: ['m10 4-4 4 4 4'],
  bars: ['M3 13V8M6.5 13V4M10 13V6.5M13.5 13V9.5'],
  calendar: [{ rect: [2.5, 3.5, 11, 10, 1.5] }, 'M2.5 6.8h11M5.5 2v2.6M10.5 2v2.6'],
  changes: ['M8 3v5M5.5 5.5h5M5.5 12h5'],
  chat: ['M2.5 4.5a1.5 1.5 0 0 1 1.5-1.5h8a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 12 11H7l-3 2.5V11a1.5 1.5 0 0 1-1.5-1.5z'],
  check: ['m3.2 8.6 3 3 6.6-7'],
  clip: ['M12.8 7.4 7.6 12.6a3.1 3.1 0 0 1-4.4-4.4l5.6-5.6a2.1 2.1 0 0 1 3 3L6.4 11a1 1 0 0 1-1.5-1.5l4.8-4.7'],
  clock: [RING, 'M8 4.8V8l2.2 1.6'],
  close: ['m4 4 8 8M12 4l-8 8'],
  columns: [{ rect: [2.2, 3, 5, 10, 1.4] }, { rect: [8.8, 3, 5, 10, 1.4] }],
  compare: [{ rect: [2.2, 3, 11.6, 10, 1.8] }, 'M8 3v10M4.4 8h1.4M10.2 8h1.4'],
  copy: [{ rect: [5.5, 5.5, 8, 8, 1.5] }, 'M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2'],
  desktop: [{ rect: [2, 3, 12, 8, 1.5] }, 'M6 13.5h4M8 11v2.5'],
  down: ['m4 6.2 4 4 4-4'],
  download: ['M8 2.5v7.2M4.8 7 8 10.2 11.2 7M2.8 13.2h10.4'],
  eye: ['M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z', { circle: [8, 8, 1.8] }],
  file: [DOC],
  folder: ['M2.2 4.5a1 1 0 0 1 1-1h3l1.4 1.6h5.2a1 1 0 0 1 1 1v5.9a1 1 0 0 1-1 1H3.2a1 1 0 0 1-1-1z'],
  history: ['M2.8 8a5.2 5.2 0 1 0 1.7-3.9M2.6 2.8v2.6h2.6M8 5v3.2l2 1.3'],
  home: ['M2.5 7.5 8 2.8l5.5 4.7M4 6.5V13h8V6.5'],
  info: [RING, 'M8 7.4v3.4M8 5.2v.1'],
  leave: ['M9.5 2.8H4a1 1 0 0 0-1 1v8.4a1 1 0 0 0 1 1h5.5M6.5 8h7M11 5.4 13.6 8 11 10.6'],
  lines: ['M2.5 4.5h11M2.5 8h11M2.5 11.5h11'],
  lock: [{ rect: [3.5, 7, 9, 6.5, 1.5] }, 'M5.5 7V5.2a2.5 2.5 0 0 1 5 0V7'],
  minus: ['M3 8h10'],
  moon: ['M13 9.6A5.4 5.4 0 0 1 6.4 3 5.4 5.4 0 1 0 13 9.6z'],
  more: ['M3.5 8h.1M8 8h.1M12.5 8h.1'],
  open: ['M9.5 3H13v3.5M13 3 7.5 8.5M11.5 9.5V12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5.5a1 1 0 0 1 1-1h2.5'],
  panel: [{ rect: [2.2, 3, 11.6, 10, 1.8] }, 'M6.5 3v10'],
  pencil: ['m10.6 3 2.4 2.4-7.4 7.4-3 .6.6-3zM9.2 4.4l2.4 2.4'],
  pause: ['M5.5 3.5v9M10.5 3.5v9'],
  person: [{ circle: [8, 5.6, 2.6] }, 'M3 13.4c.5-2.6 2.4-3.9 5-3.9s4.5 1.3 5 3.9'],
  phone: [{ rect: [4.5, 2, 7, 12, 1.8] }, 'M7.3 11.8h1.4'],
  play: ['M5 3.4v9.2L12.4 8z'],
  plug: ['M5.5 2.5v3M10.5 2.5v3M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5v2.5'],
  plus: ['M8 3v10M3 8h10'],
  reload: ['M13 8a5 5 0 1 1-1.6-3.7M13 2.6v2.8h-2.8'],
  right: ['m6 4 4 4-4 4'],
  search: [{ circle: [7, 7, 4.3] }, 'm10.3 10.3 3 3'],
  send: ['M8 13V3.5M3.8 7.5 8 3.3l4.2 4.2'],
  spark: ['M8 2.2l1.3 4.5L13.8 8l-4.5 1.3L8 13.8 6.7 9.3 2.2 8l4.5-1.3z'],
  stop: [{ rect: [4, 4, 8, 8, 1.5], solid: true }],
  sun: [{ circle: [8, 8, 2.8] }, 'M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M3.6 12.4l1-1M11.4 4.6l1-1'],
  tablet: [{ rect: [3.5, 2, 9, 12, 1.8] }, 'M7 11.8h2'],
  to_end: ['m4 4 6 4-6 4zM12 4v8'],
  trash: ['M3 4.5h10M6.2 4.5V3a.5.5 0 0 1 .5-.5h2.6a.5.5 0 0 1 .5.5v1.5M4.3 4.5l.6 8a1 1 0 0 0 1 .9h4.2a1 1 0 0 0 1-.9l.6-8'],
  up: ['m4 9.8 4-4 4 4'],
  undo: ['M5.5 3 2.6 6l2.9 3M3 6h6.2a3.6 3.6 0 0 1 0 7.2H6'],
  warn: ['M8 2.6 14 13H2zM8 6.6v3M8 11.2v.1'],
};
const SVG = 'http://www.w3.org/2000/svg';

// icon('check'), icon('file', 's') for 14 px, icon('chat', 'l') for 20 px.
export function icon(name, size = '') {
  const svg = node('svg', { class: `gl-i ${size}`.trim(), viewBox: '0 0 16 16', 'aria-hidden': 'true' });
  for (const shape of SHAPES[name]) svg.append(draw(shape));
  return svg;
}

// A spinner; it stands still beside its words when motion is reduced.
export function spinner() {
  const element = document.createElement('span');
  element.className = 'gl-spin';
  element.setAttribute('aria-hidden', 'true');
  return element;
}

// The mark of Glacia: a cut crystal in the accent colour.
export function logo() {
  const svg = node('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  const facets = [
    ['M12 1.8 21.4 12 12 22.2 2.6 12z', 'var(--accent)', 1],
    ['M12 1.8 21.4 12 12 12z', '#fff', 0.38],
    ['M12 12 21.4 12 12 22.2z', '#000', 0.14],
    ['M2.6 12 12 12 12 1.8z', '#fff', 0.14],
  ];
  for (const [d, fill, opacity] of facets) svg.append(node('path', { d, fill, opacity }));
  return svg;
}

function draw(shape) {
  if (typeof shape === 'string') return node('path', { d: shape });
  if (shape.circle) return node('circle', { cx: shape.circle[0], cy: shape.circle[1], r: shape.circle[2] });
  const [x, y, width, height, rx] = shape.rect;
  return node('rect', { x, y, width, height, rx, fill: shape.solid ? 'currentColor' : undefined });
}

function node(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  return element;
}
