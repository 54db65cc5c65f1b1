"""What every test may ask for: a real Postgres, a database of its own, the transport, users."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from uuid import uuid4

import pytest

from glacia_ui.db.postgres import PostgresTransport
from glacia_ui.db.transport import Caller, Transport
from tests.support.databases import Cluster, Database, remove_abandoned

MakeUser = Callable[..., Awaitable[Caller]]

SQL_VARIANTS = [(major, regime) for major in (16, 18) for regime in ("bare", "granted")]
"""Postgres versions that the wheel brings, times the default privileges of newer and older hosted projects."""


class Clusters:
    """The session's servers, each started when the first test asks for it."""

    def __init__(self) -> None:
        self._started: dict[int, Cluster] = {}

    def get(self, major: int) -> Cluster:
        if major not in self._started:
            self._started[major] = Cluster.start(major)
        return self._started[major]

    def stop(self) -> None:
        for cluster in self._started.values():
            cluster.stop()


@pytest.fixture(scope="session")
def clusters() -> Iterator[Clusters]:
    remove_abandoned()
    started = Clusters()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def cluster(clusters: Clusters) -> Cluster:
    """A running server of the version that new data gets."""
    return clusters.get(18)


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A database of its own for one test, with all migrations."""
    created = cluster.create()
    yield created
    cluster.drop(created)


@pytest.fixture(params=SQL_VARIANTS, ids=[f"pg{major}-{regime}" for major, regime in SQL_VARIANTS])
def sql_database(request: pytest.FixtureRequest, clusters: Clusters) -> Iterator[Database]:
    """As `database`, once per Postgres version and set of default privileges: what SQL tests run on."""
    major, regime = request.param
    cluster = clusters.get(major)
    created = cluster.create(regime)
    yield created
    cluster.drop(created)


@pytest.fixture(params=["direct"])
async def transport(database: Database) -> AsyncIterator[Transport]:
    """The way to the database that the app uses."""
    direct = PostgresTransport(database.conninfo("authenticator"))
    await direct.open()
    yield direct
    await direct.close()


@pytest.fixture
def make_user(database: Database) -> MakeUser:
    """`await make_user(email=None, is_guest=False)`: somebody signed up in `database`, as a caller."""

    async def make(email: str | None = None, *, is_guest: bool = False) -> Caller:
        address = None if is_guest else email or f"{uuid4().hex[:12]}@example.com"
        return Caller.user(database.add_user(address, is_guest=is_guest))

    return make
