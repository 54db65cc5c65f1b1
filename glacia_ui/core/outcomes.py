"""What each way to end means: for the user's money, and before that, whether Claude is asked again. The one rule, as
PRODUCT.md words it, in two tables; docs/faults.md shows them.

`RULES` says what an outcome costs. The database applies it (`private.outcome_rules`); a test holds the two to each
other. Quota comes back when nothing usable was delivered. The place in the window comes back too, unless the request
did its work upstream. `FAILURES` says which outcome a failure leads to; `claude/` reads there whether to ask again.
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

LEAVES_DRAFT: frozenset[Outcome] = frozenset({"truncated", "upstream_error", "stopped", "interrupted"})
"""Ends on the way: what there is by then is kept as a draft, and offered. The database has the same list."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One way of failing; its key in `FAILURES` is the code that the page, the API and the log name it by.

    `is_asked_again`: up to three times more, as long as nothing of the answer was shown. `happens` is said in the docs.
    """

    outcome: Outcome
    happens: str
    is_asked_again: bool = False


FAILURES: Mapping[str, Failure] = {
    "upstream_rate_limited": Failure("upstream_error", "429 `rate_limit_error`", is_asked_again=True),
    "upstream_failed": Failure("upstream_error", "500 `api_error`", is_asked_again=True),
    "upstream_overloaded": Failure("upstream_error", "503, 529 `overloaded_error`", is_asked_again=True),
    "upstream_unreachable": Failure("upstream_error", "no connection", is_asked_again=True),
    "upstream_cut": Failure(
        "upstream_error", "the stream ends early, without `message_stop`, or is not readable", is_asked_again=True
    ),
    "upstream_stalled": Failure("upstream_error", "no byte for 60 seconds", is_asked_again=True),
    "upstream_spend_limit": Failure("upstream_error", "402, or 429 `enforced_spend_limit_reached`"),
    "upstream_key": Failure("upstream_error", "401, 403"),
    "upstream_bad_request": Failure("upstream_error", "400, 404, 413, 422"),
    "upstream_unexpected": Failure("upstream_error", "any other status"),
    "context_full": Failure("truncated", "the prompt is too long, or `model_context_window_exceeded`"),
    "truncated": Failure("truncated", "`max_tokens` a third time"),
    "refused": Failure("refused", "stop reason `refusal`"),
    "edits_failed": Failure("edits_failed", "refused tool calls: 8 in all, or nothing else in 4 messages in a row"),
    "file_locked": Failure("edits_failed", "nothing could be changed but a locked file, or it was locked meanwhile"),
    "empty": Failure("empty", "neither text nor a change"),
    "stopped_early": Failure("stopped_early", "Stop before anything was shown"),
    "stopped": Failure("stopped", "Stop after something was shown"),
    "dropped": Failure("dropped", "taken out of the queue"),
    "interrupted": Failure("interrupted", "the process ended or was killed"),
    "internal_error": Failure("internal_error", "a mistake of ours"),
}
"""Every failure; all of them end in one message, one refund or none, and never in a version."""
