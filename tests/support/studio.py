"""One process's share of running generations, over a test's own database and the demo model.

Everything is real but the pace: what the model writes arrives at once, and waits between attempts are skipped. Two
studios over one database are two processes of the app.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from glacia_ui.claude.client import Claude
from glacia_ui.claude.demo import DemoTransport
from glacia_ui.claude.demo.faults import Fault, Faults
from glacia_ui.core.books import LedgerRow
from glacia_ui.core.events import Event
from glacia_ui.core.models import Generation, RateWindow
from glacia_ui.db.files import Files
from glacia_ui.db.generations import Generations as GenerationRows
from glacia_ui.db.projects import Projects as ProjectRows
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.db.usage import Usage as UsageRows
from glacia_ui.services.feeds import Feeds
from glacia_ui.services.generations import Generations
from glacia_ui.services.projects import Projects
from glacia_ui.services.relay import Relay
from glacia_ui.services.run import Run
from glacia_ui.services.runner import Runner
from glacia_ui.services.templates import Templates
from glacia_ui.services.usage import Usage
from glacia_ui.settings import ROOT
from glacia_ui.telemetry.metrics import Metrics

MODEL = "claude-sonnet-5-5"


class Studio:
    """The services of one process, and short ways to use them."""

    def __init__(
        self, transport: Transport, model: DemoTransport, relay: Relay, *, silence_seconds: float = 0.5
    ) -> None:
        self.transport = transport
        self.model = model
        self.waits: list[float] = []
        """Seconds that were to be waited between attempts."""
        claude = Claude(
            api_key="test", transport=model, is_simulated=True, silence_seconds=silence_seconds, sleep=self._skip
        )
        self.rows = GenerationRows(transport)
        self.relay = relay
        self.feeds = Feeds(self.rows, relay)
        self.runner = Runner(self.rows, self.feeds, Run(self.rows, claude, Metrics()), relay)
        self.generations = Generations(
            self.rows, self.feeds, self.runner, default_model=MODEL, models=frozenset({MODEL}), is_simulated=True
        )
        self.projects = Projects(ProjectRows(transport), Files(transport), Templates(ROOT / "templates"))
        self.usage = Usage(UsageRows(transport))

    async def _skip(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    async def begin(self, caller: Caller, project_id: UUID, prompt: str = "a landing page for a bakery") -> UUID:
        """Begin one; its id."""
        return (await self.generations.begin(caller, project_id, prompt)).id

    async def read(self, caller: Caller, generation_id: UUID, after: int = 0) -> list[Event]:
        """Follow it to its end."""
        events = await self.generations.follow(caller, generation_id, after)
        return [] if events is None else [event async for event in events]

    async def run(self, caller: Caller, project_id: UUID, prompt: str = "a landing page for a bakery") -> Generation:
        """One generation from beginning to end."""
        generation_id = await self.begin(caller, project_id, prompt)
        await self.read(caller, generation_id)
        return await self.generations.get(caller, generation_id)

    async def wait_for(self, caller: Caller, generation_id: UUID, kind: str) -> list[Event]:
        """Follow it until an event of this type has come; what came until then."""
        seen: list[Event] = []
        events = await self.generations.follow(caller, generation_id)
        assert events is not None
        async for event in events:
            seen.append(event)
            if event.type == kind:
                return seen
        raise AssertionError(f"it ended without {kind}: {seen[-1]}")

    async def movements(self, caller: Caller, generation_id: UUID) -> list[tuple[str, int]]:
        """(kind, amount) of its ledger rows, oldest first; the whole ledger is checked on the way."""
        rows = list(reversed(await self.usage.ledger(caller)))
        check_ledger(rows)
        quota = (await self.usage.me(caller)).quota
        assert quota.limit == quota.used + quota.reserved + quota.remaining
        assert rows[-1].balance == quota.remaining
        return [(row.kind, row.amount) for row in rows if row.generation_id == generation_id]

    async def window(self, caller: Caller) -> RateWindow:
        """The caller's window of generations."""
        return next(w for w in (await self.usage.me(caller)).windows if w.name == "generation")


def check_ledger(rows: Sequence[LedgerRow]) -> None:
    """Every balance is the sum of the amounts up to it. `rows` from the first one on, oldest first."""
    balance = 0
    for row in rows:
        balance += row.amount
        assert row.balance == balance


@asynccontextmanager
async def open_studio(
    transport: Transport,
    *,
    faults: Sequence[Fault | None] = (),
    speed: float = math.inf,
    relay: Relay | None = None,
    silence_seconds: float = 0.5,
    model: DemoTransport | None = None,
) -> AsyncIterator[Studio]:
    """Opened and closed like the app's own."""
    model = model or DemoTransport(speed=speed, faults=Faults(faults))
    studio = Studio(transport, model, relay or Relay(), silence_seconds=silence_seconds)
    await studio.runner.open()
    try:
        yield studio
    finally:
        studio.feeds.close()
        await studio.runner.close()
