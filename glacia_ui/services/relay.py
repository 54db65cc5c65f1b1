"""Live events between the processes of one Glacia, through Redis streams, where `REDIS_URL` is set.

Redis only makes things quicker. It carries what may be sent (never a number above the reservation) and is never the
only place where that is: the database has it within a second. So nothing here is tried twice; whatever goes wrong is a
gap, which a reader sees by the numbers and fills from the database (`feeds.py`). The only module that knows redis-py.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import redis.asyncio
from loguru import logger
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from glacia_ui.core.events import Event

WRITE_SECONDS = 1.0
"""How long Redis may take for a write; the database has the events after that time anyway."""
BLOCK_SECONDS = 1.0
"""How long a read waits for something new. Whatever wakes it is a stream, too, so nothing is looked at more often."""
RETRY_SECONDS = 1.0
KEPT_EVENTS = 1_000
"""Entries of a stream, about: 50 s at 20 a second. Who is further behind reads the database."""
KEPT_STOPS = 1_000
RUNNING_SECONDS = 600
"""A stream that nobody has written to for so long is gone: its process was killed."""
ENDED_SECONDS = 60
"""How long a stream stays after its last event, for those who are still reading."""
UNSENT = 10_000
"""Entries that wait in memory for a slow Redis. Older ones are dropped: they are a gap like any other."""
WRITTEN_AT_ONCE = 500
TROUBLE = (RedisError, OSError, TimeoutError, ValueError, KeyError)
"""The last two: an entry that this version cannot read, during an upgrade."""
Places = dict[Any, Any]
"""What redis-py calls a place in its streams: name → id. Its own type takes bytes and numbers, too."""


class Relay:
    """Carries nothing: a single process, or several that meet in the database only."""

    def send(self, generation_id: UUID, event: Event) -> None:
        """Let other processes see an event that may be sent. Never waits and never fails."""

    def stop(self, generation_id: UUID) -> None:
        """Tell the process that runs it that its Stop is in the database. Never waits and never fails."""

    def wake(self) -> None:
        """Somebody follows a further generation."""

    def open(
        self,
        cursors: Callable[[], Mapping[UUID, int]],
        take: Callable[[UUID, list[Event]], None],
        stopped: Callable[[UUID], None],
    ) -> None:
        """Begin to carry. `cursors`: the last number that is here of each generation to be followed."""

    async def close(self) -> None:
        """Send what waits, within a second, and end."""


class RedisRelay(Relay):
    """One stream for each running generation, with its events under their own numbers, and one for every Stop."""

    def __init__(self, url: str, prefix: str) -> None:
        """`prefix` begins every key; only processes on the same database may have the same one."""
        self._prefix = prefix
        self._writer = _client(url, WRITE_SECONDS)
        self._reader = _client(url, BLOCK_SECONDS + WRITE_SECONDS)
        self._unsent: deque[tuple[UUID, Event | None]] = deque(maxlen=UNSENT)
        self._wakes = False
        self._has_work = asyncio.Event()
        self._stops, self._own = f"{prefix}:stops", f"{prefix}:wake:{uuid4()}"
        self._last: dict[str, str] = {}
        self._troubles: set[str] = set()
        self._is_closing = False
        self._tasks: list[asyncio.Task[None]] = []

    def send(self, generation_id: UUID, event: Event) -> None:
        """As `Relay.send`."""
        self._unsent.append((generation_id, event))
        self._has_work.set()

    def stop(self, generation_id: UUID) -> None:
        """As `Relay.stop`."""
        self._unsent.append((generation_id, None))
        self._has_work.set()

    def wake(self) -> None:
        """As `Relay.wake`."""
        self._wakes = True
        self._has_work.set()

    def open(
        self,
        cursors: Callable[[], Mapping[UUID, int]],
        take: Callable[[UUID, list[Event]], None],
        stopped: Callable[[UUID], None],
    ) -> None:
        """As `Relay.open`. Redis need not be there yet."""
        self._tasks = [
            asyncio.create_task(self._forever("written", self._write_next), name="relay writes"),
            asyncio.create_task(
                self._forever("read", lambda: self._read_next(cursors(), take, stopped)), name="relay reads"
            ),
        ]

    async def close(self) -> None:
        """As `Relay.close`."""
        # redis-py can swallow a cancel while it gives up a broken connection, so the loops look at the flag, too.
        self._is_closing = True
        self._has_work.set()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=BLOCK_SECONDS + WRITE_SECONDS)
        with suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(WRITE_SECONDS):
                while self._unsent:
                    await self._write(self._take_unsent())
        for client in (self._writer, self._reader):
            with suppress(RedisError, OSError):
                await client.aclose()

    async def _forever(self, what: str, action: Callable[[], Awaitable[None]]) -> None:
        """Trouble is said once, when it begins, and once more when it is over."""
        while not self._is_closing:
            try:
                await action()
            except TROUBLE as error:
                if not self._troubles:
                    # The kind only: its text may quote the address.
                    logger.warning("Redis cannot be used, events take the database: {}", type(error).__name__)
                self._troubles.add(what)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if what in self._troubles:
                self._troubles.discard(what)
                if not self._troubles:
                    logger.info("Redis can be used again")

    async def _write_next(self) -> None:
        if "written" in self._troubles:
            self._wakes = True  # something to write, to see whether it is over: a full Redis answers all but writes
        else:
            await self._has_work.wait()
        self._has_work.clear()
        await self._write(self._take_unsent())
        if self._unsent:
            self._has_work.set()

    def _take_unsent(self) -> list[tuple[UUID, Event | None]]:
        return [self._unsent.popleft() for _ in range(min(len(self._unsent), WRITTEN_AT_ONCE))]

    async def _write(self, entries: Iterable[tuple[UUID, Event | None]]) -> None:
        """All in one round trip. An entry that Redis refuses is an error, and the others are there all the same."""
        ends: dict[str, int] = {}
        pipe = self._writer.pipeline(transaction=False)
        for generation_id, event in entries:
            if event is None:
                pipe.xadd(self._stops, {"id": str(generation_id)}, maxlen=KEPT_STOPS)
                ends[self._stops] = RUNNING_SECONDS
            else:
                key = self._key(generation_id)
                pipe.xadd(key, {"event": event.model_dump_json()}, id=f"{event.seq}-0", maxlen=KEPT_EVENTS)
                ends[key] = ENDED_SECONDS if event.is_last else RUNNING_SECONDS
        if self._wakes:
            self._wakes = False
            pipe.xadd(self._own, {"id": ""}, maxlen=1, approximate=False)
            ends[self._own] = ENDED_SECONDS
        for key, seconds in ends.items():
            pipe.expire(key, seconds)
        await pipe.execute()

    async def _read_next(
        self,
        cursors: Mapping[UUID, int],
        take: Callable[[UUID, list[Event]], None],
        stopped: Callable[[UUID], None],
    ) -> None:
        if self._stops not in self._last:
            self._last[self._stops] = await self._newest(self._stops)
        followed = {self._key(generation_id): generation_id for generation_id in cursors}
        places: Places = {self._stops: self._last[self._stops], self._own: self._last.get(self._own, "0-0")}
        places |= {key: f"{cursors[generation_id]}-0" for key, generation_id in followed.items()}
        found: Any = await self._reader.xread(places, count=KEPT_EVENTS, block=int(BLOCK_SECONDS * 1000))
        for key, entries in found:
            if key in followed:
                take(followed[key], [Event.model_validate_json(fields["event"]) for _, fields in entries])
                continue
            self._last[key] = entries[-1][0]
            if key == self._stops:
                for _, fields in entries:
                    stopped(UUID(fields["id"]))

    async def _newest(self, key: str) -> str:
        entries: Any = await self._reader.xrevrange(key, count=1)
        return str(entries[0][0]) if entries else "0-0"

    def _key(self, generation_id: UUID) -> str:
        return f"{self._prefix}:events:{generation_id}"


def _client(url: str, timeout_seconds: float) -> redis.asyncio.Redis:
    """Never tries again by itself: what it would send is in the database before long."""
    return redis.asyncio.from_url(
        url,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=WRITE_SECONDS,
        socket_timeout=timeout_seconds,
    )
