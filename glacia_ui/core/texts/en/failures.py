"""How a generation ended without a version, by error code: what happened, what it means for you, what to do.

What it costs is said beside it, from the `returned` flag of the `failed` event.
"""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Claude's side
    "upstream_overloaded": "Claude is overloaded right now. Try again in a few minutes.",
    "upstream_rate_limited": "Claude takes no more requests from this Glacia for the moment. Try again a little later.",
    "upstream_failed": "Claude had a problem of its own. Try again in a moment.",
    "upstream_unreachable": "Claude cannot be reached. Check the network, then try again.",
    "upstream_cut": "The connection to Claude broke off in the middle. Try again.",
    "upstream_stalled": "Claude stopped answering in the middle. Try again.",
    "upstream_spend_limit": "The spending limit of this Glacia’s Claude account is reached. Ask whoever runs it.",
    "upstream_key": "Claude did not accept this Glacia’s key. Ask whoever runs it to check the key.",
    "upstream_bad_request": "Claude did not accept the request. A shorter one may help; if not, ask whoever runs it.",
    "upstream_unexpected": "Claude gave an answer that Glacia does not understand. Try again in a moment.",
    # the model's
    "refused": "Claude declined this request. Say it in other words, or ask for something else.",
    "truncated": "The answer became too long and was cut off, so no version was made. Ask for less at a time.",
    "context_full": "This project and its conversation are longer than Claude can read at once. Ask for one part of it, "
    "or delete files that you no longer need.",
    "edits_failed": "Claude could not fit its changes into your files, so no version was made. Try again.",
    "file_locked": "A locked file was in the way: {path}. Unlock it under Files and try again, or ask for something that "
    "leaves it as it is.",
    "empty": "Claude answered nothing. Try again.",
    # yours
    "stopped_early": "You stopped it before it had shown anything.",
    "stopped": "You stopped it. Text was shown: this one counts.",
    "dropped": "You took this one out of the queue.",
    # ours
    "interrupted": "Glacia was restarted while Claude was working, so no version was made. Try again.",
    "internal_error": "Something went wrong on our side, so no version was made. Try again.",
}
