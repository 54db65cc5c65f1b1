"""What the built-in model has decided to say and do, before it is put on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call."""

    name: str
    input: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One message: summarised thinking, then text, then calls. Empty parts are left out."""

    thinking: str = ""
    text: str = ""
    calls: tuple[Call, ...] = field(default=())
    stop_reason: str | None = None
    """None: `tool_use` when there are calls, else `end_turn`."""

    @property
    def reason(self) -> str:
        """The stop reason on the wire."""
        return self.stop_reason or ("tool_use" if self.calls else "end_turn")
