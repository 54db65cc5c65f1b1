"""The conversation of one generation: what is asked next, what the answers do to the files, and how it ends.

Pure: the caller streams. `begin` a message, `feed` it raw events, then `end` it (or `abandon` it when it broke off),
until there is an outcome. Tool calls run as soon as their block ends, on the staged copy; their results go into the
next request. What was reached so far can be asked for at any moment with `result`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glacia_ui.core.card import make_card
from glacia_ui.core.diff import FileDiff, file_stats
from glacia_ui.core.events import NewEvent
from glacia_ui.core.live_file import ACTIONS
from glacia_ui.core.models import ChangeCard, Outcome, Usage
from glacia_ui.core.outcomes import LEAVES_DRAFT
from glacia_ui.core.pricing import PRICES, Price, add_request, cache_hit_rate
from glacia_ui.core.prompt import (
    CONTINUE,
    CONTINUE_ANSWER,
    ModelRequest,
    first_messages,
    has_breakpoint,
    with_breakpoint,
    without_breakpoint,
)
from glacia_ui.core.reply import Reply, ToolCall
from glacia_ui.core.said_did import Work, find_mismatches
from glacia_ui.core.staging import Change, Staging
from glacia_ui.core.tools import Toolbox, ToolResult
from glacia_ui.core.work_draft import WorkDraft, make_draft

MAX_STEPS = 40
"""Requests of one generation."""
MAX_FAILURES = 8
"""Refused tool calls of one generation; then it is not worth the tokens."""
MAX_BARREN = 4
"""Messages in a row that brought nothing but refused calls; one attempt and three more, as after any other failure."""
MAX_CONTINUATIONS = 2
"""How often a message that was cut off at the token limit is continued."""


@dataclass(frozen=True, slots=True)
class ModelResult:
    """What a generation has come to. `outcome` is None until it has ended by itself.

    `code` is the key in `core.outcomes.FAILURES` where it says more than the outcome.
    """

    outcome: Outcome | None
    text: str
    thinking: str
    changes: list[Change]
    card: ChangeCard | None
    mismatches: list[str]
    """What an answer without changes claims to have changed; those of a change stand on its card."""
    usage: Usage
    model: str
    attempts: int
    code: str | None = None
    first_prompt_tokens: int = 0
    """All input of the first request, from the cache or not: what a quote knows beforehand."""
    met_lock: str | None = None
    """A locked file that it was to change. With `edits_failed`, that is why."""
    draft: WorkDraft | None = None
    """What there is when it ended on its way: with an outcome in `LEAVES_DRAFT`, or None."""


class Agent:
    """One generation's conversation with the model."""

    def __init__(
        self,
        request: ModelRequest,
        staging: Staging,
        *,
        is_simulated: bool = False,
        prices: Mapping[str, Price] = PRICES,
    ) -> None:
        self.outcome: Outcome | None = None
        self.messages = first_messages(request)
        self._opening = len(self.messages)
        self.reply = Reply()
        self._request = request
        self._staging = staging
        self._toolbox = Toolbox(staging, request.mode)
        self._is_simulated = is_simulated
        self._prices = prices
        self._replies: list[Reply] = []
        self._results: list[tuple[ToolCall, ToolResult]] = []
        self._continuations = 0
        self._barren = 0

    def begin(self) -> None:
        """A new message is about to come, the first, the next or another attempt."""
        before = self._replies
        self.reply = Reply(
            has_text_before=any(reply.text for reply in before),
            has_thinking_before=any(reply.thinking for reply in before),
        )
        self._replies.append(self.reply)
        self._results = []
        self._toolbox.begin_message()

    def feed(self, raw: Any) -> list[NewEvent]:
        """What one raw event shows, and what the tool call that it ends does."""
        events = self.reply.feed(raw)
        for call in self.reply.calls[len(self._results) :]:
            result = self._toolbox.run(call)
            self._results.append((call, result))
            events += _call_events(call, result)
        return events

    def end(self) -> list[NewEvent]:
        """The message is complete: either there is an outcome now, or `messages` hold the next request."""
        self.outcome = self._outcome()
        if self.outcome is None:
            self._extend()
        return [("usage", _usage_data(self.usage()))]

    def abandon(self) -> list[NewEvent]:
        """The message broke off: files that were being shown end there."""
        return [
            ("file.end", {"call": call, "path": path, "lines": 0, "added": 0, "removed": 0, "ok": False})
            for call, path in self.reply.open_files()
        ]

    def usage(self) -> Usage:
        """Of all requests so far, the one that runs included."""
        usage = Usage(is_simulated=self._is_simulated)
        for reply in self._replies:
            usage = add_request(usage, self._request.model, reply.tokens, self._prices)
        return usage

    def result(self, *, attempts: int = 1, outcome: Outcome | None = None) -> ModelResult:
        """What there is. Changes and a card only when they are to be kept (`committed`)."""
        outcome = outcome or self.outcome
        text = "".join(reply.text for reply in self._replies)
        is_committed = outcome == "committed"
        diffs = self._staging.diffs() if outcome in ("committed", "answered") else []
        mismatches = self._mismatches(text, diffs) if outcome in ("committed", "answered") else []
        return ModelResult(
            outcome=outcome,
            text=text,
            thinking="".join(reply.thinking for reply in self._replies),
            changes=self._staging.changes() if is_committed else [],
            card=make_card(self._toolbox.finish, text, diffs, mismatches) if is_committed else None,
            mismatches=[] if is_committed else mismatches,
            usage=self.usage(),
            model=self._request.model,
            attempts=attempts,
            first_prompt_tokens=next((reply.tokens.prompt for reply in self._replies if reply.tokens.prompt), 0),
            code=self._code(outcome),
            met_lock=self._toolbox.met_lock,
            draft=self._draft() if outcome is None or outcome in LEAVES_DRAFT else None,
        )

    def _draft(self) -> WorkDraft | None:
        if self._request.mode == "ask":
            return None
        return make_draft(self._staging, self.reply.open_call() or (self.reply.cut if self._is_cut else None))

    def _code(self, outcome: Outcome | None) -> str | None:
        """Of the failure, where the outcome alone does not say enough."""
        if outcome == "truncated" and self._is_context_full:
            return "context_full"
        return "file_locked" if outcome == "edits_failed" and self._toolbox.met_lock else None

    def _mismatches(self, text: str, diffs: Sequence[FileDiff]) -> list[str]:
        """What the reply and the words of `finish` claim, held against the difference."""
        finish = self._toolbox.finish
        said = [text, finish.title, *finish.summary] if finish else [text]
        work = Work(self._request.prompt, self._staging.base.keys(), self._staging.files.keys(), file_stats(diffs))
        return find_mismatches(said, work)

    def _outcome(self) -> Outcome | None:
        """None: the conversation goes on."""
        if self.reply.stop_reason == "refusal":
            return "refused"
        if self._toolbox.finish:
            return self._final()
        if self._is_hopeless():
            return self._final() if self._request.mode == "ask" else "edits_failed"
        is_cut = self._is_cut
        if not is_cut and not self.reply.calls:
            return self._final()
        can_continue = not self._is_context_full and len(self._replies) < MAX_STEPS
        self._continuations += is_cut
        return None if can_continue and self._continuations <= MAX_CONTINUATIONS else "truncated"

    def _is_hopeless(self) -> bool:
        """So many refused calls that going on is not worth the tokens."""
        is_barren = bool(self._results) and not any(result.ok for _, result in self._results)
        self._barren = self._barren + 1 if is_barren else 0
        return self._toolbox.failures >= MAX_FAILURES or self._barren >= MAX_BARREN

    @property
    def _is_cut(self) -> bool:
        return self.reply.stop_reason == "max_tokens" or self._is_context_full

    @property
    def _is_context_full(self) -> bool:
        return self.reply.stop_reason == "model_context_window_exceeded"

    def _final(self) -> Outcome:
        if self._staging.diffs():
            return "committed"
        if self._toolbox.has_missed_change:
            return "edits_failed"
        return "answered" if any(reply.text.strip() for reply in self._replies) else "empty"

    def _extend(self) -> None:
        """The model's message and our answer to it: results of its calls, and where it was cut off a word to go on."""
        content = self.reply.content()
        if any(block["type"] in ("text", "tool_use") for block in content):
            self.messages.append({"role": "assistant", "content": content})
        answer = [_tool_result(call, result) for call, result in self._results]
        if self.reply.stop_reason == "max_tokens":
            answer.append({"type": "text", "text": CONTINUE_ANSWER if self._request.mode == "ask" else CONTINUE})
        self.messages = [*self._with_room(), with_breakpoint({"role": "user", "content": answer})]

    def _with_room(self) -> list[dict[str, Any]]:
        """The messages with room for one more breakpoint: of the later ones the newest keeps its own.

        The cache is looked for in 20 blocks before a breakpoint. A message with many calls has more, so the end of the
        request before must be marked, too; for that the one between conversation and project goes.
        """
        marked = [message for message in self.messages[self._opening :] if has_breakpoint(message)]
        keep = [self.messages[self._opening - 1], *marked[-1:]]
        if not marked:
            return self.messages
        return [
            message if any(message is kept for kept in keep) else without_breakpoint(message)
            for message in self.messages
        ]


def _tool_result(call: ToolCall, result: ToolResult) -> dict[str, Any]:
    block = {"type": "tool_result", "tool_use_id": call.id, "content": result.content}
    return block if result.ok else {**block, "is_error": True}


def _call_events(call: ToolCall, result: ToolResult) -> list[NewEvent]:
    events: list[NewEvent] = []
    if call.name in ACTIONS and call.path:
        facts = {"lines": result.lines, "added": result.added, "removed": result.removed, "ok": result.ok}
        events.append(("file.end", {"call": call.id, "path": call.path, **facts}))
    if not result.ok or call.name not in (*ACTIONS, "finish"):
        told = {"call": call.id, "tool": call.name, "ok": result.ok, "message": result.message}
        events.append(("tool.result", {**told, "path": call.path} if call.path else told))
    return events


def _usage_data(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "cost_usd": str(usage.cost_usd),
        "simulated": usage.is_simulated,
        "context_tokens": usage.context_tokens,
        "context_share": usage.context_share,
        "cache_hit_rate": cache_hit_rate(usage),
    }
