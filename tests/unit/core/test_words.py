"""Word marks: what a reader should look at inside a changed line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.words import changed_words, mark_words


def marked(old: str, new: str) -> tuple[list[str], list[str]]:
    gone, came = changed_words(old, new)
    return [old[a:b] for a, b in gone], [new[a:b] for a, b in came]


@pytest.mark.parametrize(
    ("old", "new", "gone", "came"),
    [
        ("<h1>Fresh bread</h1>", "<h1>Warm bread</h1>", ["Fresh"], ["Warm"]),
        ("padding: 20px 40px;", "padding: 20px 48px;", ["40px"], ["48px"]),
        ("one two three four five six", "one 2 3 four five six", ["two three"], ["2 3"]),
        ("const total = price;", "const total = price * count;", [], [" * count"]),
        ("é ü 🍞 bread", "é ü 🥐 bread", ["🍞"], ["🥐"]),
        ("completely different words here", "nothing shared at all", [], []),
        ("x" * 700 + "a" + "y" * 700, "x" * 700 + "b" + "y" * 700, ["a"], ["b"]),
    ],
)
def test_the_changed_words_are_marked(old: str, new: str, gone: list[str], came: list[str]) -> None:
    assert marked(old, new) == (gone, came)


def test_lines_are_matched_with_the_line_most_like_them() -> None:
    lines = [
        ("-", '<a href="#menu">Menu</a>'),
        ("+", "<p>Something new altogether</p>"),
        ("+", '<a href="#food">Menu</a>'),
    ]
    marks = mark_words(lines)
    assert [lines[0][1][a:b] for a, b in marks[0]] == ["menu"]
    assert marks[1] == []
    assert [lines[2][1][a:b] for a, b in marks[2]] == ["food"]


@given(st.text(alphabet="ab .é", max_size=30), st.text(alphabet="ab .é", max_size=30))
def test_what_is_not_marked_is_the_same_on_both_sides(old: str, new: str) -> None:
    gone, came = changed_words(old, new)
    if gone or came:
        assert _without(old, gone).split() == _without(new, came).split()


def _without(text: str, ranges: list[tuple[int, int]]) -> str:
    for start, stop in reversed(ranges):
        text = text[:start] + text[stop:]
    return text
