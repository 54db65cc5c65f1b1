// The filter, the viewer (arrow keys turn the pages) and the contact form.
const $ = (id) => document.getElementById(id);
const works = [...document.querySelectorAll('.work')];
const shown = () => works.filter((work) => !work.hidden);
let current = works[0];

function filter(kind) {
  for (const work of works) work.hidden = kind !== 'all' && work.dataset.kind !== kind;
  $('works').classList.toggle('filtered', kind !== 'all');
  for (const chip of document.querySelectorAll('[data-filter]')) {
    chip.setAttribute('aria-pressed', String(chip.dataset.filter === kind));
  }
  $('status').textContent = `${shown().length} of ${works.length} works shown`;
}

function open(work) {
  current = work;
  const button = work.querySelector('button');
  $('picture').replaceChildren(button.querySelector('svg').cloneNode(true));
  $('viewer-title').textContent = work.querySelector('.name').textContent;
  $('viewer-about').textContent = button.dataset.about;
  $('viewer-meta').textContent = `${button.dataset.made}, ${button.dataset.year}`;
  if (!$('viewer').open) $('viewer').showModal();
}

function step(by) {
  const all = shown();
  open(all[(all.indexOf(current) + by + all.length) % all.length]);
}

for (const work of works) work.querySelector('button').addEventListener('click', () => open(work));
for (const chip of document.querySelectorAll('[data-filter]')) {
  chip.addEventListener('click', () => filter(chip.dataset.filter));
}
for (const button of document.querySelectorAll('[data-step]')) {
  button.addEventListener('click', () => step(Number(button.dataset.step)));
}
document.querySelector('[data-close]').addEventListener('click', () => $('viewer').close());
$('viewer').addEventListener('keydown', (event) => {
  if (event.key === 'ArrowLeft') step(-1);
  if (event.key === 'ArrowRight') step(1);
});
$('viewer').addEventListener('click', (event) => {
  if (event.target === $('viewer')) $('viewer').close();
});
$('viewer').addEventListener('close', () => current.querySelector('button').focus());

$('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const fields = [...event.target.elements].filter((field) => field.name);
  const wrong = fields.filter((field) => !field.checkValidity());
  for (const field of fields) field.setAttribute('aria-invalid', String(wrong.includes(field)));
  $('error').textContent = wrong.length ? 'Please fill in all three, with an e-mail address I can answer.' : '';
  if (wrong.length) {
    wrong[0].focus();
    return;
  }
  $('thanks').textContent = `Thank you, ${event.target.elements.name.value.trim()}. I will write to ${event.target.elements.email.value} within two working days.`;
  event.target.hidden = true;
  $('thanks').hidden = false;
  $('thanks').focus();
});
