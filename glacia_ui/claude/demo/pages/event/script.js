const clock = document.querySelector("#clock");
const date = document.querySelector("#date");
const target = targetDate();

// The date in the page; without a year the next time that this day comes round.
function targetDate() {
  if (date.dateTime) return new Date(date.dateTime);
  const [month, day] = date.dataset.monthDay.split("-").map(Number);
  const now = new Date();
  const next = new Date(now.getFullYear(), month - 1, day, 18);
  if (next < now) next.setFullYear(next.getFullYear() + 1);
  date.textContent = next.toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric" });
  return next;
}

function tick() {
  const left = Math.floor((target - Date.now()) / 1000);
  if (left <= 0) {
    clearInterval(timer);
    clock.classList.add("over");
    clock.textContent = "The day is here.";
    return;
  }
  const parts = {
    days: Math.floor(left / 86400),
    hours: Math.floor(left / 3600) % 24,
    minutes: Math.floor(left / 60) % 60,
    seconds: left % 60,
  };
  for (const [unit, value] of Object.entries(parts)) {
    clock.querySelector(`[data-unit="${unit}"]`).textContent = value;
  }
}

const timer = setInterval(tick, 1000);
tick();
