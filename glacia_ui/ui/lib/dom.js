// Elements without markup: text only ever enters through text nodes, so nothing here can be injected into.
//   h('button.gl-btn.primary', { type: 'button', onclick: send, disabled: !ready }, icon('send'), 'Send')
export function h(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name || 'div');
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties ?? {})) set(element, key, value);
  append(element, children);
  return element;
}

function set(element, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
  else if (key === 'dataset') Object.assign(element.dataset, value);
  else if (key === 'style') for (const [name, amount] of Object.entries(value)) element.style.setProperty(name, amount);
  else if (key === 'class') element.classList.add(...value.split(' ').filter(Boolean));
  else if (key === 'value') element.value = value;
  else element.setAttribute(key, value === true ? '' : value);
}

export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    parent.append(child instanceof Node ? child : String(child));
  }
  return parent;
}

export function replace(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

// Markup that the server has sanitised (markdown, highlighted code). Never call it with anything else.
export function sanitised(element, html) {
  element.innerHTML = html;
  return element;
}

export const show = (element, visible) => { element.hidden = !visible; };

// Fills "{name}" in a sentence of the catalogue.
export const fill = (sentence, values = {}) => sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

// One area of the catalogue as a function: t = texts(settings.texts, 'build'); t('send_at', { time: '14:32' }).
export const texts = (catalogue, area) => (key, values) => fill(catalogue[`${area}.${key}`] ?? key, values);

// True while the keyboard belongs to a field, so that single keys are letters and not commands.
export const isTyping = (target) => target instanceof Element && !!target.closest('input, textarea, select, [contenteditable="true"]');
