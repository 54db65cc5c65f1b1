const table = document.querySelector("#table");
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const rows = [...body.rows];

function valueOf(row, column) {
  const text = row.cells[column].textContent.trim();
  const number = Number(text.replaceAll(",", ""));
  return Number.isNaN(number) ? text : number;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function sortBy(column) {
  const direction = heads[column].getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[column].setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
  rows.sort((one, two) => direction * compare(valueOf(one, column), valueOf(two, column)));
  body.append(...rows);
}

function search(words) {
  const wanted = words.trim().toLowerCase();
  for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  const found = rows.filter((row) => !row.hidden).length;
  document.querySelector("#found").textContent = `${found} of ${rows.length}`;
  document.querySelector("#none").hidden = found > 0;
}

heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => sortBy(column)));
document.querySelector("#search").addEventListener("input", (event) => search(event.target.value));
search("");
