"""One process of many that reserve on one user at the same time, each over a connection of its own.

`python -m tests.support.reserving` is told on stdin, in one line of JSON, whose quota and over which way (`Order`). It
says `ready`, waits for the next line, so that all of them begin together, and prints how often it was told what.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from glacia_ui.core.models import Refusal
from glacia_ui.db.generations import Generations
from glacia_ui.db.postgres import PostgresTransport
from glacia_ui.db.projects import Projects
from glacia_ui.db.transport import Caller
from glacia_ui.errors import AppError, UnavailableError

if TYPE_CHECKING:
    from glacia_ui.db.supabase import SupabaseTransport

ROOT = Path(__file__).parents[2]
ASKED_AGAIN = "asked again"
"""How often there was no answer in time, which a crowded machine is free to do."""
PATIENCE_SECONDS = 60.0
"""How long a call may wait for a connection: forty processes share two cores."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one process is to do."""

    way: dict[str, str]
    """Arguments of the transport: `conninfo`, or `url` and the two keys."""
    claims: dict[str, Any]
    token: str
    calls: int
    at_once: int = 1
    project_id: str | None = None
    """Where to reserve; without one each call makes a project first."""


def run_together(orders: Sequence[Order]) -> Counter[str]:
    """Carry out each order in a process of its own, all started together. How often they were told what."""
    command = [sys.executable, "-m", "tests.support.reserving"]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in orders
        ]
        for process, order in zip(processes, orders, strict=True):
            _tell(process, json.dumps(asdict(order)))
        for process in processes:
            assert _listen(process) == "ready"
        for process in processes:
            _tell(process, "go")
        return sum((Counter(json.loads(_listen(process))) for process in processes), Counter())


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _listen(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def _reserve(order: Order) -> Counter[str]:
    transport = _transport(order)
    await transport.open()
    _say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    caller = Caller("authenticated", order.claims, order.token)
    told: Counter[str] = Counter()
    left = iter(range(order.calls))

    async def work() -> None:
        for _ in left:
            told[await _begin(transport, caller, order.project_id, told)] += 1

    await asyncio.gather(*(work() for _ in range(order.at_once)))
    await transport.close()
    return told


def _transport(order: Order) -> PostgresTransport | SupabaseTransport:
    if "conninfo" in order.way:
        return PostgresTransport(order.way["conninfo"], pool_size=order.at_once, patience_seconds=PATIENCE_SECONDS)
    from glacia_ui.db.supabase import SupabaseTransport  # half a second to import

    return SupabaseTransport(**order.way)


async def _begin(
    transport: PostgresTransport | SupabaseTransport, caller: Caller, project_id: str | None, told: Counter[str]
) -> str:
    """What the database says to one request: its reason, or that it goes ahead.

    When there was no answer in time it is asked again with the same key, as a client would.
    """
    project = UUID(project_id) if project_id else (await Projects(transport).create_project(caller, "First")).id
    key = str(uuid4())
    while True:
        try:
            begun = await Generations(transport).begin_generation(
                caller, project, "a page", model="m", idempotency_key=key
            )
        except UnavailableError:
            told[ASKED_AGAIN] += 1
            continue
        except AppError as error:
            return f"{type(error).__name__} {error}"
        return begun.reason if isinstance(begun, Refusal) else "ok"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _say(json.dumps(asyncio.run(_reserve(Order(**json.loads(sys.stdin.readline()))))))
