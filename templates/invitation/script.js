// The countdown and the answer form.
const PARTY = new Date('2027-06-19T16:00');
const $ = (id) => document.getElementById(id);
const form = $('form');

function countdown(now = new Date()) {
  const day = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  const days = (day(PARTY) - day(now)) / 86_400_000;
  if (days > 1) return `${days} days to go`;
  if (days === 1) return 'Tomorrow';
  if (days === 0) return 'Today';
  return 'Thank you for celebrating with us';
}

function problem(name, coming) {
  if (!name.value.trim()) return ['Please tell us your name.', name];
  if (!coming.value) return ['Please choose yes or no.', coming[0]];
  return null;
}

function thank(data) {
  const coming = data.get('coming') === 'yes';
  const guests = Number(data.get('guests'));
  const name = data.get('name').trim();
  $('thanks-title').textContent = coming ? `See you there, ${name}` : `We will miss you, ${name}`;
  const party = guests === 1 ? 'a place is kept for you' : `${guests} places are kept for you`;
  const food = data.get('food').trim();
  $('thanks-text').textContent = coming
    ? `Noted: ${party}${food ? `, and the kitchen knows about “${food}”` : ''}.`
    : 'Thank you for telling us. There will be cake left on Sunday.';
  $('thanks').hidden = false;
  form.hidden = true;
  $('thanks').focus();
}

form.addEventListener('change', () => {
  $('details').hidden = form.elements.coming.value === 'no';
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { name, coming } = form.elements;
  const wrong = problem(name, coming);
  name.setAttribute('aria-invalid', String(wrong?.[1] === name));
  $('error').textContent = wrong?.[0] ?? '';
  if (wrong) wrong[1].focus();
  else thank(new FormData(form));
});
$('again').addEventListener('click', () => {
  $('thanks').hidden = true;
  form.hidden = false;
  form.elements.name.focus();
});
$('countdown').textContent = countdown();
