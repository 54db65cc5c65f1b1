"""Every error has a sentence, and times in it are written for people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from glacia_ui import errors
from glacia_ui.core.texts import catalogue
from glacia_ui.errors import AppError, ConflictError, QuotaExceededError, RateLimitedError
from glacia_ui.web.wording import clock, sentence, span


def test_a_full_window_says_whose_limit_and_when_it_frees() -> None:
    params = {"policy": "generation", "limit": 5, "window_seconds": 900}
    assert sentence(RateLimitedError(params=params, retry_after=372)) == (
        "Next free slot in 6:12. You used 5 of 5 in the last 15 minutes. This is Glacia’s limit, not Claude’s."
    )


def test_each_policy_may_have_words_of_its_own() -> None:
    params = {"policy": "sign_in_account", "limit": 10, "window_seconds": 900}
    assert (
        sentence(RateLimitedError(params=params, retry_after=5)) == "Too many tries for this email. Try again in 0:05."
    )


def test_a_used_up_month_names_the_month_and_the_day() -> None:
    error = QuotaExceededError(params={"limit": 50, "resets_at": datetime(2027, 1, 1, tzinfo=UTC)})
    assert sentence(error) == "Your 50 for December are used. 50 new ones on 1 January."


def test_an_unknown_code_falls_back_to_its_class() -> None:
    assert sentence(ConflictError(code="brand_new")) == sentence(ConflictError())


def test_a_text_whose_parameters_are_missing_is_not_shown() -> None:
    assert sentence(RateLimitedError()) == sentence(AppError())


@pytest.mark.parametrize("kind", [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, AppError)])
def test_every_class_of_errors_has_a_text(kind: type[AppError]) -> None:
    assert f"errors.{kind.default_code}" in catalogue("errors")


@pytest.mark.parametrize("text", catalogue("errors", "auth").values())
def test_no_text_blames_shouts_or_uses_our_words(text: str) -> None:
    assert not {"snapshot", "prompt", "commit", "refund", "oops", "!"} & set(text.lower().replace(".", " ").split())
    assert "!" not in text


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59, "0:59"), (372, "6:12"), (3661, "1:01:01")])
def test_clock(seconds: int, shown: str) -> None:
    assert clock(seconds) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(60, "a minute"), (900, "15 minutes"), (90, "90 seconds")])
def test_span(seconds: int, shown: str) -> None:
    assert span(seconds) == shown
