"""The request behind "Fix this": which version, and what went wrong in it, in words for Claude and for the chat."""

from __future__ import annotations

from collections.abc import Sequence

from glacia_ui.core.health import PreviewError
from glacia_ui.core.texts import text


def fix_prompt(snapshot: int, errors: Sequence[PreviewError]) -> str:
    """The request, at most about 20 kB: an error is bounded in length, a version in errors."""
    found = [_line(error) for error in errors if error.kind != "console"]
    details = [_line(error) for error in errors if error.kind == "console"]
    parts = [text("fix.intro", version=snapshot), "\n".join(found)]
    if details:
        parts += [text("fix.details"), "\n".join(details)]
    return "\n\n".join([*parts, text("fix.rule")])


def _line(error: PreviewError) -> str:
    said = text(f"fix.{error.kind}", message=error.message or text("fix.no_message"), file=error.file or "?")
    return f"- {said}{_place(error)}"


def _place(error: PreviewError) -> str:
    """Where it happened, if the sentence does not say so already."""
    if error.file is None or error.kind in ("missing", "unreadable", "outside"):
        return ""
    if error.line is None:
        return text("fix.in_file", file=error.file)
    return text("fix.at_line", file=error.file, line=error.line)
