"""Comments that stand for text left out are found; comments that only sound like it are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from glacia_ui.claude.demo.brief import find_brief
from glacia_ui.claude.demo.build import build
from glacia_ui.core.placeholders import find_placeholder
from glacia_ui.settings import ROOT
from tests.unit.claude.test_demo_pages import KINDS

TEMPLATES = ROOT / "templates"


@pytest.mark.parametrize(
    "line",
    [
        "// ... rest of the code unchanged",
        "<!-- Rest of the page stays the same -->",
        "/* existing styles */",
        "  // ... existing code ...",
        "# remaining functions unchanged",
        "// … more items",
        "<!-- other sections omitted -->",
        "{/* rest of your code here */}",
        "/* keep existing styles here */",
        "// the rest of the file continues as before",
        "<!-- ... -->",
        "/* … */",
        "{/* rest of component */}",
        "# (rest of file)",
        "// [rest of code]",
        "// code continues below",
        "; rest of the code",
        "start(); // ... rest of the code unchanged",
        "<main><!-- rest of the page unchanged --></main>",
        "// same as before",
        "/* same styles as before */",
        "<!-- same as in the previous version -->",
        "// unchanged",
        "/* unchanged */",
        "// code unchanged",
        "// (unchanged)",
        ".card { /* unchanged */ }",
        "<footer><!-- unchanged --></footer>",
        "function sort() { /* same as before */ }",
        "// implementation here",
        "// your code goes here",
        "// add the logic here",
        "/* styles here */",
        "<!-- content goes here -->",
        "// ... implementation ...",
        "// everything else stays the same",
        "// all other styles remain the same",
        "// existing functions omitted for brevity",
        "// restlicher Code unverändert",
        "/* übrige Regeln wie bisher */",
        "<!-- reste de la page inchangé -->",
    ],
)
def test_left_out_work_is_found(line: str) -> None:
    assert find_placeholder(f"<p>before</p>\n{line}\n<p>after</p>") == line.strip()


@pytest.mark.parametrize(
    "line",
    [
        "// same as above, but for phones",
        "<!-- Rest of the world prices -->",
        "/* Other browsers */",
        "// the remaining time in seconds",
        "<p>The rest of the menu stays the same all week</p>",
        "/* Existing customers see another price */",
        "* rest day",
        "/* the rest of the grid */",
        "// keep the previous value so that it can be restored",
        "// ...args are the other values",
        "<a href='https://rest.example/... rest unchanged'>Rest</a>",
        "<p>And so on ...</p>",
        "// The parade continues in town",
        "# No other rules: everything else stays the same colour",
        "/* everything else stays the same colour */",
        "/* the rest of the row stays the same height as the picture */",
        "  color: red; /* unchanged */",
        "  color: red; /* same as before */",
        "if (old === now) return; // unchanged",
        "// unchanged prices are grey",
        "// the price is unchanged when the cart is empty",
        "/* Colours here are those of the logo */",
        "// same as in Bern: no work on Sundays",
        "<!-- Implementation: see script.js -->",
        "// here the code of the voucher is read",
    ],
)
def test_ordinary_comments_are_not(line: str) -> None:
    assert find_placeholder(line) is None


@pytest.mark.parametrize(
    "text",
    [
        "if (old === now) {\n  // unchanged\n  return;\n}",
        "# The file is written only when the headline is not\n# unchanged\nsave()",
        "// The voucher is looked up by its\n// code here\nfind(voucher)",
    ],
)
def test_the_end_of_a_sentence_and_the_reason_for_a_way_out_are_not(text: str) -> None:
    assert find_placeholder(text) is None


@pytest.mark.parametrize("path", sorted(path for path in TEMPLATES.rglob("*") if path.is_file()), ids=lambda p: p.name)
def test_a_template_has_none(path: Path) -> None:
    assert find_placeholder(path.read_text("utf-8", "replace")) is None


@pytest.mark.parametrize("prompt", KINDS.values(), ids=KINDS.keys())
def test_a_page_of_the_demo_model_has_none(prompt: str) -> None:
    brief = find_brief(prompt)
    assert brief is not None
    assert [find_placeholder(content) for content in build(brief).values()] == [None] * 3
