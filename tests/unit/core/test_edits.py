"""Edits: exactly one place, or none; fallbacks that stay exact; misses that help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.edits import Edit, EditMissError, apply_edits, nearest_lines


@pytest.mark.parametrize(
    ("content", "old", "new", "result"),
    [
        pytest.param("one two three", "two", "2", "one 2 three", id="exact"),
        pytest.param("a  \nb\nc", "a\nb", "x\ny", "x\ny\nc", id="white space at a line's end in the file"),
        pytest.param("a\nb\nc", "a  \nb", "x\ny", "x\ny\nc", id="white space at a line's end in the edit"),
        pytest.param("a\r\nb\r\nc", "a\nb", "x\ny", "x\r\ny\r\nc", id="CRLF stays CRLF"),
        pytest.param("say “hello” to ‘it’", "say \"hello\" to 'it'", "bye", "bye", id="curly quotes in the file"),
        pytest.param('say "hello"', "say “hello”", "bye", "bye", id="curly quotes in the edit"),
        pytest.param("x.y(z)", "x.y(z)", "ok", "ok", id="no pattern"),
        pytest.param("end", "end", "", "", id="deletion"),
        pytest.param("b\ncolor: red;\t\nx", "color: red; ", "color: blue;", "b\ncolor: blue;\nx", id="last line ends"),
    ],
)
def test_the_one_place_is_replaced(content: str, old: str, new: str, result: str) -> None:
    assert apply_edits(content, [Edit(old, new)]) == result


@pytest.mark.parametrize(
    ("content", "old", "reason"),
    [
        ("a b a", "a", "occurs 2 times"),
        ("a \na\t\n", "a\n", "occurs 2 times"),
        ('“a” ‘a’ "a"', "“a„", "occurs 2 times"),
        ("aaa", "aa", "occurs 2 times"),
        ("a b", "c", "does not occur"),
        ("a b", "", "is empty"),
        ("foo bar", "foo \nbar", "does not occur"),
    ],
)
def test_anything_else_is_a_miss(content: str, old: str, reason: str) -> None:
    with pytest.raises(EditMissError, match=reason):
        apply_edits(content, [Edit(old, "new")])


def test_replacing_a_text_by_itself_is_a_miss() -> None:
    with pytest.raises(EditMissError, match="same"):
        apply_edits("a", [Edit("a", "a")])


def test_edits_build_on_each_other_and_the_message_names_the_one_that_missed() -> None:
    assert apply_edits("a", [Edit("a", "b c"), Edit("c", "d")]) == "b d"
    with pytest.raises(EditMissError, match=r"Edit 2 of 2.*does not occur"):
        apply_edits("a", [Edit("a", "b"), Edit("a", "c")])


def test_a_miss_shows_the_nearest_lines() -> None:
    content = "\n".join([f"line {number}" for number in range(50)] + ["  color: #b0413e;", "}"])
    with pytest.raises(EditMissError, match=r"51:   color: #b0413e;") as miss:
        apply_edits(content, [Edit("\n  color: #b0413f;\n", "x")])
    assert "49: line 48" in str(miss.value)


def test_nearest_lines_of_nothing_are_still_lines() -> None:
    assert nearest_lines("", "") == "1: "


@given(st.text(alphabet="ab \n'’", max_size=30), st.integers(0, 30), st.integers(1, 10))
def test_a_text_taken_from_the_file_is_found_there_or_is_ambiguous(content: str, at: int, size: int) -> None:
    old = content[at : at + size]
    if not old:
        return
    if content.find(old, content.find(old) + 1) < 0:
        assert apply_edits(content, [Edit(old, "X")]) == content.replace(old, "X")
    else:
        with pytest.raises(EditMissError, match="occurs"):
            apply_edits(content, [Edit(old, "X")])
