// The questions: the first answer is the right one; the page shuffles them.
const QUESTIONS = [
{% for ask, answers, note in questions %}
  {
    ask: {{ ask | tojson }},
    answers: {{ answers | tojson }},
    note: {{ note | tojson }},
  },
{% endfor %}
];

const part = (id) => document.getElementById(id);
let at = 0;
let right = 0;

function shuffled(items) {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

function show() {
  const question = QUESTIONS[at];
  part("step").textContent = `Question ${at + 1} of ${QUESTIONS.length}`;
  part("ask").textContent = question.ask;
  part("verdict").textContent = "";
  part("next").hidden = true;
  part("progress").value = at;
  part("answers").replaceChildren(
    ...shuffled(question.answers).map((text) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "answer";
      button.textContent = text;
      button.addEventListener("click", () => choose(button, question));
      return button;
    }),
  );
}

function choose(chosen, question) {
  const isRight = chosen.textContent === question.answers[0];
  right += isRight ? 1 : 0;
  for (const button of part("answers").children) {
    button.disabled = true;
    if (button.textContent === question.answers[0]) {
      button.dataset.right = "true";
      button.dataset.mark = "✓ Right";
    }
  }
  if (!isRight) {
    chosen.dataset.right = "false";
    chosen.dataset.mark = "✗ Your answer";
  }
  part("verdict").textContent = `${isRight ? "Yes." : "Not quite."} ${question.note}`;
  part("progress").value = at + 1;
  part("next").textContent = at + 1 < QUESTIONS.length ? "Next question" : "See the result";
  part("next").hidden = false;
  part("next").focus();
}

function finish() {
  part("question").hidden = true;
  part("result").hidden = false;
  part("score").textContent = `${right} / ${QUESTIONS.length}`;
  const share = right / QUESTIONS.length;
  part("comment").textContent =
    share === 1 ? "All of them. Well done." : share >= 0.6 ? "A good result." : "Now you know five things more.";
  part("again").focus();
}

part("question").addEventListener("submit", (event) => {
  event.preventDefault();
  at += 1;
  if (at < QUESTIONS.length) show();
  else finish();
});
part("again").addEventListener("click", () => {
  at = 0;
  right = 0;
  part("question").hidden = false;
  part("result").hidden = true;
  show();
});
show();
