"""Holds what the model says it did against what it did: a list of plain sentences about what does not agree."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from glacia_ui.core.claims import Claim, read_claims
from glacia_ui.core.models import FileStat
from glacia_ui.core.texts import text

MOST = 5
"""Sentences: more say nothing that the first ones do not."""

_IS_TALK = re.compile(
    r"^\W*(?:what|which|why|when|how|where|who|did|have|has|was|were|is|are|do|does|explain|describe|tell|show|list"
    r"|summari[sz]e|thanks?|thank you|thx|great|nice|cool|perfect|super|good|wow|hi|hello|hey|ok(?:ay)?)\b|\?\W*$",
    re.IGNORECASE,
)
_ASKS_FOR_WORK = re.compile(
    r"^\W*(?:can|could|would|will|please|how about|what about|why (?:not|don'?t))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Work:
    """What was asked, which files there were before and after, and the facts of the difference."""

    prompt: str
    before: Collection[str]
    after: Collection[str]
    changes: Sequence[FileStat]


def find_mismatches(said: Iterable[str], work: Work) -> list[str]:
    """What the texts of the model claim and the files do not show; empty when they agree or claim nothing.

    Where nothing was changed and nothing was asked for, the answer may tell of earlier work.
    """
    claims = [claim for part in said for claim in read_claims(part)]
    if work.changes:
        found = [sentence for claim in claims if (sentence := _mismatch(claim, claims, work))]
        return list(dict.fromkeys(found))[:MOST]
    is_talk = _IS_TALK.search(work.prompt) and not _ASKS_FOR_WORK.match(work.prompt)
    return [text("mismatches.nothing")] if claims and not is_talk else []


def _mismatch(claim: Claim, claims: Sequence[Claim], work: Work) -> str | None:
    """The sentence about one claim, or None when it is true or says too little."""
    if claim.path is None:
        return None
    if claim.action == "deleted":
        return _say("deleted", claim) if _deleted_none(claim.path, work) else None
    if claim.action == "renamed":
        return _renamed(claim, work)
    if not _matching(claim.path, work.after):
        is_known = _is_touched(claim.path, work) or _is_gone_again(claim.path, claims)
        return None if is_known else _say("missing", claim)
    return None if claim.action == "added" or _is_touched(claim.path, work) else _say("changed", claim)


def _deleted_none(path: str, work: Work) -> bool:
    """It is still there, and no other file of that name went."""
    went = [stat.path for stat in work.changes if stat.change == "deleted"]
    return bool(_matching(path, work.after)) and not _matching(path, went)


def _renamed(claim: Claim, work: Work) -> str | None:
    path = claim.path or ""
    is_moved = any(_matching(path, [stat.old_path or ""]) for stat in work.changes)
    if _matching(path, work.after) and not is_moved and claim.new_path != path:
        return _say("renamed", claim)
    if claim.new_path and not _matching(claim.new_path, work.after):
        return text("mismatches.missing", path=claim.new_path)
    return None


def _is_touched(path: str, work: Work) -> bool:
    touched = [name for stat in work.changes for name in (stat.path, stat.old_path) if name]
    return bool(_matching(path, touched))


def _is_gone_again(path: str, claims: Sequence[Claim]) -> bool:
    """Made and taken away again, or given another name, as the same text says."""
    return any(claim.action in ("deleted", "renamed") and claim.path == path for claim in claims)


def _matching(name: str, paths: Iterable[str]) -> list[str]:
    """The paths that a name in a text can mean: itself, or a file in some folder, and `styles.css` for `style.css`."""
    wanted = _key(name)
    return [path for path in paths if _key(path) == wanted or _key(path).endswith(f"/{wanted}")]


def _key(path: str) -> str:
    return re.sub(r"s(\.\w+)$", r"\1", path.lower())


def _say(kind: str, claim: Claim) -> str:
    return text(f"mismatches.{kind}", path=claim.path)
