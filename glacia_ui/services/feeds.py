"""All feeds of this process: who runs a generation publishes here, everybody else follows here.

A generation that another process runs (or that still waits in its queue) comes over the relay, and what does not come
there is read from the database: at short intervals, for all such generations in one call, and at once where a number
is missing. The moment this process takes it over, the same feed becomes local, so nobody who follows has to notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from uuid import UUID

from loguru import logger

from glacia_ui.core.events import Event
from glacia_ui.db.generations import Generations
from glacia_ui.errors import UnavailableError
from glacia_ui.services.feed import Feed
from glacia_ui.services.relay import Relay

POLL_SECONDS = 0.4
QUIET_SECONDS = 1.0
"""A relay that brought nothing for so long is not relied on: a model may think, and a Redis may be away."""


class Feeds:
    """The feeds of this process by generation. Use inside one event loop."""

    def __init__(self, generations: Generations, relay: Relay) -> None:
        self._generations = generations
        self._relay = relay
        self._feeds: dict[UUID, Feed] = {}
        self._relayed_at: dict[UUID, float] = {}
        """When the relay last brought something, on the event loop's clock."""
        self._behind: set[UUID] = set()
        """Those that miss a number which the relay no longer has; it may go on once the database has brought some."""
        self._gap = asyncio.Event()
        self._is_closed = False

    def own(self, generation_id: UUID, *, last_seq: int, reserved_until: int) -> Feed:
        """The feed of a generation that this process has just claimed."""
        feed = self._feeds.setdefault(generation_id, Feed(generation_id, start=last_seq))
        feed.is_local = True
        feed.on_sendable = partial(self._relay.send, generation_id)
        feed.reserve(reserved_until)
        return feed

    def drop(self, feed: Feed) -> None:
        """Its end is in the database: late followers read it there, those on it keep their reference."""
        self._feeds.pop(feed.generation_id, None)
        self._relayed_at.pop(feed.generation_id, None)
        self._behind.discard(feed.generation_id)

    async def follow(self, generation_id: UUID, after: int) -> AsyncIterator[Event]:
        """Every event above `after`, up to the last one. The caller has checked whose generation it is."""
        feed = self._feeds.get(generation_id) or await self._open_remote(generation_id)
        async for event in feed.follow(after):
            yield event

    def close(self) -> None:
        """End every follower, because the process is about to stop."""
        self._is_closed = True
        for feed in self._feeds.values():
            feed.close()

    def cursors(self) -> Mapping[UUID, int]:
        """What the relay shall bring: remote feeds that somebody follows, with the last number that is here."""
        return {
            feed.generation_id: feed.last_seq
            for feed in self._feeds.values()
            if feed.followers and not (feed.is_local or feed.has_ended or feed.generation_id in self._behind)
        }

    def take(self, generation_id: UUID, events: list[Event]) -> None:
        """What the relay brings, in order. From a missing number on, it is left to the database."""
        feed = self._feeds.get(generation_id)
        if feed is None or feed.is_local:
            return
        following: list[Event] = []
        last = feed.last_seq
        for event in events:
            if event.seq > last + 1:
                self._behind.add(generation_id)
                self._gap.set()
                break
            if event.seq == last + 1:
                following.append(event)
                last = event.seq
        if following:
            self._relayed_at[generation_id] = asyncio.get_running_loop().time()
            feed.publish(following)

    async def poll_forever(self) -> None:
        """Keep remote feeds up to date until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gap.wait(), POLL_SECONDS)
            self._gap.clear()
            try:
                await self.poll()
            except UnavailableError as error:
                logger.warning("events could not be read: {}", error)

    async def poll(self) -> None:
        """Read what is new for every remote feed that is followed and that the relay leaves alone; forget the rest."""
        for done in [f for f in self._feeds.values() if not f.is_local and (f.has_ended or not f.followers)]:
            self.drop(done)
        remote = {feed.generation_id: feed.last_seq for feed in self._feeds.values() if self._needs_database(feed)}
        if not remote:
            return
        for generation_id, events in (await self._generations.events_since(remote)).items():
            if (feed := self._feeds.get(generation_id)) and not feed.is_local:
                feed.publish(events)
                if events and generation_id in self._behind:
                    self._behind.discard(generation_id)
                    self._relay.wake()

    def _needs_database(self, feed: Feed) -> bool:
        quiet_since = asyncio.get_running_loop().time() - QUIET_SECONDS
        is_relayed = self._relayed_at.get(feed.generation_id, quiet_since) > quiet_since
        return not feed.is_local and (feed.generation_id in self._behind or not is_relayed)

    async def _open_remote(self, generation_id: UUID) -> Feed:
        found = await self._generations.events_since({generation_id: 0})
        feed = self._feeds.setdefault(generation_id, Feed(generation_id))
        if not feed.is_local:
            feed.publish(found.get(generation_id, []))
            self._relay.wake()
        if self._is_closed:
            feed.close()
        return feed
