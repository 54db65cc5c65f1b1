// Draws the tiles, the chart, the shares and the table for one period. Figures come from data.js.
const SVG = 'http://www.w3.org/2000/svg';
const $ = (id) => document.getElementById(id);
const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 });
const shortDay = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const longDay = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });

const SHORT_TABLE = 10; // rows, until somebody asks for all
const view = { days: 14, sort: 'date', direction: -1, search: '', isShort: true };
const rentals = RENTALS.map((rental) => ({ ...rental, date: dateOf(rental.day) }));

function dateOf(day) {
  const date = new Date();
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() - day);
  return date;
}

const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);
const within = (from, to) => rentals.filter(({ day }) => day >= from && day < to);

function node(name, attributes = {}, text = '') {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

function shape(name, attributes, text = '') {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

function tile(label, value, before, format) {
  const change = before ? Math.round((100 * (value - before)) / before) : 0;
  const box = node('div', { class: 'tile' });
  const words = change === 0 ? 'as before' : `${change > 0 ? '▲' : '▼'} ${Math.abs(change)} % on the ${view.days} days before`;
  box.append(node('span', {}, label), node('b', {}, format(value)), node('small', { class: change > 0 ? 'up' : change < 0 ? 'down' : '' }, words));
  return box;
}

function drawTiles(now, before) {
  const perRental = (rows) => (rows.length ? sum(rows, 'price') / rows.length : 0);
  $('tiles').replaceChildren(
    tile('Income', sum(now, 'price'), sum(before, 'price'), (n) => money.format(n)),
    tile('Rentals', now.length, before.length, String),
    tile('Hours out', sum(now, 'hours'), sum(before, 'hours'), String),
    tile('Per rental', perRental(now), perRental(before), (n) => money.format(n)),
  );
}

function drawChart(rows) {
  const days = Array.from({ length: view.days }, (_, i) => view.days - 1 - i);
  const values = days.map((day) => sum(rows.filter((row) => row.day === day), 'price'));
  const top = Math.ceil(Math.max(...values, 1) / 100) * 100;
  const [width, height, left, bottom] = [720, 300, 44, 34];
  const slot = (width - left) / days.length;
  const y = (value) => 10 + (height - bottom - 10) * (1 - value / top);
  const chart = shape('svg', { viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Income per day' });
  for (const value of [0, top / 2, top]) {
    chart.append(
      shape('line', { x1: left, x2: width, y1: y(value), y2: y(value), class: 'grid' }),
      shape('text', { x: left - 10, y: y(value) + 5, 'text-anchor': 'end' }, String(value)),
    );
  }
  const best = Math.max(...values);
  values.forEach((value, i) => {
    const words = `${longDay.format(dateOf(days[i]))}: ${money.format(value)}`;
    const bar = shape('rect', {
      x: left + i * slot + slot * 0.18, width: slot * 0.64, y: y(value), height: Math.max(y(0) - y(value), 1), rx: Math.min(5, slot / 5),
      class: value === best ? 'bar best' : 'bar', tabindex: 0, role: 'img', 'aria-label': words,
    });
    for (const kind of ['pointerenter', 'focus', 'click']) bar.addEventListener(kind, () => { $('readout').textContent = words; });
    chart.append(bar);
    if (i % Math.ceil(days.length / 5) === 0) {
      chart.append(shape('text', { x: left + (i + 0.5) * slot, y: height - 8, 'text-anchor': 'middle' }, shortDay.format(dateOf(days[i]))));
    }
  });
  $('chart').replaceChildren(chart);
  $('readout').textContent = `Best: ${longDay.format(dateOf(days[values.indexOf(best)]))}, ${money.format(best)}`;
}

function drawKinds(rows) {
  const total = sum(rows, 'price') || 1;
  const shares = Object.keys(BIKES).map((bike) => [bike, sum(rows.filter((row) => row.bike === bike), 'price')]);
  $('kind-list').replaceChildren(...shares.sort((a, b) => b[1] - a[1]).map(([bike, income]) => {
    const item = node('li');
    const line = node('div');
    line.append(node('span', {}, bike), node('b', {}, `${money.format(income)} · ${Math.round((100 * income) / total)} %`));
    item.append(line, node('i', { style: `--share: ${(100 * income) / total}%`, 'aria-hidden': 'true' }));
    return item;
  }));
}

function drawTable(rows) {
  const words = view.search.trim().toLowerCase();
  const found = rows.filter((row) => `${row.guest} ${row.bike} ${row.state}`.toLowerCase().includes(words));
  const compare = (a, b) => (typeof a === 'string' ? a.localeCompare(b) : a - b);
  found.sort((a, b) => view.direction * compare(a[view.sort], b[view.sort]) || a.day - b.day);
  const shown = view.isShort ? found.slice(0, SHORT_TABLE) : found;
  $('rows').replaceChildren(...shown.map((row) => {
    const line = node('tr');
    const state = node('td');
    state.append(node('span', { class: `state ${row.state.toLowerCase()}` }, row.state));
    line.append(
      node('td', {}, shortDay.format(row.date)), node('td', {}, row.guest), node('td', {}, row.bike),
      node('td', { class: 'number' }, row.hours), node('td', { class: 'number' }, money.format(row.price)), state,
    );
    return line;
  }));
  if (!found.length) {
    const line = node('tr');
    line.append(node('td', { colspan: 6, class: 'none' }, `Nothing matches “${view.search.trim()}”.`));
    $('rows').append(line);
  }
  $('all').hidden = found.length <= SHORT_TABLE;
  $('all').textContent = view.isShort ? `Show all ${found.length}` : `Show the first ${SHORT_TABLE}`;
  $('row-count').textContent = `${found.length} of ${rows.length} rentals`;
  $('sum-hours').textContent = sum(found, 'hours');
  $('sum-price').textContent = money.format(sum(found, 'price'));
}

function draw() {
  const now = within(0, view.days);
  $('range').textContent = `${shortDay.format(dateOf(view.days - 1))} to ${shortDay.format(dateOf(0))}`;
  for (const button of document.querySelectorAll('[data-days]')) {
    button.setAttribute('aria-pressed', String(Number(button.dataset.days) === view.days));
  }
  drawTiles(now, within(view.days, 2 * view.days));
  drawChart(now);
  drawKinds(now);
  drawTable(now);
}

for (const button of document.querySelectorAll('[data-days]')) {
  button.addEventListener('click', () => {
    view.days = Number(button.dataset.days);
    draw();
  });
}
for (const button of document.querySelectorAll('[data-sort]')) {
  button.addEventListener('click', () => {
    view.direction = view.sort === button.dataset.sort ? -view.direction : 1;
    view.sort = button.dataset.sort;
    for (const head of document.querySelectorAll('th[aria-sort]')) head.removeAttribute('aria-sort');
    button.parentElement.setAttribute('aria-sort', view.direction > 0 ? 'ascending' : 'descending');
    drawTable(within(0, view.days));
  });
}
$('all').addEventListener('click', () => {
  view.isShort = !view.isShort;
  drawTable(within(0, view.days));
});
$('search').addEventListener('input', (event) => {
  view.search = event.target.value;
  drawTable(within(0, view.days));
});
for (const link of document.querySelectorAll('.side nav a')) {
  link.addEventListener('click', () => {
    document.querySelector('.side [aria-current]').removeAttribute('aria-current');
    link.setAttribute('aria-current', 'true');
  });
}
draw();
