"""What every test may ask for: a real Postgres, a database of its own, the transport, users."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import settings

from glacia_ui.db.postgres import PostgresTransport
from glacia_ui.db.supabase import SupabaseTransport
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.identity import Identity
from glacia_ui.identity.gotrue import GoTrue
from glacia_ui.identity.local import LocalIdentity
from glacia_ui.identity.sealed import Sealer
from glacia_ui.identity.supabase import SupabaseIdentity
from glacia_ui.identity.verifier import Verifier
from tests.doubles.supabase.app import Project
from tests.doubles.supabase.keys import Keys
from tests.doubles.supabase.server import Server
from tests.support import hosted
from tests.support.databases import Cluster, Database, remove_abandoned
from tests.support.redis_server import RedisServer
from tests.support.sizes import IS_FULL

settings.register_profile("glacia", deadline=None)  # what a test machine is busy with is no defect of ours
settings.load_profile("glacia")

PUBLIC_URL = "http://glacia.example"
SECRET = b"a secret for tests"
MakeUser = Callable[..., Awaitable[Caller]]

ALL_SQL_VARIANTS = [(major, regime) for major in (16, 18) for regime in ("bare", "granted")]
"""Postgres versions that the wheel brings, times the default privileges of newer and older hosted projects."""
SQL_VARIANTS = ALL_SQL_VARIANTS if IS_FULL else [(16, "granted"), (18, "bare")]
"""Each version and each set of privileges once; every pair of them at full size."""


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


@pytest.fixture(scope="session")
def hosted_project() -> tuple[hosted.HostedDatabase, hosted.HostedServer]:
    """The project that `make test-supabase` was given."""
    return hosted.open_project()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database | hosted.HostedDatabase]:
    """A database of its own for one test, with all migrations."""
    if hosted.IS_CHOSEN:
        shared, _ = request.getfixturevalue("hosted_project")
        yield shared
        shared.reset()
        return
    cluster = request.getfixturevalue("cluster")
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


@pytest.fixture
def keys(request: pytest.FixtureRequest) -> Keys:
    """The keys of the hosted project, or of the double that stands for one."""
    if hosted.IS_CHOSEN:
        return request.getfixturevalue("hosted_project")[1].project.keys
    return Keys()


@pytest.fixture
def supabase(request: pytest.FixtureRequest, database: Database, keys: Keys) -> Iterator[Server | hosted.HostedServer]:
    """The double of a hosted project over `database`, on a real socket."""
    if hosted.IS_CHOSEN:
        yield request.getfixturevalue("hosted_project")[1]
        return
    project = Project(database.conninfo("authenticator"), database.conninfo("supabase_admin"), keys)
    project.options.confirms_email = False  # a test that wants mails says so
    with Server(project) as server:
        yield server


@asynccontextmanager
async def open_direct(database: Database) -> AsyncIterator[PostgresTransport]:
    """Straight to Postgres, as on the embedded database."""
    direct = PostgresTransport(database.conninfo("authenticator"))
    await direct.open()
    yield direct
    await direct.close()


@asynccontextmanager
async def open_hosted(server: Server) -> AsyncIterator[SupabaseTransport]:
    """Through PostgREST, as on a hosted project."""
    keys = server.project.keys
    hosted = SupabaseTransport(server.url, anon_key=keys.publishable, service_key=keys.secret)
    await hosted.open()
    yield hosted
    await hosted.close()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """An empty Redis of its own for one test; it starts in a few hundredths of a second."""
    with RedisServer() as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever uses `transport` runs on both ways to the database, except what only the embedded one has."""
    if "transport" in metafunc.fixturenames:
        is_embedded_only = metafunc.definition.get_closest_marker("embedded_only") is not None
        ways = ["direct"] if is_embedded_only else ["direct", "supabase"]
        metafunc.parametrize("transport", ways, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a project from elsewhere: what goes through PostgREST, and looks at no inside of the double."""
    if not hosted.IS_CHOSEN:
        return
    chosen = [item for item in items if _suits_a_project_elsewhere(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def _suits_a_project_elsewhere(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return False
    goes_through = item.callspec.params.get("transport") == "supabase"
    return goes_through and not {"supabase", "cluster"} & set(item.fixturenames)


@pytest.fixture
async def transport(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Transport]:
    """The way to the database that the app uses: both of them, one after the other."""
    if request.param == "direct":
        async with open_direct(database) as direct:
            yield direct
    else:
        async with open_hosted(request.getfixturevalue("supabase")) as hosted:
            yield hosted


@pytest.fixture
async def identity(transport: Transport, request: pytest.FixtureRequest) -> AsyncIterator[Identity]:
    """Who is it, as `transport` has it: accounts of our own, or the double's GoTrue."""
    if isinstance(transport, PostgresTransport):
        yield LocalIdentity(transport, allows_guests=True)
        return
    async with open_identity(request.getfixturevalue("supabase"), transport) as hosted:
        yield hosted


@asynccontextmanager
async def open_identity(server: Server, transport: Transport, **options: Any) -> AsyncIterator[SupabaseIdentity]:
    """One process's way to the people of the double; `options` are SupabaseIdentity's."""
    url, keys = f"{server.url}/auth/v1", server.project.keys
    async with httpx.AsyncClient() as http:
        verifier = Verifier(url, http, legacy_secret=keys.legacy_secret if server.project.options.is_legacy else None)
        gotrue = GoTrue(url, keys.publishable, http)
        hosted = SupabaseIdentity(transport, gotrue, verifier, Sealer(SECRET), public_url=PUBLIC_URL, **options)
        await hosted.open()
        yield hosted
        await hosted.close()


@pytest.fixture
def make_user(database: Database, keys: Keys) -> MakeUser:
    """`await make_user(email=None, is_guest=False)`: somebody signed up in `database`, as a caller with a token."""

    async def make(email: str | None = None, *, is_guest: bool = False) -> Caller:
        address = None if is_guest else email or f"{uuid4().hex[:12]}@example.com"
        claims = keys.claims(database.add_user(address, is_guest=is_guest))
        return Caller("authenticated", claims, keys.sign(claims))

    return make
