const KEY = "tasks";
const list = document.querySelector("#tasks");
const template = document.querySelector("#task");
let filter = "all";
let tasks = load();

function load() {
  try {
    const saved = JSON.parse(localStorage.getItem(KEY));
    if (Array.isArray(saved)) return saved;
  } catch {
    // Storage is switched off or holds something else: begin afresh.
  }
  const first = document.querySelector("#first-tasks").content.querySelectorAll("p");
  return [...first].map((line) => ({ text: line.textContent, done: false }));
}

function save() {
  try {
    localStorage.setItem(KEY, JSON.stringify(tasks));
  } catch {
    // Without storage the list lives as long as the page is open.
  }
}

function draw() {
  const shown = tasks.filter((task) => filter === "all" || task.done === (filter === "done"));
  list.replaceChildren(...shown.map(row));
  const open = tasks.filter((task) => !task.done).length;
  document.querySelector("#count").textContent =
    open === 0 ? "All done" : `${open} ${open === 1 ? "thing" : "things"} left to do`;
  document.querySelector("#empty").hidden = shown.length > 0;
  document.querySelector("#clear").hidden = open === tasks.length;
}

function row(task) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.querySelector("span").textContent = task.text;
  const box = item.querySelector("input");
  box.checked = task.done;
  box.addEventListener("change", () => change(() => (task.done = box.checked)));
  const remove = item.querySelector(".remove");
  remove.setAttribute("aria-label", `Remove “${task.text}”`);
  remove.addEventListener("click", () => change(() => (tasks = tasks.filter((other) => other !== task))));
  return item;
}

function change(how) {
  how();
  save();
  draw();
}

document.querySelector("#add").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = event.target.elements.text;
  const text = input.value.trim();
  if (text) change(() => tasks.push({ text, done: false }));
  input.value = "";
  input.focus();
});
document.querySelector("#clear").addEventListener("click", () => {
  change(() => (tasks = tasks.filter((task) => !task.done)));
});
for (const button of document.querySelectorAll("[data-filter]")) {
  button.addEventListener("click", () => {
    filter = button.dataset.filter;
    for (const other of document.querySelectorAll("[data-filter]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    draw();
  });
}
draw();
