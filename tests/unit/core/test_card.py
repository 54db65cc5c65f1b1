"""The change card: the model's words, and facts that equal the diff."""

from __future__ import annotations

from glacia_ui.core.card import make_card
from glacia_ui.core.diff import diff_files
from glacia_ui.core.texts import text
from glacia_ui.core.tools import Finish

DIFFS = diff_files({"a": "1\n2\n", "b": "x\n"}, {"a": "1\n3\n4\n"})


def test_words_from_finish_facts_from_the_diff() -> None:
    card = make_card(Finish("New", ["one"], ["check"]), "reply", DIFFS)
    assert (card.title, card.summary, card.what_to_check) == ("New", ["one"], ["check"])
    assert (card.added, card.removed) == (2, 2)
    assert [(f.path, f.change, f.added, f.removed) for f in card.files] == [
        ("a", "modified", 2, 1),
        ("b", "deleted", 0, 1),
    ]


def test_a_card_without_a_reply_was_compared_with_nothing() -> None:
    assert make_card(None, "", DIFFS).mismatches is None
    assert make_card(None, "reply", DIFFS, []).mismatches == []
    assert make_card(None, "reply", DIFFS, ["no"]).mismatches == ["no"]


def test_without_words_the_reply_gives_the_title() -> None:
    assert make_card(None, "\n## **Here** is the page\nmore", DIFFS).title == "Here** is the page"
    assert make_card(Finish("", [], []), "", DIFFS).title == text("tools.title_fallback")
    long = make_card(None, "word " * 40, DIFFS).title
    assert len(long) <= 80
    assert long.endswith("word…")


def test_lost_characters_are_something_to_check() -> None:
    card = make_card(Finish("New", [], []), "", diff_files({}, {"a": "x�\n"}))
    assert card.what_to_check == [text("tools.check_replaced")]
    assert make_card(None, "", diff_files({"a": "�\n"}, {})).what_to_check == []
