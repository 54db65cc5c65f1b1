"""What a process does regularly for all its generations at once: store events, keep leases, notice stops, sweep.

Each is one call for everything, so 200 generations cost the database as many calls as one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from uuid import UUID

from loguru import logger

from glacia_ui.db.generations import Generations
from glacia_ui.errors import UnavailableError
from glacia_ui.services.running import Running

FLUSH_SECONDS = 0.4
"""With the poll of another process (`feeds.POLL_SECONDS`) an event is followed there within a second."""
CANCEL_SECONDS = 1.0
LEASE_SECONDS = 10.0
SWEEP_SECONDS = 5.0


class Heartbeat:
    """Timers over the generations that run in this process."""

    def __init__(self, generations: Generations, running: Mapping[UUID, Running], urgent: asyncio.Event) -> None:
        """`urgent` makes the next flush come at once."""
        self._generations = generations
        self._running = running
        self._urgent = urgent
        self._stop_is_told = asyncio.Event()

    def tasks(self, after_sweep: Callable[[], Awaitable[object]]) -> list[asyncio.Task[None]]:
        """Start the timers; the caller cancels them. `after_sweep` takes up what a crash left in a queue."""

        async def sweep() -> None:
            await self.sweep()
            await after_sweep()

        return [
            asyncio.create_task(_every(FLUSH_SECONDS, self.flush, self._urgent), name="flush"),
            asyncio.create_task(_every(LEASE_SECONDS, self.extend_leases), name="leases"),
            asyncio.create_task(_every(SWEEP_SECONDS, sweep), name="sweep"),
            asyncio.create_task(_every(CANCEL_SECONDS, self.find_cancelled, self._stop_is_told), name="cancelled"),
        ]

    async def flush(self) -> None:
        """Store every event that is not stored yet, and send on what that reserves."""
        batches = {run: batch for run in list(self._running.values()) if (batch := run.batch())}
        if not batches:
            return
        lost = await self._generations.append_events(list(batches.values()))
        for run, batch in batches.items():
            if run.claimed.id in lost:
                run.lose_lease()
            else:
                run.confirm(batch)

    async def extend_leases(self) -> None:
        """Keep what we run ours for another 30 s; thinking and back-off send no events, so a timer does it."""
        if not self._running:
            return
        lost, cancelled = await self._generations.extend_leases([run.lease() for run in self._running.values()])
        for generation_id in lost:
            self._each(generation_id, Running.lose_lease)
        for generation_id in cancelled:
            self._each(generation_id, Running.request_stop)

    async def find_cancelled(self) -> None:
        """Notice a Stop that was pressed in another process."""
        if self._running:
            for generation_id in await self._generations.find_cancelled(list(self._running)):
                self._each(generation_id, Running.request_stop)

    def look_for_stops(self) -> None:
        """Have `find_cancelled` come at once: somebody says that a Stop is in the database."""
        self._stop_is_told.set()

    async def sweep(self) -> None:
        """End and refund what a crash left behind, here or elsewhere."""
        for generation in await self._generations.sweep_stale_generations():
            logger.bind(generation_id=str(generation.id), project_id=str(generation.project_id)).warning(
                "generation interrupted: its process is gone"
            )
            self._each(generation.id, Running.lose_lease)

    def _each(self, generation_id: UUID, action: Callable[[Running], None]) -> None:
        if run := self._running.get(generation_id):
            action(run)


async def _every(seconds: float, action: Callable[[], Awaitable[None]], urgent: asyncio.Event | None = None) -> None:
    """Every so many seconds, or at once when `urgent` is set."""
    urgent = urgent or asyncio.Event()
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(urgent.wait(), seconds)
        urgent.clear()
        await _survive(getattr(action, "__name__", "timer"), action)


async def _survive(name: str, action: Callable[[], Awaitable[None]]) -> None:
    """A database that is away for a while must not end a timer: the next round tries again."""
    try:
        await action()
    except UnavailableError as error:
        logger.warning("{} will be tried again: {}", name, error)
