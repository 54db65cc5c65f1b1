"""How much later an event is seen in another process than in the one that runs the generation.

Run with `make bench`. Two sets of services over one embedded database, as two processes have them, the demo model at
its own pace; once with a real Redis between them and once with the database alone, which promises a second.
"""

from __future__ import annotations

import asyncio
import sys
import time
from uuid import UUID

from glacia_ui.services.relay import RedisRelay, Relay
from tests.conftest import open_direct
from tests.doubles.supabase.keys import Keys
from tests.support.databases import Cluster, Database
from tests.support.redis_server import RedisServer
from tests.support.studio import Caller, Studio, open_studio

GENERATIONS = 5


async def seen(studio: Studio, caller: Caller, generation_id: UUID) -> dict[int, float]:
    """When each event came, by its number."""
    events = await studio.generations.follow(caller, generation_id)
    assert events is not None
    return {event.seq: time.monotonic() async for event in events}


async def delays(database: Database, relays: tuple[Relay, Relay]) -> list[float]:
    """Seconds between the two, for every event of a few generations at once."""
    keys = Keys()
    claims = [keys.claims(database.add_user(f"{number}@example.com")) for number in range(GENERATIONS)]
    users = [Caller("authenticated", one, keys.sign(one)) for one in claims]
    async with (
        open_direct(database) as transport,
        open_studio(transport, speed=1, relay=relays[0]) as runs,
        open_studio(transport, speed=1, relay=relays[1]) as follows,
    ):

        async def one(user: Caller) -> list[float]:
            project = await runs.projects.create(user, "Bench")
            generation = await runs.begin(user, project.id)
            near, far = await asyncio.gather(seen(runs, user, generation), seen(follows, user, generation))
            assert near.keys() == far.keys()
            return [far[number] - near[number] for number in near]

        found = await asyncio.gather(*map(one, users))
    return sorted(delay for some in found for delay in some)


def line(name: str, found: list[float]) -> str:
    p50, p95 = (found[int(len(found) * share)] * 1000 for share in (0.5, 0.95))
    return f"{name:<16}{len(found):>8}{p50:>9.0f}{p95:>9.0f}{found[-1] * 1000:>9.0f}\n"


async def main(cluster: Cluster) -> None:
    """Prints the table."""
    sys.stdout.write(f"{'':<16}{'events':>8}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}\n")
    with RedisServer() as redis:
        relays = RedisRelay(redis.url, "glacia:bench"), RedisRelay(redis.url, "glacia:bench")
        sys.stdout.write(line("Redis", await delays(cluster.create(), relays)))
    sys.stdout.flush()
    sys.stdout.write(line("database alone", await delays(cluster.create(), (Relay(), Relay()))))


if __name__ == "__main__":
    server = Cluster.start(18)
    try:
        asyncio.run(main(server))
    finally:
        server.stop()
