// The little board, the prices by month or year, and the sign-up.
const MONTHS_PAID_PER_YEAR = 10; // two are free
const $ = (id) => document.getElementById(id);
const tasks = [...document.querySelectorAll('.task')];

function drawProgress() {
  const done = tasks.filter((task) => task.getAttribute('aria-pressed') === 'true').length;
  $('bar').style.width = `${(100 * done) / tasks.length}%`;
  $('done-count').textContent = `${done} of ${tasks.length} done`;
}

function drawPrices(period) {
  for (const price of document.querySelectorAll('[data-month]')) {
    const month = Number(price.dataset.month);
    price.textContent = `$${period === 'year' ? month * MONTHS_PAID_PER_YEAR : month}`;
  }
  for (const unit of document.querySelectorAll('[data-unit]')) unit.textContent = `a ${period}`;
}

for (const task of tasks) {
  task.addEventListener('click', () => {
    task.setAttribute('aria-pressed', String(task.getAttribute('aria-pressed') !== 'true'));
    drawProgress();
  });
}
for (const choice of document.querySelectorAll('[name="period"]')) {
  choice.addEventListener('change', () => drawPrices(choice.value));
}
for (const link of document.querySelectorAll('[data-plan]')) {
  link.addEventListener('click', () => {
    $('form').elements.plan.value = link.dataset.plan;
  });
}
$('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const { email, plan } = event.target.elements;
  const isRight = email.checkValidity();
  email.setAttribute('aria-invalid', String(!isRight));
  $('error').textContent = isRight ? '' : 'Please give an e-mail address we can write to.';
  if (!isRight) {
    email.focus();
    return;
  }
  $('thanks').textContent = `Thank you. The invitation for the ${plan.value} plan goes to ${email.value}. The first four weeks cost nothing.`;
  event.target.hidden = true;
  $('thanks').hidden = false;
  $('thanks').focus();
});
drawProgress();
