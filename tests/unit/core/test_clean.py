"""Model text that the database can take: no NUL, no half characters, however the stream is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.clean import Scrubber, scrub

HALVES = st.text(alphabet=st.sampled_from("ab\x00\ud83c\udf5e🍞é"), max_size=20)


def scrubbed(pieces: list[str]) -> tuple[str, int]:
    scrubber = Scrubber()
    text = "".join(scrubber.feed(piece) for piece in pieces) + scrubber.close()
    return text, scrubber.replaced


@pytest.mark.parametrize(
    ("pieces", "text", "replaced"),
    [
        (["bread"], "bread", 0),
        (["\ud83c", "\udf5e!"], "🍞!", 0),
        (["\ud83c", "x"], "�x", 1),
        (["a\ud83c"], "a�", 1),
        (["\udf5e\ud83c"], "��", 2),
        (["a\x00b"], "a�b", 1),
        ([""], "", 0),
    ],
)
def test_what_cannot_be_stored_is_replaced_and_counted(pieces: list[str], text: str, replaced: int) -> None:
    assert scrubbed(pieces) == (text, replaced)


@given(HALVES, st.lists(st.integers(0, 20)))
def test_cutting_does_not_matter(text: str, cuts: list[int]) -> None:
    edges = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    pieces = [text[start:stop] for start, stop in pairwise(edges)]
    assert scrubbed(pieces) == scrubbed([text])
    scrubbed(pieces)[0].encode()


def test_json_values_are_cleaned_all_through() -> None:
    value = {"path\x00": ["a\ud800", {"b": 1, "c": None}], "d": True}
    assert scrub(value) == {"path�": ["a�", {"b": 1, "c": None}], "d": True}
