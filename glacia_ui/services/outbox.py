"""Numbers the events of one running generation, merging small deltas first.

A model sends about 60 pieces a second; 20 updates a second look the same to a reader and cost a third. So text of the
same kind is merged for up to 50 ms *before* it gets a number. Nothing is merged or rewritten afterwards. The first
visible piece goes out at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from glacia_ui.core.events import VISIBLE, Event, EventType

MERGE_SECONDS = 0.05
_MERGED: frozenset[str] = frozenset({"message.delta", "thinking.delta", "file.delta"})


class Outbox:
    """Turns (type, data) pairs into numbered events and hands them to `publish`. Use inside the event loop."""

    def __init__(
        self, publish: Callable[[Event], None], *, last_seq: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """The next event gets number `last_seq + 1`. Its run begins now: by `clock`, in seconds, events get times."""
        self._publish = publish
        self._clock = clock
        self._began = clock()
        self._seq = last_seq
        self._open: tuple[EventType, dict[str, Any], list[str]] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._has_visible = False

    def add(self, kind: EventType, data: dict[str, Any]) -> None:
        """Queue one event; a delta may wait up to 50 ms for others of its kind."""
        if kind not in _MERGED:
            self.flush()
            self._emit(kind, data)
            return
        self._merge(kind, data)
        if kind in VISIBLE and not self._has_visible:
            self._has_visible = True
            self.flush()

    def flush(self) -> None:
        """Number what waits, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._open is not None:
            kind, data, pieces = self._open
            self._open = None
            self._emit(kind, {**data, "text": "".join(pieces)})

    def last_event(self, kind: EventType, data: dict[str, Any]) -> Event:
        """Flush, then the last event with the number that is next. It is published once it is stored.

        Where the database takes another end than was meant, the other one has the same number: no number is skipped.
        """
        self.flush()
        return Event(seq=self._seq + 1, type=kind, data=data, at_ms=self._now())

    def _merge(self, kind: EventType, data: dict[str, Any]) -> None:
        rest = {key: value for key, value in data.items() if key != "text"}
        if self._open is not None and (self._open[0] != kind or self._open[1] != rest):
            self.flush()
        if self._open is None:
            self._open = (kind, rest, [])
            self._timer = asyncio.get_running_loop().call_later(MERGE_SECONDS, self.flush)
        self._open[2].append(data["text"])

    def _emit(self, kind: EventType, data: dict[str, Any]) -> None:
        self._seq += 1
        self._publish(Event(seq=self._seq, type=kind, data=data, at_ms=self._now()))

    def _now(self) -> int:
        return round((self._clock() - self._began) * 1000)
