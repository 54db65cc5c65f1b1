"""Coloured code: the same text, line for line, and nothing in it that a browser would run."""

from __future__ import annotations

import re
from html import unescape

import pytest

from glacia_ui.web.highlight import LONGEST, highlighted_lines

SAMPLES = {
    "index.html": "<!doctype html>\n<p class='x'>a & b</p>\n\n<!-- two\nlines -->\n<script>`x\n${y}`</script>\n",
    "style.css": "body {\n  color: #fff; /* two\n lines */\n}\n\n\n",
    "notes.unknown": "a < b\n\n  c",
    "blank.js": "\n",
    "empty.js": "",
}


def _plain(line: str) -> str:
    return unescape(re.sub(r"</?span[^>]*>", "", line))


@pytest.mark.parametrize("path", SAMPLES)
def test_lines_hold_the_text_as_it_is(path: str) -> None:
    content = SAMPLES[path]
    expected = content.removesuffix("\n").split("\n") if content else []
    assert [_plain(line) for line in highlighted_lines(path, content)] == expected


@pytest.mark.parametrize("path", SAMPLES)
def test_a_line_is_whole_by_itself_and_holds_only_spans(path: str) -> None:
    for line in highlighted_lines(path, SAMPLES[path]):
        assert line.count("<span") == line.count("</span>")
        assert set(re.findall(r"</?(\w+)", line)) <= {"span"}


def test_markup_in_code_stays_text() -> None:
    (line,) = highlighted_lines("x.unknown", '<img src=x onerror="alert(1)">')
    assert line == '&lt;img src=x onerror="alert(1)"&gt;'


def test_a_file_too_long_to_colour_is_still_shown() -> None:
    lines = highlighted_lines("long.js", "let a = 1;\n" * (LONGEST // 10))
    assert len(lines) == LONGEST // 10
    assert lines[0] == "let a = 1;"
