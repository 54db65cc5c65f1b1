"""Comments that stand for text left out are found; comments that only sound like it are not."""

from __future__ import annotations

import pytest

from glacia_ui.core.placeholders import find_placeholder


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
    ],
)
def test_ordinary_comments_are_not(line: str) -> None:
    assert find_placeholder(line) is None
