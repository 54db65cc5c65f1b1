"""All feeds of this process: who runs a generation publishes here, everybody else follows here.

A generation that another process runs (or that still waits in its queue) is read from the database, once a second and
for all such generations in one call. The moment this process takes it over, the same feed becomes local, so nobody who
follows has to notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from loguru import logger

from glacia_ui.core.events import Event
from glacia_ui.db.generations import Generations
from glacia_ui.errors import UnavailableError
from glacia_ui.services.feed import Feed

POLL_SECONDS = 1.0


class Feeds:
    """The feeds of this process by generation. Use inside one event loop."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._feeds: dict[UUID, Feed] = {}
        self._is_closed = False

    def own(self, generation_id: UUID, *, last_seq: int, reserved_until: int) -> Feed:
        """The feed of a generation that this process has just claimed."""
        feed = self._feeds.setdefault(generation_id, Feed(generation_id, start=last_seq))
        feed.is_local = True
        feed.reserve(reserved_until)
        return feed

    def drop(self, feed: Feed) -> None:
        """Its end is in the database: late followers read it there, those on it keep their reference."""
        self._feeds.pop(feed.generation_id, None)

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

    async def poll_forever(self) -> None:
        """Keep remote feeds up to date until cancelled."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.poll()
            except UnavailableError as error:
                logger.warning("events could not be read: {}", error)

    async def poll(self) -> None:
        """Read what is new for every remote feed that somebody follows; forget the others."""
        for done in [f for f in self._feeds.values() if not f.is_local and (f.has_ended or not f.followers)]:
            self.drop(done)
        remote = {feed.generation_id: feed.last_seq for feed in self._feeds.values() if not feed.is_local}
        if not remote:
            return
        for generation_id, events in (await self._generations.events_since(remote)).items():
            if feed := self._feeds.get(generation_id):
                feed.publish(events)

    async def _open_remote(self, generation_id: UUID) -> Feed:
        found = await self._generations.events_since({generation_id: 0})
        feed = self._feeds.setdefault(generation_id, Feed(generation_id))
        if not feed.is_local:
            feed.publish(found.get(generation_id, []))
        if self._is_closed:
            feed.close()
        return feed
