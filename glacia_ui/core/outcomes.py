"""What each end of a generation means for the user's money: the one rule, as PRODUCT.md words it, in one table.

The database applies it (`private.outcome_rules`); a test holds the two tables to each other. Quota comes back when
nothing usable was delivered. The place in the window comes back too, unless the request did its work upstream.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from glacia_ui.core.models import Outcome


@dataclass(frozen=True, slots=True)
class Rule:
    """How a generation with this outcome stands in the books."""

    status: Literal["succeeded", "failed", "cancelled"]
    returns_quota: bool
    releases_slot: bool


RULES: Mapping[Outcome, Rule] = {
    "committed": Rule("succeeded", returns_quota=False, releases_slot=False),
    "answered": Rule("succeeded", returns_quota=False, releases_slot=False),
    "upstream_error": Rule("failed", returns_quota=True, releases_slot=True),
    "refused": Rule("failed", returns_quota=True, releases_slot=False),
    "truncated": Rule("failed", returns_quota=True, releases_slot=True),
    "edits_failed": Rule("failed", returns_quota=True, releases_slot=True),
    "empty": Rule("failed", returns_quota=True, releases_slot=True),
    "interrupted": Rule("failed", returns_quota=True, releases_slot=True),
    "internal_error": Rule("failed", returns_quota=True, releases_slot=True),
    "stopped_early": Rule("cancelled", returns_quota=True, releases_slot=False),
    "stopped": Rule("cancelled", returns_quota=False, releases_slot=False),
    "dropped": Rule("cancelled", returns_quota=True, releases_slot=True),
}
