for (const year of document.querySelectorAll("[data-year]")) {
  year.textContent = new Date().getFullYear();
}

const buttons = [...document.querySelectorAll("[data-show]")];
for (const button of buttons) {
  button.addEventListener("click", () => {
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    for (const work of document.querySelectorAll(".works li")) {
      work.hidden = button.dataset.show !== "" && work.dataset.kind !== button.dataset.show;
    }
  });
}
