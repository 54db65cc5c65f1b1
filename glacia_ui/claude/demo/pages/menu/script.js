// Shows only the lines marked as being without meat and fish, and hides groups that have none.
const box = document.querySelector("#green");
box?.addEventListener("change", () => {
  for (const line of document.querySelectorAll(".lines li")) {
    line.hidden = box.checked && !("green" in line.dataset);
  }
  for (const group of document.querySelectorAll(".group")) {
    group.hidden = !group.querySelector(".lines li:not([hidden])");
  }
});
