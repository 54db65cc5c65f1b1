"""Reads the request behind "Fix this" back: one wish for each error."""

from __future__ import annotations

import re

from glacia_ui.core.texts import text


def _pattern(key: str, **named: str) -> re.Pattern[str]:
    """What matches a text of the catalogue; each parameter is a group."""
    marks = {name: f"\0{name}\0" for name in named}
    words = re.escape(text(key, **marks))
    for name, inside in named.items():
        words = words.replace(re.escape(marks[name]), f"(?P<{name}>{inside})")
    return re.compile(words)


_INTRO = _pattern("fix.intro", version=r"\d+")
MISSING = _pattern("fix.missing", file=".+")
OUTSIDE = _pattern("fix.outside", file=".+")
UNREADABLE = _pattern("fix.unreadable", file=".+")
SCRIPT_ERRORS = (_pattern("fix.error", message=".*"), _pattern("fix.rejection", message=".*"))


def wishes_to_fix(prompt: str) -> list[str] | None:
    """The errors in it, a sentence each, without what the page wrote to its console. None if it is another request."""
    lines = prompt.splitlines()
    if not lines or not _INTRO.fullmatch(lines[0]):
        return None
    end = lines.index(text("fix.details")) if text("fix.details") in lines else len(lines)
    return [line.removeprefix("- ") for line in lines[:end] if line.startswith("- ")]
