"""Runs generations as tasks of the server, so that they belong to nobody's tab.

`wake` claims what is ready in the database and starts a task for each claim; when one ends, the next in its project is
claimed. Which generation may run is decided in SQL (`claim_generations`), so any number of processes can do this.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID, uuid4

from loguru import logger

from glacia_ui.core.models import ClaimedGeneration
from glacia_ui.db.generations import Generations
from glacia_ui.errors import UnavailableError
from glacia_ui.services.feeds import Feeds
from glacia_ui.services.heartbeat import Heartbeat
from glacia_ui.services.relay import Relay
from glacia_ui.services.run import Run
from glacia_ui.services.running import FIRST_RESERVATION, Running

CLOSE_SECONDS = 3
"""How long a stop waits for runs to store their end; a database that is away must not hold it up."""
CAPACITY = 256
"""Generations that one process runs at once; what is above waits in its queue for a free process."""


class Runner:
    """The generations that this process runs. `open` first, `close` last, inside one event loop."""

    def __init__(self, generations: Generations, feeds: Feeds, run: Run, relay: Relay) -> None:
        self._generations = generations
        self._feeds = feeds
        self._run = run
        self._relay = relay
        self._process_id = uuid4()
        self._running: dict[UUID, Running] = {}
        self._urgent = asyncio.Event()
        self._heartbeat = Heartbeat(generations, self._running, self._urgent)
        self._timers: list[asyncio.Task[None]] = []
        self._claims_open = 0
        self._no_claim_is_open = asyncio.Event()
        self._no_claim_is_open.set()
        self._is_draining = False

    async def open(self) -> None:
        """End what a crash left behind, take up what still waits, and start the timers."""
        self._relay.open(self._feeds.cursors, self._feeds.take, self._look_for_stop)
        await self._heartbeat.sweep()
        await self.wake()
        self._timers = [
            *self._heartbeat.tasks(self.wake),
            asyncio.create_task(self._feeds.poll_forever(), name="poll"),
        ]

    async def wake(self, project_id: UUID | None = None) -> bool:
        """Claim what may run now, in one project or in all, and run it. True when there was something.

        Never fails: what is queued stays queued, and the next sweep of any process takes it up.
        """
        free = CAPACITY - len(self._running)
        if self._is_draining or free <= 0:
            return False
        self._claims_open += 1
        self._no_claim_is_open.clear()
        try:
            ready = await self._generations.claim_generations(self._process_id, free, project_id)
        except UnavailableError as error:
            logger.warning("the queue is taken up by the next sweep: {}", error)
            return False
        finally:
            self._claims_open -= 1
            if not self._claims_open:
                self._no_claim_is_open.set()
        for claimed in ready:
            self._start(claimed)
        return bool(ready)

    def stop(self, generation_id: UUID) -> None:
        """End a run of this process now, or tell the one that runs it, which notices by itself within a second."""
        if run := self._running.get(generation_id):
            run.request_stop()
        else:
            self._relay.stop(generation_id)

    def drain(self) -> None:
        """Claim nothing from now on: what is queued is for the processes that stay, or for the next start."""
        self._is_draining = True

    async def close(self) -> None:
        """End every run as interrupted, which gives its quota back, and stop the timers."""
        self.drain()
        await self._wait_for_claims()
        tasks = [run.task for run in self._running.values() if run.task is not None]
        for task in [*tasks, *self._timers]:
            task.cancel()
        if tasks or self._timers:
            await asyncio.wait([*tasks, *self._timers], timeout=CLOSE_SECONDS)
        await self._relay.close()

    async def _wait_for_claims(self) -> None:
        """A claim whose answer nobody hears would stay unowned until its lease runs out."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._no_claim_is_open.wait(), CLOSE_SECONDS)

    def _look_for_stop(self, generation_id: UUID) -> None:
        if generation_id in self._running:
            self._heartbeat.look_for_stops()

    def _start(self, claimed: ClaimedGeneration) -> None:
        feed = self._feeds.own(claimed.id, last_seq=claimed.last_seq, reserved_until=FIRST_RESERVATION)
        run = Running(claimed, feed, self._urgent)
        self._running[claimed.id] = run
        run.task = asyncio.create_task(self._supervise(run), name=f"generation {claimed.id}")

    async def _supervise(self, run: Running) -> None:
        """Run it to its end and hand over to the next one of its project."""
        claimed = run.claimed
        with logger.contextualize(
            generation_id=str(claimed.id), project_id=str(claimed.project_id), user_id=str(claimed.user_id)
        ):
            try:
                await self._run(run)
            except Exception as error:  # noqa: BLE001 - the edge of the task
                # Its end could not be stored: the lease runs out, and the sweep of any process refunds it.
                logger.opt(exception=error).error("generation left to the sweep")
            finally:
                self._running.pop(claimed.id, None)
                self._feeds.drop(run.feed) if run.feed.has_ended else run.feed.disown()
        await self.wake(claimed.project_id)
