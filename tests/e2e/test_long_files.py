"""Long files: what is shown is the file, line by line, however it comes, and the page can be used meanwhile."""

from __future__ import annotations

from random import Random

from glacia_ui.web.assets import load_assets
from tests.support.visitor import Visitor

SPEED = 50.0
GROW = """async ([url, pieces]) => {
  const { createGrowing } = await import(new URL(url, location).href);
  const body = document.createElement('div');
  document.body.append(body);
  const file = { text: '' };
  const growing = createGrowing(file, body);
  for (const piece of pieces) { file.text += piece; growing.grow(); }
  const all = (name) => [...body.querySelectorAll(name)].map((found) => found.textContent);
  return { text: all('.c').join(''), numbers: all('.n').join('\\n'), blocks: body.querySelectorAll('.block').length };
}"""
PLACE = """async ([url, count]) => {
  const { createCode } = await import(new URL(url, location).href);
  const lines = Array.from({ length: count }, (_, index) => `line &lt;${index}&gt;`);
  const code = createCode({ t: (key) => key, linesOf: async () => lines });
  document.body.append(code.element);
  const all = (name) => [...code.element.querySelectorAll(name)].map((found) => found.textContent);
  await code.load('a.txt', 1);
  const first = all('td.c').length;
  while (all('td.c').length < count) await new Promise((done) => setTimeout(done, 5));
  return { first, text: all('td.c').join('\\n'), numbers: all('td.n').join(' ') };
}"""


def pieces_of(text: str) -> list[str]:
    """Cut as it may arrive: in the middle of lines, at their ends, many lines at once, nothing."""
    random = Random(7)
    pieces, at = [""], 0
    while at < len(text):
        size = random.choice((1, 3, 7, 20, 400, 3000))
        pieces.append(text[at : at + size])
        at += size
    return pieces


def test_a_file_that_grows_shows_all_its_lines_in_blocks(visitor: Visitor) -> None:
    text = "".join(f"line {number}\n" * (1 if number % 9 else 2) for number in range(400)) + "\n\nthe end"
    url = load_assets().url("workbench/growing.js")
    found = visitor.open(visitor.new_project()).evaluate(GROW, [url, pieces_of(text)])
    assert found["text"] == text
    assert found["numbers"].split("\n") == [str(number + 1) for number in range(text.count("\n") + 1)]
    assert found["blocks"] == text.count("\n") // 100 + 1


def test_a_finished_file_is_placed_a_slice_at_a_time(visitor: Visitor) -> None:
    found = visitor.open(visitor.new_project()).evaluate(PLACE, [load_assets().url("workbench/code.js"), 1050])
    assert found["first"] == 200
    assert found["text"] == "\n".join(f"line <{number}>" for number in range(1050))
    assert found["numbers"] == " ".join(str(number + 1) for number in range(1050))
