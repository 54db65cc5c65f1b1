// Title, view and period, and the tiles. Asks the Gradio handler for a period, and tells the other parts of the page what
// came back (`gl:usage`), so that all of them show the same list of generations.
import { get, url } from '../lib/api.js';
import { tell } from '../lib/bus.js';
import { h, replace, show, texts } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { mountTiles } from './tiles.js';
import { rangeText } from './words.js';

const PERIODS = ['7d', '30d', 'year'];
const VIEWS = ['overview', 'ledger'];
const PATIENCE_MS = 20_000;

export function mount(root, settings, gradio) {
  const t = texts(settings.texts, 'usage');
  const query = new URLSearchParams(location.search);
  const state = { view: VIEWS.includes(query.get('view')) ? query.get('view') : 'overview', period: PERIODS.includes(query.get('period')) ? query.get('period') : '30d', timer: 0 };

  const title = h('h1');
  const lead = h('p');
  const range = h('span.gl-usage-range.num');
  const csv = h('a.gl-btn.secondary.gl-usage-csv', { download: true }, icon('download'), t('csv'));
  const views = segment(t('view'), VIEWS, (name) => t(`view_${name}`), (name) => { state.view = name; drawView(); });
  const periods = segment(t('period'), PERIODS, (name) => t(`period_${name}`), (name) => { state.period = name; drawPeriod(); ask(); });
  const tiles = mountTiles(t, { openLedger: () => { state.view = 'ledger'; drawView(); } });
  const problem = h('div.gl-note.danger', { role: 'alert', hidden: true });
  const status = h('p.sr', { role: 'status' });
  root.append(h('div.gl-page.gl-usage-head', {},
    h('div.gl-head', {}, h('div', {}, title, lead), h('div.row.gl-usage-tools', {}, views.element, h('div.row.gl-usage-period', {}, periods.element, range), csv)),
    problem, status, tiles.element));

  function drawView() {
    views.choose(state.view);
    replace(title, t(state.view === 'ledger' ? 'ledger_title' : 'title'));
    replace(lead, t(state.view === 'ledger' ? 'ledger_lead' : 'lead'));
    document.getElementById('gl-usage').dataset.view = state.view;
    tell('gl:usage-view', { view: state.view });
    remember();
  }
  function drawPeriod() {
    periods.choose(state.period);
    remember();
  }
  function remember() {
    const wanted = new URLSearchParams();
    if (state.view !== 'overview') wanted.set('view', state.view);
    if (state.period !== '30d') wanted.set('period', state.period);
    history.replaceState(history.state, '', `${location.pathname}${wanted.size ? `?${wanted}` : ''}${location.hash}`);
  }
  function ask() {
    clearTimeout(state.timer);
    show(problem, false);
    status.textContent = t('loading');
    tiles.element.setAttribute('aria-busy', 'true');
    state.timer = setTimeout(fail, PATIENCE_MS);
    gradio.trigger('submit', { period: state.period, at: Date.now() });
  }
  // Asking who I am sends the page to sign-in if the session has ended, which Gradio does not tell us.
  function fail() {
    get('/me').catch(() => {});
    status.textContent = '';
    tiles.element.removeAttribute('aria-busy');
    replace(problem, icon('plug'), h('span.grow', {}, t('failed')), h('button.gl-btn.secondary.sm', { type: 'button', onclick: ask }, t('try_again')));
    show(problem, true);
  }
  function receive() {
    const { report, me, period } = gradio.props.value ?? {};
    if (period !== state.period) return; // an answer to an older question
    clearTimeout(state.timer);
    if (!report) { fail(); return; }
    show(problem, false);
    status.textContent = '';
    tiles.element.removeAttribute('aria-busy');
    const text = rangeText(report);
    range.textContent = text;
    csv.title = t('csv_title', { range: text });
    csv.href = url(`/usage.csv?from=${report.first}T00:00:00Z&to=${dayAfter(report.last)}T00:00:00Z`);
    document.getElementById('gl-usage').toggleAttribute('data-empty', report.total.generations === 0);
    tiles.draw(report, me);
    tell('gl:usage', report);
  }

  gradio.watch('value', receive);
  drawView();
  drawPeriod();
  ask();
}

function dayAfter(day) {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

function segment(label, names, textOf, choose) {
  const buttons = names.map((name) => h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => choose(name) }, textOf(name)));
  return {
    element: h('div.gl-seg', { role: 'group', 'aria-label': label }, buttons),
    choose: (chosen) => names.forEach((name, index) => {
      buttons[index].classList.toggle('on', name === chosen);
      buttons[index].setAttribute('aria-pressed', String(name === chosen));
    }),
  };
}
