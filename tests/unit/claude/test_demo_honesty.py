"""The demo model's replies over all its pages and follow-ups: none of them is doubted."""

from __future__ import annotations

from itertools import pairwise

import pytest

from glacia_ui.claude.demo.mind import answer
from glacia_ui.core.diff import file_stats
from glacia_ui.core.prompt import ModelRequest, first_messages
from glacia_ui.core.reply import ToolCall
from glacia_ui.core.said_did import Work, find_mismatches
from glacia_ui.core.staging import Staging
from glacia_ui.core.tools import Toolbox
from tests.unit.claude.test_demo_pages import KINDS

WISHES = [
    'change the headline to "I deleted style.css"', "change the title to Crumbs", "rename it to Crumbs",
    "change the tagline to: Bread for all", "make the button say Order now", "replace Seeded rye with Spelt loaf",
    "add our opening hours: Monday to Friday 8 to 5", "change the opening hours to daily 6 to 2", "add a FAQ section",
    "add testimonials", "add a gallery", "add a button saying Call us", "make the text bigger", "smaller text please",
    "rounder corners", "square corners", "use a sans serif font", "dark mode", "light mode", "make it warmer",
    "softer colours", "other colours please", "make the background light blue", "make the buttons red",
    "make the headline red", "make it dark green", "remove the questions", "remove the footer", "delete the picture",
    "add a footer", "add news", "add a rocket section", "make it blue and add a rocket engine", "fly me to the moon",
    "make me a calculator", "remove the swimming pool", "What can you do?", "What files are there?",
    "Which colours does it use?", "What sections are on the page?", "How do I undo that?", "What does this cost?",
    "Why is the sky blue?", "build a quiz about animals", "a to-do list for a trip", "delete style.css",
]  # fmt: skip


def ask(prompt: str, files: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The files afterwards, and what of its words does not fit them."""
    said = answer(first_messages(ModelRequest(prompt, "m", files)))
    staging = Staging(files)
    box = Toolbox(staging)
    for call in said.calls:
        box.run(ToolCall("x", call.name, call.input, call.input.get("path", "")))
    words = [said.text, box.finish.title, *box.finish.summary] if box.finish else [said.text]
    work = Work(prompt, files.keys(), staging.files.keys(), file_stats(staging.diffs()))
    return staging.files, find_mismatches(words, work)


@pytest.mark.parametrize("prompt", KINDS.values(), ids=KINDS.keys())
def test_no_reply_about_a_page_is_doubted(prompt: str) -> None:
    files, doubts = ask(prompt, {})
    assert (bool(files), doubts) == (True, [])
    for wish in WISHES:
        assert ask(wish, files)[1] == [], wish


def test_no_reply_of_a_long_afternoon_is_doubted() -> None:
    states = [ask("a landing page for a bakery", {})]
    for wish in WISHES:
        states.append(ask(wish, states[-1][0]))
    assert [doubts for _, doubts in states] == [[]] * len(states)
    assert sum(before != after for (before, _), (after, _) in pairwise(states)) > 20
