"""A generation that this process runs: its lease, its numbered events and what of them is stored already."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from glacia_ui.core.events import VISIBLE, Event
from glacia_ui.core.models import ClaimedGeneration
from glacia_ui.services.feed import Feed
from glacia_ui.services.outbox import Outbox

FIRST_RESERVATION = 200
"""Numbers that a claim reserves, in `claim_generations`."""
RESERVED_AHEAD = 200
"""Numbers that each flush reserves beyond the last one: ten seconds' worth at 20 events a second."""


@dataclass(eq=False)
class Running:
    """State of one run. Only the event loop touches it."""

    claimed: ClaimedGeneration
    feed: Feed
    on_urgent: asyncio.Event
    """Set when the next flush must not wait: the first visible text."""
    task: asyncio.Task[None] | None = None
    is_stop_requested: bool = False
    is_lease_lost: bool = False
    is_ending: bool = False
    """Its end is being stored: from here on neither Stop nor a timer changes anything."""
    has_visible: bool = False
    """Something was shown that a reader can use: from here on, Stop does not give the quota back."""
    unstored: list[Event] = field(default_factory=list)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self._publish, last_seq=self.claimed.last_seq)

    def request_stop(self) -> None:
        """End it as the user's wish. A second call changes nothing."""
        if not (self.is_stop_requested or self.is_ending) and self.task is not None:
            self.is_stop_requested = True
            self.task.cancel()

    def lose_lease(self) -> None:
        """Another process has ended it: write nothing more, and leave the rest to the database."""
        if self.is_ending or self.is_lease_lost:
            return
        self.is_lease_lost = True
        self.feed.disown()
        if self.task is not None:
            self.task.cancel()

    def batch(self) -> dict[str, Any] | None:
        """What the next flush stores, or None. Events stay `unstored` until `confirm`: storing twice does no harm."""
        if not self.unstored or self.is_lease_lost or self.is_ending:
            return None
        return {**self.lease(), "events": [*self.unstored], "reserved_until": self.unstored[-1].seq + RESERVED_AHEAD}

    def confirm(self, batch: dict[str, Any]) -> None:
        """The batch is stored, so numbers may be sent as far as it reserved them."""
        last_stored = batch["events"][-1].seq
        self.unstored = [event for event in self.unstored if event.seq > last_stored]
        if self.feed.is_local:
            self.feed.reserve(batch["reserved_until"])

    def lease(self) -> dict[str, Any]:
        """What a server function needs to know that we still own this."""
        return {"generation_id": self.claimed.id, "lease_token": self.claimed.lease_token}

    def _publish(self, event: Event) -> None:
        if self.is_lease_lost:
            return
        self.unstored.append(event)
        self.feed.publish([event])
        if event.type in VISIBLE and not self.has_visible:
            self.has_visible = True
            self.on_urgent.set()
