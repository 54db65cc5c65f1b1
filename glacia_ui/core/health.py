"""The health of a snapshot: what went wrong in its previews."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from glacia_ui.core.model import Model

HealthState = Literal["unknown", "ok", "broken"]
ErrorKind = Literal[
    "error",  # an uncaught exception
    "rejection",  # a promise that failed and that nobody looked after
    "missing",  # a file that the version does not have
    "unreadable",  # a file that it has and that could not be used
    "outside",  # something from elsewhere, which a preview does not load
    "console",  # what the page wrote to its console as an error: a detail beside the others, no error by itself
]


class PreviewError(Model):
    """Something that went wrong in a preview, in the page's own words: hostile text, to be shown as text only.

    Texts have at most 500 characters.
    `file` is a path in the project where it is known, or an address elsewhere for what was asked for outside.
    """

    kind: ErrorKind
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None


class SnapshotHealth(Model):
    """What previews of a snapshot have shown so far. `unknown`: nobody has looked."""

    state: HealthState = "unknown"
    errors: list[PreviewError] = Field(default_factory=list)
    """Different ones, as first seen, details last; at most 20."""
    is_fix_blocked: bool = False
    """The same error is still there after Claude was asked to fix it: another try is unlikely to help."""
    last_working: int | None = None
    """Of a broken snapshot: the one to go back to. In a list this and the above are told of the newest only."""
    seen_at: datetime | None = None
