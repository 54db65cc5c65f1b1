"""What a generation had come to when it ended on its way: what its finished calls did, and the file being written.

The rule that a call which was cut off never runs stands for versions. For a draft, which its owner may keep or discard,
the text of that file counts as far as it was shown: a new one, or more at the end of one. An edit that was cut off does
not, nor a rewriting of a file that was there: the half of it would be worth less than the whole that is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from glacia_ui.core.card import make_card
from glacia_ui.core.models import ChangeCard
from glacia_ui.core.reply import CutCall
from glacia_ui.core.staging import Change, Staging, StagingError
from glacia_ui.core.texts import text


@dataclass(frozen=True, slots=True)
class WorkDraft:
    """Changes against the files that the generation began with, never none. `unfinished`: paths that end midway."""

    changes: list[Change]
    card: ChangeCard
    unfinished: list[str]


def make_draft(staging: Staging, cut: CutCall | None) -> WorkDraft | None:
    """The draft, or None when there is nothing. `staging` stays as it is."""
    tried = staging.fork()
    unfinished = [cut.path] if cut and _add(tried, cut) else []
    diffs = tried.diffs()
    if not diffs:
        return None
    notes = [text("tools.check_unfinished", path=path) for path in unfinished]
    card = make_card(None, "", diffs)
    checks = [*notes, text("tools.check_missing"), *card.what_to_check]
    title = text("tools.draft_title")
    return WorkDraft(tried.changes(), card.model_copy(update={"title": title, "what_to_check": checks}), unfinished)


def _add(staging: Staging, cut: CutCall) -> bool:
    """Write what there is of the file; whether that could be done."""
    try:
        if cut.action == "append":
            staging.append(cut.path, cut.text)
        elif cut.action == "write" and cut.path not in staging.base and cut.text:
            staging.write(cut.path, cut.text)
        else:
            return False
    except StagingError:
        return False
    return True
