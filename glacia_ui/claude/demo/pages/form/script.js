const form = document.querySelector("#form");
const thanks = document.querySelector("#thanks");
const WORDS = {
  name: "Please tell us your name.",
  email: "Please give an address like name@example.com.",
  choice: "Please choose one.",
  agree: "Please tick this, or we may not answer you.",
};

function check(field) {
  const hint = document.getElementById(`${field.name}-hint`);
  if (!hint) return true;
  const isFine = field.checkValidity() && (field.type === "checkbox" || field.value.trim() !== "");
  field.setAttribute("aria-invalid", String(!isFine));
  field.setAttribute("aria-describedby", hint.id);
  hint.textContent = isFine ? "" : WORDS[field.name];
  return isFine;
}

const fields = [...form.elements].filter((field) => field.name);
for (const field of fields) {
  field.addEventListener("change", () => check(field));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const wrong = fields.filter((field) => !check(field));
  if (wrong.length > 0) {
    wrong[0].focus();
    return;
  }
  document.querySelector("#who").textContent = form.elements.name.value.trim();
  form.hidden = true;
  thanks.hidden = false;
  thanks.focus();
});

document.querySelector("#again").addEventListener("click", () => {
  form.reset();
  form.hidden = false;
  thanks.hidden = true;
  form.elements.name.focus();
});
