// The controls of a replay, above the composer. `page.player.open(generation)` begins one; leaving it puts the page back as
// it was: the view, the folds, the place in the conversation, the keyboard.
import { h, replace, show } from '../lib/dom.js';
import { icon, spinner } from '../lib/icons.js';
import { countdown } from '../lib/time.js';
import { Player, SPEEDS } from '../build/replay.js';

export function createPlayer(page) {
  const { store, t } = page;
  const player = new Player(store, draw);
  const toggle = h('button.gl-btn.secondary.icon', { type: 'button', onclick: () => (player.isPlaying ? player.pause() : player.play()) });
  const place = h('input.gl-place', { type: 'range', min: 0, step: 1, 'aria-label': t('replay_place'), oninput: () => player.seek(Number(place.value)) });
  const time = h('span.num.xs.muted.nowrap');
  const speeds = SPEEDS.map((speed) => h('button', { type: 'button', 'aria-label': t('replay_speed', { speed }), onclick: () => player.setSpeed(speed) }, `${speed}×`));
  const skip = h('button.gl-btn.ghost.icon', { type: 'button', 'aria-label': t('replay_skip'), title: t('replay_skip'), onclick: () => player.seek(player.duration) }, icon('to_end'));
  const leave = h('button.gl-btn.ghost.icon', { type: 'button', 'aria-label': t('replay_leave'), title: t('replay_leave_title'), onclick: close }, icon('close'));
  const element = h('section.gl-player', { 'aria-label': t('replay'), hidden: true },
    h('div.row', {}, h('b.xs', {}, t('replay')), place, time),
    h('div.row', {}, toggle, skip, h('div.gl-seg', { role: 'group', 'aria-label': t('replay_pace') }, speeds), h('span.grow'), leave));
  let before = null; // {tab, foldChoice, id}

  async function open(generation, button) {
    if (button.ariaBusy === 'true') return;
    button.ariaBusy = 'true';
    const face = [...button.childNodes];
    replace(button, spinner(), t('replay_loading'));
    const replay = await store.server.replay(generation.id).catch((problem) => problem);
    button.ariaBusy = null;
    if (replay instanceof Error) return replace(button, h('span', { role: 'alert' }, replay.message || t('unreachable')));
    replace(button, ...face);
    if (store.live === null) begin(replay);
  }

  function begin(replay) {
    before ??= { tab: page.workbench.current, foldChoice: page.foldChoice };
    before.id = replay.generation.id;
    place.max = replay.duration_ms;
    if (!matchMedia('(max-width: 720px)').matches) lookAt('files', undefined);
    player.begin(replay);
    toggle.focus();
  }

  function close() {
    player.end();
  }

  function draw() {
    show(element, player.isOn);
    if (!player.isOn) return restore();
    const name = player.isPlaying ? 'replay_pause' : player.isAtEnd ? 'replay_again' : 'replay_play';
    if (toggle.dataset.name !== name) replace(toggle, icon({ replay_pause: 'pause', replay_again: 'reload', replay_play: 'play' }[name]));
    Object.assign(toggle, { ariaLabel: t(name), title: t(name) }).dataset.name = name;
    place.value = player.at;
    place.style.setProperty('--at', `${player.duration ? (100 * player.at) / player.duration : 100}%`);
    place.setAttribute('aria-valuetext', t('replay_at', { at: seconds(player.at), of: seconds(player.duration) }));
    time.textContent = `${seconds(player.at)} / ${seconds(player.duration)}`;
    SPEEDS.forEach((speed, index) => {
      speeds[index].classList.toggle('on', speed === player.speed);
      speeds[index].setAttribute('aria-pressed', String(speed === player.speed));
    });
    skip.disabled = player.isAtEnd;
  }

  function restore() {
    if (before === null) return;
    const { tab, foldChoice, id } = before;
    before = null;
    lookAt(tab, foldChoice);
    document.querySelector(`[data-replay="${id}"]`)?.focus({ preventScroll: true });
  }

  function lookAt(tab, foldChoice) {
    page.workbench.open(tab);
    page.foldChoice = foldChoice;
    page.refold();
  }

  const seconds = (milliseconds) => countdown(milliseconds / 1000);
  return { element, open, close, get isOn() { return player.isOn; } };
}

// "Play it back" under a request that has ended.
export function createPlayButton(page, generation) {
  const { store, t } = page;
  const button = h('button.gl-link.gl-replay', { type: 'button', dataset: { replay: generation.id } }, icon('play', 's'), t('play_back'));
  button.addEventListener('click', () => page.player.open(generation, button));
  if (store.isBusy) Object.assign(button, { disabled: true, title: t('after_this') });
  return button;
}
