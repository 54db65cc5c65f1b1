// The basket, the filter and the order form. Products are the cards in index.html: their data attributes are the prices.
const FREE_DELIVERY_FROM = 80;
const DELIVERY = 6;
const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const $ = (id) => document.getElementById(id);

const cards = [...document.querySelectorAll('.card')];
const products = new Map(cards.map((card) => [card.dataset.id, {
  name: card.dataset.name,
  price: Number(card.dataset.price),
  tile: card.querySelector('.tile'),
}]));

const basket = new Map(load());

function load() {
  try {
    return JSON.parse(localStorage.getItem('basket') ?? '[]').filter(([id, n]) => products.has(id) && n > 0);
  } catch {
    return []; // storage is switched off: the basket then lasts as long as the page
  }
}

function save() {
  try {
    localStorage.setItem('basket', JSON.stringify([...basket]));
  } catch { /* see load */ }
}

function change(id, by) {
  const quantity = (basket.get(id) ?? 0) + by;
  if (quantity > 0) basket.set(id, quantity);
  else basket.delete(id);
  save();
  draw();
}

function line(id, quantity) {
  const { name, price, tile } = products.get(id);
  const item = document.createElement('li');
  const title = document.createElement('strong');
  title.textContent = name;
  const sum = document.createElement('span');
  sum.className = 'price';
  sum.textContent = money.format(price * quantity);
  const stepper = document.createElement('div');
  stepper.className = 'quantity';
  const count = document.createElement('span');
  count.textContent = quantity;
  stepper.append(step('−', `One ${name} less`, id, -1), count, step('+', `One ${name} more`, id, 1));
  item.append(tile.cloneNode(true), title, sum, stepper);
  return item;
}

function step(sign, label, id, by) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = sign;
  button.setAttribute('aria-label', label);
  button.dataset.step = `${id} ${by}`;
  button.addEventListener('click', () => {
    change(id, by);
    (document.querySelector(`[data-step="${id} ${by}"]`) ?? $('close-basket')).focus();
  });
  return button;
}

function draw() {
  const items = [...basket];
  const count = items.reduce((sum, [, quantity]) => sum + quantity, 0);
  const subtotal = items.reduce((sum, [id, quantity]) => sum + products.get(id).price * quantity, 0);
  const delivery = subtotal >= FREE_DELIVERY_FROM || subtotal === 0 ? 0 : DELIVERY;
  $('count').textContent = count;
  $('lines').replaceChildren(...items.map(([id, quantity]) => line(id, quantity)));
  $('subtotal').textContent = money.format(subtotal);
  $('delivery').textContent = delivery ? money.format(delivery) : 'free';
  $('total').textContent = money.format(subtotal + delivery);
  $('empty').hidden = count > 0 || !$('thanks').hidden;
  $('totals').hidden = count === 0;
  $('order').hidden = count === 0;
}

function show(kind) {
  const shown = cards.filter((card) => kind === 'all' || card.dataset.kind === kind);
  for (const card of cards) card.hidden = !shown.includes(card);
  for (const chip of document.querySelectorAll('[data-filter]')) {
    chip.setAttribute('aria-pressed', String(chip.dataset.filter === kind));
  }
  $('status').textContent = kind === 'all' ? '' : `${shown.length} of ${cards.length} shown`;
}

const orders = {
  order: (a, b) => cards.indexOf(a) - cards.indexOf(b),
  low: (a, b) => a.dataset.price - b.dataset.price,
  high: (a, b) => b.dataset.price - a.dataset.price,
  name: (a, b) => a.dataset.name.localeCompare(b.dataset.name),
};

for (const card of cards) {
  card.querySelector('[data-add]').addEventListener('click', () => {
    $('thanks').hidden = true;
    change(card.dataset.id, 1);
    $('status').textContent = `${card.dataset.name} is in the basket.`;
  });
}
for (const chip of document.querySelectorAll('[data-filter]')) {
  chip.addEventListener('click', () => show(chip.dataset.filter));
}
$('sort').addEventListener('change', (event) => {
  $('products').append(...[...cards].sort(orders[event.target.value]));
});
$('open-basket').addEventListener('click', () => $('basket').showModal());
$('close-basket').addEventListener('click', () => $('basket').close());
$('basket').addEventListener('click', (event) => {
  if (event.target === $('basket') && event.offsetX < 0) $('basket').close();
});
$('order').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  const wrong = [...form.elements].filter((field) => field.name && !field.checkValidity());
  for (const field of form.elements) field.setAttribute('aria-invalid', String(wrong.includes(field)));
  $('order-error').textContent = wrong.length ? 'Please give your name and an e-mail address we can answer.' : '';
  if (wrong.length) {
    wrong[0].focus();
    return;
  }
  $('thanks-name').textContent = form.elements.name.value.trim();
  $('thanks-text').textContent = `${$('total').textContent} in all. We write to ${form.elements.email.value} when it is packed.`;
  $('thanks').hidden = false;
  basket.clear();
  save();
  draw();
  $('thanks').focus();
});
draw();
