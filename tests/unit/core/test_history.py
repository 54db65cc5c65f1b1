"""A long conversation is shortened: every request and every change card stays, in steps, so that the cache is hit."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from glacia_ui.core import history as rules
from glacia_ui.core.history import History, Turn, history_messages
from glacia_ui.core.models import ChangeCard, FileStat

Message = dict[str, Any]


def text_of(messages: list[Message]) -> str:
    return "\n".join(block["text"] for message in messages for block in message["content"])


def turn(number: int, prompt: int, reply: int, card: ChangeCard | None = None) -> Turn:
    """A turn whose texts have these sizes and begin with their number."""
    said = f"reply {number} ".ljust(reply, "y")[:reply]
    return Turn(f"request {number}: ".ljust(prompt, "x"), said, card, number, len(said))


def steps_of(history: History) -> list[int]:
    """After how many turns a request does not begin with the bytes of the one before."""
    told = [
        json.dumps(history_messages(History(history.turns[:count], history.omitted)))
        for count in range(len(history.turns) + 1)
    ]
    pairs = enumerate(pairwise(told), start=1)
    return [count for count, (before, after) in pairs if not after.startswith(before.removesuffix("]"))]


def green(number: int) -> ChangeCard:
    files = [
        FileStat(path="style.css", change="modified", added=number, removed=2),
        FileStat(path="new.js", change="added", added=9, removed=0),
        FileStat(path="b.html", change="renamed", added=0, removed=0, old_path="a.html"),
    ]
    return ChangeCard(title=f"Title {number}", summary=["Buttons are green.", "So is the rest."], files=files)


def most_of(turn: Turn) -> int:
    """Characters that a shortened turn has at most."""
    card = turn.card or ChangeCard(title="")
    files = sum(len(stat.path) + 25 for stat in card.files[: rules.MOST_FILES])
    return len(turn.prompt) + 80 + len(card.title) + sum(len(line) + 3 for line in card.summary) + files


SIZES = st.one_of(st.integers(20, 400), st.integers(400, 9_000), st.just(100_000))
CARDS = st.one_of(
    st.none(),
    st.builds(
        ChangeCard,
        title=st.text(min_size=1, max_size=80),
        summary=st.lists(st.text(min_size=1, max_size=300), max_size=5),
        files=st.lists(
            st.builds(
                FileStat,
                path=st.text("abc/.", min_size=1, max_size=40),
                change=st.sampled_from(["added", "modified", "deleted"]),
                added=st.integers(0, 900),
                removed=st.integers(0, 900),
            ),
            max_size=30,
        ),
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    kinds = draw(st.lists(st.tuples(SIZES, SIZES, CARDS), max_size=25))
    turns = [turn(number, prompt, reply, card) for number, (prompt, reply, card) in enumerate(kinds, start=1)]
    return History(turns, omitted=draw(st.sampled_from([0, 0, 7])))


@settings(max_examples=40, deadline=None)
@given(histories())
def test_the_result_is_within_the_limit_and_the_roles_take_turns(history: History) -> None:
    messages = history_messages(history)
    assert len(text_of(messages)) <= rules.HISTORY_CHARACTERS + len(messages)
    assert [message["role"] for message in messages] == ["user", "assistant"] * (len(messages) // 2)
    assert all(block["text"].strip() for message in messages for block in message["content"])


@settings(max_examples=40, deadline=None)
@given(histories())
def test_no_request_and_no_card_is_lost_below_the_limit_and_what_is_lost_is_counted(history: History) -> None:
    text = text_of(history_messages(history))
    kept = [turn for turn in history.turns if turn.prompt in text]
    gone = len(history.turns) - len(kept)
    assert list(history.turns[gone:]) == kept
    for each in kept:
        if each.card and each.reply and each.reply not in text:
            assert each.card.title in text
            assert all(line in text for line in each.card.summary)
            assert all(f"{stat.path}" in text for stat in each.card.files[: rules.MOST_FILES])
    assert (rules.LEFT_OUT.format(count=history.omitted + gone) in text) == (history.omitted + gone > 0)
    assert gone == 0 or sum(map(most_of, history.turns)) > rules.SHORT_UP_TO


@settings(max_examples=20, deadline=None)
@given(histories())
def test_each_request_begins_with_all_of_the_one_before_except_at_a_step(history: History) -> None:
    steps = steps_of(history)
    size = sum(turn.size for turn in history.turns)
    large = sum(turn.size > rules.FULL_AFTER for turn in history.turns)
    assert len(steps) <= size / rules.FULL_AFTER + large


def test_in_a_usual_conversation_steps_are_rare() -> None:
    turns = [turn(number, 200, 1_300, green(number)) for number in range(1, 201)]
    assert steps_of(History(turns)) == [41, 62, 83, 104, 125, 146, 167, 188]


def test_what_is_left_out_goes_in_steps_too() -> None:
    turns = [turn(number, 5_000, 100, green(number)) for number in range(1, 101)]
    told = [text_of(history_messages(History(turns[:count]))) for count in range(len(turns))]
    gone = [int(match[1]) if (match := re.search(r"\(The (\d+) oldest", text)) else 0 for text in told]
    assert gone[30] == 0
    assert gone[-1] > 60
    assert len(set(gone)) < 10


def test_older_turns_lose_their_words_and_keep_the_request_and_the_card() -> None:
    turns = [turn(1, 30, 50_000, green(1)), turn(2, 30, 15_000), turn(3, 30, 2_000, green(3))]
    first, read, request, answer, *rest = history_messages(History(turns))
    assert first["content"][0]["text"] == (
        f"{rules.SHORTENED}\n\n"
        "(Request 1)\nrequest 1: xxxxxxxxxxxxxxxxxxx\n(Version 1: Title 1)\n- Buttons are green.\n- So is the rest.\n"
        "Files: style.css +1 −2, new.js added +9 −0, a.html → b.html +0 −0"
    )
    assert (read["role"], request["content"][0]["text"]) == ("assistant", turns[1].prompt)
    assert answer["content"][0]["text"] == turns[1].reply
    assert len(rest) == 2


def test_where_the_steps_fall_does_not_depend_on_words_that_are_too_old_to_be_handed_over() -> None:
    turns = [turn(number, 500, 4_000, green(number)) for number in range(1, 100)]
    held_back = [Turn(t.prompt, None, t.card, t.version, t.reply_size) for t in turns[:50]] + turns[50:]
    assert history_messages(History(held_back)) == history_messages(History(turns))


def test_of_very_many_files_the_number_is_told() -> None:
    files = [FileStat(path=f"{number}.css", change="added", added=1, removed=0) for number in range(25)]
    old = turn(1, 30, 70_000, ChangeCard(title="Many", files=files))
    text = text_of(history_messages(History([old])))
    assert len(re.findall(r"\d+\.css", text)) == rules.MOST_FILES
    assert text.count("and 5 more") == 1


def test_without_words_and_without_a_card_something_is_still_said() -> None:
    (_, answer) = history_messages(History([Turn("hello", "  ")]))
    assert answer["content"][0]["text"] == rules.WORDS_ONLY
    assert history_messages(History()) == []
