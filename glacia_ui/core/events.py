"""What happens during a generation, as numbered events. The same on the wire, in the database and in a replay.

An event has a sequence number within its generation (1, 2, 3 …), a type and data. A numbered event is never merged or
rewritten. Every generation ends in exactly one `done` or `failed`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

EventType = Literal[
    "status",  # {"phase": Phase, "attempt"?: int, "retry_in_seconds"?: float, "position"?: int}
    "thinking.delta",  # {"text": str}  the model's own summary of its thoughts; not counted as visible text
    "message.delta",  # {"text": str}  markdown source of the reply; the first one makes the generation count
    "file.begin",  # {"call": str, "path": str, "action": "write" | "edit" | "append"}
    "file.delta",  # {"call": str, "text": str}  append-only content of the file (for edits: the new text)
    "file.end",  # {"call": str, "path": str, "lines": int, "added": int, "removed": int, "ok": bool}
    "tool.result",  # {"call": str, "tool": str, "path"?: str, "ok": bool, "message": str}
    # {"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens": int, "cost_usd": str,
    #  "simulated": bool, "context_tokens": int, "context_share": float, "cache_hit_rate": float | None}
    "usage",
    # {"outcome": "committed" | "answered", "snapshot": int | None, "card": ChangeCard | None, "mismatches": [str]}
    "done",
    "failed",  # {"outcome": str, "code": str, "message": str, "returned": bool, "retry_after"?: int}
]
NewEvent = tuple[EventType, dict[str, Any]]
"""Type and data of an event that has no number yet."""
Phase = Literal["queued", "waiting", "thinking", "writing", "retrying", "stopping", "saving"]
TERMINAL: frozenset[str] = frozenset({"done", "failed"})
VISIBLE: frozenset[str] = frozenset({"message.delta", "file.delta"})
"""What a reader can use. Stop before the first of these gives the quota back."""


class Event(BaseModel):
    """One numbered event of a generation."""

    model_config = ConfigDict(frozen=True)

    seq: int
    type: EventType
    data: dict[str, Any]
    at_ms: int | None = None
    """Milliseconds since its run began, for a replay; stored, but not sent. None where nobody looked at a clock."""

    @model_serializer(mode="wrap")
    def _without_unknown_time(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = serialize(self)
        if self.at_ms is None:
            del written["at_ms"]
        return written

    @property
    def is_last(self) -> bool:
        """True for `done` and `failed`; nothing follows."""
        return self.type in TERMINAL
