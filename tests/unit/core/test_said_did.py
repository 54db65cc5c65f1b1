"""What a reply claims is held against the difference: no honest reply is doubted, and few lies go unnoticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.claims import Claim, read_claims
from glacia_ui.core.diff import diff_files, file_stats
from glacia_ui.core.said_did import MOST, Work, find_mismatches
from glacia_ui.core.texts import text
from tests.support.replies import BEFORE, HONEST, LYING

LEAST_RECALL = 0.8


def work(changes: str, prompt: str = "Make it nicer") -> Work:
    """From `M style.css; A new.html; D old.css; R a.html > b.html`, or `-`."""
    before = {path: path for path in BEFORE}
    after, renames = dict(before), {}
    for change in changes.split("; ") if changes != "-" else []:
        kind, path = change.split(" ", 1)
        if kind == "A":
            before.pop(path, None)
        if kind == "R":
            path, new = path.split(" > ")
            after[new] = after.pop(path)
            renames[new] = path
        elif kind == "D":
            del after[path]
        else:
            after[path] = f"new {path}"
    stats = file_stats(diff_files(before, after, renames=renames))
    return Work(prompt, before.keys(), after.keys(), stats)


def doubts(reply: str, changes: str, prompt: str = "Make it nicer") -> list[str]:
    return find_mismatches([reply], work(changes, prompt))


@pytest.mark.parametrize(("changes", "reply"), HONEST)
def test_an_honest_reply_is_not_doubted(changes: str, reply: str) -> None:
    assert doubts(reply, changes) == []


def test_of_many_lies_few_go_unnoticed() -> None:
    """The precision over both lists is 1, by the test above; this is the recall."""
    missed = [reply for changes, reply in LYING if not doubts(reply, changes)]
    assert (len(LYING) >= 40, len(HONEST) >= 60) == (True, True)
    assert 1 - len(missed) / len(LYING) >= LEAST_RECALL, missed


@pytest.mark.parametrize(
    ("reply", "changes", "kind", "path"),
    [
        ("I updated style.css.", "M index.html", "changed", "style.css"),
        ("I created contact.html.", "M index.html", "missing", "contact.html"),
        ("I deleted about.html.", "M index.html", "deleted", "about.html"),
        ("I renamed about.html to team.html.", "M index.html", "renamed", "about.html"),
        ("I renamed about.html to team.html.", "R about.html > staff.html", "missing", "team.html"),
        ("I added a form.", "-", "nothing", ""),
    ],
)
def test_the_sentence_says_what_is_wrong(reply: str, changes: str, kind: str, path: str) -> None:
    assert doubts(reply, changes) == [text(f"mismatches.{kind}", path=path)]


def test_each_thing_is_said_once_and_not_too_many() -> None:
    assert len(doubts("I updated style.css. I also fixed style.css.", "M index.html")) == 1
    many = " ".join(f"I created page{number}.html." for number in range(20))
    assert len(doubts(many, "M index.html")) == MOST


@pytest.mark.parametrize(
    "prompt",
    ["What did you change?", "why is it red", "Explain what you did", "Thanks, great!", "Is the menu fixed?"],
)
def test_an_answer_to_a_question_may_tell_of_earlier_work(prompt: str) -> None:
    assert doubts("I changed the headline and the colours.", "-", prompt) == []


@pytest.mark.parametrize("prompt", ["Can you make it red?", "Please make it red", "Could you fix the menu?", "red"])
def test_a_request_in_the_form_of_a_question_is_a_request(prompt: str) -> None:
    assert doubts("I changed the colours.", "-", prompt) == [text("mismatches.nothing")]


def test_claims_are_read_with_what_was_done_and_to_which_file() -> None:
    said = "I created `a.html`, renamed b.html to css/c.html and removed the rule from **style.css**. old.js is gone."
    assert read_claims(said) == [
        Claim("created", "a.html"),
        Claim("renamed", "b.html", "css/c.html"),
        Claim("changed", "style.css"),
        Claim("deleted", "old.js"),
    ]


def test_marks_of_ours_in_a_text_name_no_file() -> None:
    assert read_claims("I updated ⟦1⟧ and a.css.") == read_claims("I updated [1] and a.css.")


@given(
    st.lists(
        st.sampled_from([*"IaAé⟦⟧0`*_\"“”.:;,()/-–—>\n<'’!?#|[] ", "I updated ", "a.css", " and ", "files", "⟦1⟧"])
    )
)
def test_no_text_is_too_odd(pieces: list[str]) -> None:
    for claim in read_claims("".join(pieces)):
        assert claim.path is None or claim.path in "".join(pieces)


def test_of_a_very_long_text_whole_lines_at_the_end_are_read() -> None:
    start = "I did not do it: " + "x" * 50_000 + " I updated a.css.\n"
    assert read_claims(start + "I updated b.css.") == [Claim("changed", "b.css")]
    assert read_claims("I updated a.css. " * 10_000) == []


def test_very_long_texts_are_read() -> None:
    for piece in ("“", "a.", "a/", "I updated a.css, ", "`x", "[a](", "and ", "<", "⟦"):
        assert {claim.path for claim in read_claims(piece * 20_000)} <= {None, "a.css"}
