"""The table of failures: each has its outcome, its words, and its line in docs/faults.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from glacia_ui.core.outcomes import FAILURES, RULES
from glacia_ui.core.texts import text

DOCUMENT = Path(__file__).parents[3] / "docs/faults.md"


def row(code: str) -> str:
    failure = FAILURES[code]
    rule = RULES[failure.outcome]
    asked_again = "yes" if failure.is_asked_again else "no"
    quota = "back" if rule.returns_quota else "kept"
    slot = "back" if rule.releases_slot else "kept"
    return f"| `{code}` | {failure.happens} | {asked_again} | `{failure.outcome}` | {quota} | {slot} |"


@pytest.mark.parametrize("code", FAILURES)
def test_a_failure_has_words_of_its_own(code: str) -> None:
    words = {other: text(f"failures.{other}", path="style.css") for other in FAILURES}
    assert words[code]
    assert list(words.values()).count(words[code]) == 1


def test_every_outcome_that_is_no_success_can_be_reached() -> None:
    reached = {failure.outcome for failure in FAILURES.values()}
    assert reached == {outcome for outcome, rule in RULES.items() if rule.status != "succeeded"}


def test_only_claudes_side_is_asked_again() -> None:
    again = [failure.outcome for failure in FAILURES.values() if failure.is_asked_again]
    assert set(again) == {"upstream_error"}


def test_the_document_shows_the_table_as_it_is() -> None:
    shown = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert shown == [row(code) for code in FAILURES]
