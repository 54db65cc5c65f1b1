"""The sentence for an error: by its code and parameters from the catalogue, with times written out for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from glacia_ui.core.texts import text
from glacia_ui.errors import AppError

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def sentence(error: AppError) -> str:
    """What happened, what it means, what to do. Of the class, when the code has no text that can be filled in."""
    params = _written_out(error)
    for key in (f"{error.code}_{error.params.get('policy')}", error.code, error.default_code):
        try:
            return text(f"errors.{key}", **params)
        except (KeyError, TypeError, ValueError):
            continue
    return text("errors.internal")


def _written_out(error: AppError) -> Mapping[str, object]:
    params = dict(error.params)
    if error.retry_after is not None:
        params["wait"] = clock(error.retry_after)
    if isinstance(window := params.get("window_seconds"), int):
        params["window"] = span(window)
    if isinstance(resets_at := params.get("resets_at"), datetime):
        # The period that is used up is the month before the one that brings new ones.
        params["month"] = _MONTHS[(resets_at.month - 2) % 12]
        params["reset_day"] = f"{resets_at.day} {_MONTHS[resets_at.month - 1]}"
    return params


def clock(seconds: int) -> str:
    """A wait as a clock shows it: 6:12, or 1:06:12."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: int) -> str:
    """A window in words: 15 minutes, a minute, 90 seconds."""
    minutes, rest = divmod(seconds, 60)
    if rest:
        return f"{seconds} seconds"
    return "a minute" if minutes == 1 else f"{minutes} minutes"
