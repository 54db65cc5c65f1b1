"""The events of one generation, in memory, for everybody in this process who follows it.

A feed is an append-only list and a signal. The process that runs the generation publishes into it; in other processes
`feeds.py` fills it, from Redis or from the database. Followers keep their own position, so a slow one delays nobody. A
number above `reserved_until` is held back until a flush has reserved it: after a crash, the sweep numbers its own event
behind every number that anyone can have seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from uuid import UUID

from glacia_ui.core.events import Event


class Feed:
    """Numbered events of one generation, complete from number `start + 1` on."""

    def __init__(self, generation_id: UUID, *, start: int = 0) -> None:
        """`start` is the last number that was used before this feed begins."""
        self.generation_id = generation_id
        self.followers = 0
        self.is_local = False
        self.on_sendable: Callable[[Event], None] | None = None
        """Told of each event of a local feed, in order, once it may be sent."""
        self._events: list[Event] = []
        self._held: list[Event] = []
        self._reserved_until: int | None = None
        self._last_seq = start
        self._has_ended = False
        self._is_closed = False
        self._changed = asyncio.Event()

    @property
    def last_seq(self) -> int:
        """The newest number in here, sent or held."""
        return self._held[-1].seq if self._held else self._last_seq

    @property
    def has_ended(self) -> bool:
        """Whether the last event is in here and may be sent."""
        return self._has_ended

    def publish(self, events: Iterable[Event]) -> None:
        """Append what is new; numbers that are here already are passed over."""
        last = self.last_seq
        for event in events:
            if event.seq <= last:
                continue
            last = event.seq
            if self._reserved_until is None or event.seq <= self._reserved_until:
                self._append(event)
            else:
                self._held.append(event)
        self._signal()

    def reserve(self, until: int) -> None:
        """Numbers up to `until` are reserved in the database, so they may be sent."""
        self._reserved_until = until
        ready = [event for event in self._held if event.seq <= until]
        self._held = self._held[len(ready) :]
        for event in ready:
            self._append(event)
        if ready:
            self._signal()

    def release(self) -> None:
        """The end is stored: nothing needs to be held back any more."""
        self.reserve(self.last_seq)

    def disown(self) -> None:
        """The lease is lost: what was not sent is void, and the rest comes from the database."""
        self.is_local = False
        self._held.clear()
        self._reserved_until = None

    def close(self) -> None:
        """End every follower now, without a last event: the process is about to stop."""
        self._is_closed = True
        self._signal()

    async def follow(self, after: int) -> AsyncIterator[Event]:
        """Every event numbered above `after`, in order, up to and with the last one."""
        position = 0
        self.followers += 1
        try:
            while not self._is_closed:
                changed = self._changed
                while position < len(self._events):
                    event = self._events[position]
                    position += 1
                    if event.seq > after:
                        yield event
                if self._has_ended:
                    return
                if changed is self._changed:
                    await changed.wait()
        finally:
            self.followers -= 1

    def _append(self, event: Event) -> None:
        self._events.append(event)
        self._last_seq = event.seq
        self._has_ended = self._has_ended or event.is_last
        if self.is_local and self.on_sendable is not None:
            self.on_sendable(event)

    def _signal(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
