"""What one call of the database costs on each way to it, against a bare `select 1` over the same kind of connection.

Run with `make bench`. The ratio is the call's rate against that of `select 1` at the same concurrency in the same run.
The figures of `supabase` are against the test double of PostgREST, which is Python: they tell what our client and its
HTTP cost at most, and nothing about a real project.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle
from statistics import median
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from glacia_ui.core.models import Refusal
from glacia_ui.db.generations import Generations
from glacia_ui.db.projects import Projects
from glacia_ui.db.transport import SERVER, Caller, Transport
from tests.conftest import open_direct, open_hosted
from tests.doubles.supabase.app import Project
from tests.doubles.supabase.keys import Keys
from tests.doubles.supabase.server import Server
from tests.support.databases import Cluster, Database

SECONDS = 1.0
"""How long each line of the table is measured."""
AT_ONCE = (1, 16, 64)
USERS = 1000
SIDE_BY_SIDE = 16
"""How many reserve at once."""
Call = Callable[[], Awaitable[object]]
Place = tuple[Caller, UUID]
"""A user and a project of theirs."""


async def measure(calls: Sequence[Call]) -> tuple[float, list[float]]:
    """Each call again and again, all of them side by side. (calls per second, sorted milliseconds of each)."""
    taken: list[float] = []
    start = time.perf_counter()

    async def repeat(call: Call) -> None:
        while (began := time.perf_counter()) - start < SECONDS:
            await call()
            taken.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*map(repeat, calls))
    return len(taken) / (time.perf_counter() - start), sorted(taken)


async def line(name: str, calls: Sequence[Call], bare: float | None = None) -> float:
    """Measure, and print a line of the table. Returns calls per second."""
    rate, taken = await measure(calls)
    p99 = taken[min(len(taken) - 1, len(taken) * 99 // 100)]
    ratio = f"{rate / bare:8.2f}" if bare else " " * 8
    sys.stdout.write(f"{name:<40}{len(calls):>8}{rate:>10.0f}{median(taken):>10.2f}{p99:>10.2f}{ratio}\n")
    sys.stdout.flush()
    return rate


async def bare_selects(database: Database) -> dict[int, float]:
    """`select 1` over a pool like the transport's; calls per second by how many at once."""
    async with AsyncConnectionPool(
        database.conninfo("authenticator"), min_size=10, max_size=10, open=False, kwargs={"autocommit": True}
    ) as pool:

        async def select() -> None:
            async with pool.connection() as connection:
                await connection.execute("select 1")

        return {count: await line("select 1", [select] * count) for count in AT_ONCE}


async def measure_way(name: str, transport: Transport, places: Sequence[Place], bare: dict[int, float]) -> None:
    """Every line of one way to the database."""
    user = places[0][0]
    for count in AT_ONCE:
        await line(f"{name}: ping", [lambda: transport.rpc("ping", {}, SERVER)] * count, bare[count])
        await line(f"{name}: get_me", [lambda: transport.rpc("get_me", {}, user)] * count, bare[count])
    rows = Generations(transport)
    for some in (places[:1], places):
        turns = cycle(some)
        calls = [lambda turns=turns: _reserve(rows, *next(turns))] * SIDE_BY_SIDE  # type: ignore[misc]
        await line(f"{name}: reservations, users: {len(some)}", calls, bare[SIDE_BY_SIDE])


async def _reserve(rows: Generations, caller: Caller, project: UUID) -> None:
    begun = await rows.begin_generation(caller, project, "a page", model="m")
    if isinstance(begun, Refusal):
        raise TypeError(begun.reason)  # a refusal costs less, and is not what is measured


async def run(database: Database) -> None:
    keys = Keys()
    users = _prepare(database, keys)
    sys.stdout.write(f"{'':<40}{'at once':>8}{'calls/s':>10}{'p50 ms':>10}{'p99 ms':>10}{'ratio':>8}\n")
    bare = await bare_selects(database)
    project = Project(database.conninfo("authenticator"), database.conninfo("supabase_admin"), keys)
    with Server(project) as server:
        async with open_direct(database) as direct, open_hosted(server) as hosted:
            places = [(user, (await Projects(direct).create_project(user, "Bench")).id) for user in users]
            await measure_way("direct", direct, places, bare)
            await measure_way("supabase (double)", hosted, places, bare)


def _prepare(database: Database, keys: Keys) -> list[Caller]:
    """Limits that nobody reaches, and the users."""
    with database.connect("supabase_admin") as connection:
        connection.execute("update private.rate_policies set max_hits = 1000000")
        connection.execute("update private.quota_defaults set quota_limit = 1000000")
        rows = connection.execute(
            "insert into auth.users (email, email_confirmed_at)"
            " select format('%%s@example.com', n), now() from generate_series(1, %s) n returning id",
            [USERS],
        ).fetchall()
    everybody = [keys.claims(user_id) for (user_id,) in rows]
    return [Caller("authenticated", claims, keys.sign(claims)) for claims in everybody]


def main() -> None:
    cluster = Cluster.start(18)
    try:
        asyncio.run(run(cluster.create()))
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
