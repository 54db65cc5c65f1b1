// Pictures and text files that go with the request being written: picked, pasted or dropped. Each is uploaded at once and
// stays with the draft, over a reload too, until it is sent or taken away.
import { h, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { createThumbnail } from './thumbnail.js';

const MOST = 5; // as on the server
const LARGEST = 5 * 1024 * 1024; // bytes, as on the server
const ACCEPT = 'image/png,image/jpeg,image/webp,image/gif,text/*,.md,.csv,.json,.html,.css,.js,.svg,.yml,.yaml';

// `onchange()` is told of each change. Returns {element, button, ids, list, isUploading, add, offer, sent, recheck}.
export function createAttachments({ store, t }, draft, onchange) {
  const list = h('ul.gl-clips', { 'aria-label': t('attachments') });
  const note = h('p.xs.gl-hint.err', { role: 'alert', hidden: true });
  const input = h('input', { type: 'file', multiple: true, accept: ACCEPT, hidden: true, 'aria-label': t('attach'), onchange: () => { add(input.files); input.value = ''; } });
  const button = h('button.gl-btn.icon.ghost.gl-attach', { type: 'button', 'aria-label': t('attach'), title: t('attach_title'), onclick: () => input.click() }, icon('clip'));
  const element = h('div.gl-attached', {}, list, note, input);
  let items = draft.attachments; // attachments of the server, and {name, upload} while one is on its way

  function add(files) {
    show(note, false);
    for (const file of files) {
      if (items.length >= MOST) return complain(t('too_many_attached', { limit: MOST }));
      if (file.size > LARGEST) complain(t('attachment_large', { name: file.name, limit: LARGEST / 1024 / 1024 }));
      else upload(file);
    }
  }

  async function upload(file) {
    const item = { name: file.name, upload: new AbortController() };
    change([...items, item]);
    try {
      const attachment = await store.server.attach(file, item.upload.signal);
      if (items.includes(item)) change(items.map((each) => (each === item ? attachment : each)));
      else store.server.dropAttachment(attachment.id).catch(() => {});
    } catch (problem) {
      if (!items.includes(item)) return;
      change(items.filter((each) => each !== item));
      complain(`${file.name}: ${problem.message || t('unreachable')}`);
    }
  }

  function remove(item) {
    item.upload?.abort();
    if (item.id) store.server.dropAttachment(item.id).catch(() => {});
    change(items.filter((each) => each !== item));
    show(note, false);
    button.focus();
  }

  // Those of an earlier request, once more.
  function offer(attachments) {
    const known = new Set(items.map((item) => item.id));
    change([...items, ...attachments.filter((each) => !known.has(each.id))].slice(0, MOST));
  }

  const sent = (ids) => change(items.filter((item) => !ids.includes(item.id)));

  // What the server has no longer is taken away here, too.
  async function recheck() {
    if (items.length === 0) return;
    const kept = new Map(await Promise.all(items.map(async (item) => [item, !item.id || await store.server.hasAttachment(item.id)])));
    change(items.filter((item) => kept.get(item) !== false));
  }

  function change(changed) {
    items = changed;
    draft.attachments = items.filter((item) => item.id);
    draw();
    onchange();
  }

  function draw() {
    show(list, items.length > 0);
    replace(list, items.map((item) => h('li', {}, item.id ? createThumbnail(item) : h('span.gl-clip', {}, spinner(), h('span.ell', {}, item.name)),
      h('button.gl-clip-drop', { type: 'button', 'aria-label': t('remove_file', { name: item.name }), title: t('remove_file', { name: item.name }), onclick: () => remove(item) }, icon('close', 's')))));
  }

  function complain(sentence) {
    note.textContent = sentence;
    show(note, true);
  }
  draw();
  return {
    element, button, add, offer, sent, recheck,
    get isUploading() { return items.some((item) => !item.id); },
    get ids() { return items.map((item) => item.id); },
  };
}

// Lets files be pasted into `field` and dropped anywhere on the page; `sign` shows where they go. Without this, a file that
// misses its place would be opened by the browser in the place of the page.
export function takeFiles(field, sign, add) {
  field.addEventListener('paste', (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
  const onFiles = (name, run) => document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    run(event);
  });
  onFiles('dragover', () => sign.classList.add('drop'));
  onFiles('dragleave', (event) => { if (!event.relatedTarget) sign.classList.remove('drop'); });
  onFiles('drop', (event) => {
    sign.classList.remove('drop');
    add(event.dataTransfer.files);
  });
}
