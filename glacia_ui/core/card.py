"""The change card of a new version: the model's words, and the facts beside them, computed from the diff."""

from __future__ import annotations

from collections.abc import Sequence

from glacia_ui.core.clean import REPLACEMENT
from glacia_ui.core.diff import FileDiff, file_stats
from glacia_ui.core.models import ChangeCard
from glacia_ui.core.texts import text
from glacia_ui.core.tools import Finish


def make_card(
    finish: Finish | None, reply: str, diffs: Sequence[FileDiff], mismatches: Sequence[str] | None = None
) -> ChangeCard:
    """The card. Without words of its own from `finish` it takes the first line of the reply as its title.

    `mismatches` are those of the reply, None where nobody has compared it.
    """
    return ChangeCard(
        title=(finish.title if finish else "") or _first_line(reply) or text("tools.title_fallback"),
        summary=finish.summary if finish else [],
        what_to_check=[*(finish.what_to_check if finish else []), *_warnings(diffs)],
        files=file_stats(diffs),
        added=sum(diff.added for diff in diffs),
        removed=sum(diff.removed for diff in diffs),
        mismatches=None if mismatches is None else list(mismatches),
    )


def _first_line(reply: str) -> str:
    line = next((line.strip(" #*_`") for line in reply.split("\n") if line.strip(" #*_`")), "")
    return line if len(line) <= 80 else line[:79].rsplit(" ", 1)[0] + "…"


def _warnings(diffs: Sequence[FileDiff]) -> list[str]:
    """Says when new lines hold the character that stands for lost ones."""
    lines = (line for diff in diffs for hunk in diff.hunks for line in hunk.lines)
    is_replaced = any(line.kind == "+" and REPLACEMENT in line.text for line in lines)
    return [text("tools.check_replaced")] if is_replaced else []
