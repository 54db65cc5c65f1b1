"""Reservations from many operating system processes on one user, each over a connection of its own: exact.

At full size 10,000 from 40 processes; see tests/support/sizes.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from glacia_ui.db.projects import Projects
from glacia_ui.db.transport import Caller, Transport
from tests.conftest import MakeUser
from tests.doubles.supabase.server import Server
from tests.sql.calls import Calls
from tests.support.databases import Database
from tests.support.reserving import ASKED_AGAIN, Order, run_together
from tests.support.sizes import full_size

PROCESSES = full_size(40, 4)
REQUESTS = full_size(10_000, 200)
QUOTA = 50


@pytest.fixture
def way(transport: Transport, database: Database, request: pytest.FixtureRequest) -> dict[str, str]:
    """How another process opens a transport of the same kind."""
    if request.node.callspec.params["transport"] == "direct":
        return {"conninfo": database.conninfo("authenticator")}
    server: Server = request.getfixturevalue("supabase")
    keys = server.project.keys
    return {"url": server.url, "anon_key": keys.publishable, "service_key": keys.secret}


@pytest.fixture
def calls(database: Database) -> Iterator[Calls]:
    """The owner's look at the tables."""
    opened = Calls(database)
    yield opened
    opened.close()


def order(way: dict[str, str], user: Caller, *, count: int, at_once: int = 1, project: str | None = None) -> Order:
    assert user.token is not None
    return Order(way, dict(user.claims), user.token, count, at_once, project)


async def orders_for(user: Caller, transport: Transport, way: dict[str, str]) -> list[Order]:
    """The promised number of requests in equal shares, each process in a project of its own."""
    projects = [await Projects(transport).create_project(user, f"Project {n}") for n in range(PROCESSES)]
    return [order(way, user, count=REQUESTS // PROCESSES, project=str(project.id)) for project in projects]


@pytest.mark.parametrize(
    ("window", "granted", "reason"),
    [(1_000_000, QUOTA, "quota_exhausted"), (5, 5, "rate_limited")],
    ids=["quota", "window"],
)
async def test_many_processes_get_exactly_what_there_is(
    transport: Transport,
    way: dict[str, str],
    make_user: MakeUser,
    calls: Calls,
    window: int,
    granted: int,
    reason: str,
) -> None:
    calls.user(calls.add_admin(), "set_rate_policy", p_name="generation", p_limit=window, p_window_seconds=86_400)
    user = await make_user()

    told = run_together(await orders_for(user, transport, way))

    sys.stdout.write(f"\n{dict(told)}\n")
    del told[ASKED_AGAIN]
    assert told == {"ok": granted, reason: REQUESTS - granted}
    quota = calls.assert_exact(user.claims["sub"])
    assert quota == {"limit": QUOTA, "used": 0, "reserved": granted, "remaining": QUOTA - granted}
    assert calls.one("select count(*) from public.generations where user_id = %s", user.claims["sub"]) == granted


async def test_eight_first_requests_of_a_new_user_are_exact(
    way: dict[str, str], make_user: MakeUser, calls: Calls
) -> None:
    """Nobody has made a profile yet, as where the trigger has failed: each of the eight wants to."""
    user = await make_user()
    user_id = user.claims["sub"]
    calls.change("delete from public.profiles where id = %s", user_id)
    processes = full_size(8, 4)

    told = run_together([order(way, user, count=8 // processes, at_once=8 // processes)] * processes)

    del told[ASKED_AGAIN]
    assert told == {"ok": 5, "rate_limited": 3}
    assert calls.assert_exact(user_id) == {"limit": QUOTA, "used": 0, "reserved": 5, "remaining": 45}
    assert calls.one("select count(*) from public.projects where user_id = %s", user_id) == 8
    assert calls.one("select count(*) from public.quota_ledger where user_id = %s and kind = 'grant'", user_id) == 1
