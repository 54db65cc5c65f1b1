"""Reading a string out of unfinished JSON gives the same as `json.loads`, wherever the pieces are cut."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.json_string import StringReader

WANTED = frozenset({"path", "content", "new_str"})
TEXT = st.text(alphabet=st.sampled_from('ab"\\/\n\t{}[]:, é🍞\u2028'), max_size=30)
VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(["path", "x", "content"]), children)
    ),
    max_leaves=8,
)


def read(pieces: list[str]) -> list[tuple[str, str]]:
    """Whole values as (key, text), in the order in which they ended."""
    reader, values, open_text = StringReader(WANTED), [], []
    for piece in pieces:
        for part in reader.feed(piece):
            open_text.append(part.text)
            if part.is_last:
                values.append((part.key, "".join(open_text)))
                open_text = []
    return values


def expected(value: Any, key: str | None = None) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [found for name, item in value.items() for found in expected(item, name)]
    if isinstance(value, list):
        return [found for item in value for found in expected(item)]
    return [(key, value)] if isinstance(value, str) and key in WANTED else []


def cut(text: str, cuts: list[int]) -> list[str]:
    edges = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:stop] for start, stop in pairwise(edges)]


@given(VALUE, st.lists(st.integers(0, 400), max_size=12), st.booleans())
def test_any_cut_gives_what_the_parser_gives(value: Any, cuts: list[int], is_ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii)
    values = read(cut(text, cuts))
    # half pairs come out one by one; together they are the character again
    assert [(key, _joined(found)) for key, found in values] == expected(json.loads(text))


@given(st.dictionaries(st.sampled_from(sorted(WANTED)), TEXT))
def test_one_character_at_a_time_is_enough(value: dict[str, str]) -> None:
    assert read(list(json.dumps(value, ensure_ascii=False))) == list(value.items())


def test_text_comes_out_before_the_value_ends() -> None:
    reader = StringReader(WANTED)
    assert [p.text for p in reader.feed('{"path": "index.html", "content": "<h1>He')] == ["index.html", "", "<h1>He"]
    assert [p.text for p in reader.feed("llo\\")] == ["llo"]
    assert [p.text for p in reader.feed("n")] == ["\n"]
    assert [p.text for p in reader.feed("\\u00")] == []
    assert [p.text for p in reader.feed("e9")] == ["é"]


@pytest.mark.parametrize(
    "broken", ['{"content": "a\\qb"', '{"content": "a\\u12"', '{"content"', '}}]"', '{"content": "\\']
)
def test_what_is_no_json_does_not_stop_it(broken: str) -> None:
    reader = StringReader(WANTED)
    pieces = [*reader.feed(broken), *reader.feed('"}')]
    assert {piece.key for piece in pieces} <= WANTED


def test_it_looks_at_each_character_once() -> None:
    """A parser that began again would need some 10¹⁰ steps here."""
    reader = StringReader(WANTED)
    reader.feed('{"content": "')
    total = sum(len(part.text) for _ in range(100_000) for part in reader.feed("ab\\n"))
    assert total == 300_000


def _joined(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
