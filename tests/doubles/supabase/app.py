"""The double as one ASGI app: gateway faults outside, the Data API and GoTrue inside, one pool of connections below."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tests.doubles.supabase.accounts import Accounts, Mail, Options
from tests.doubles.supabase.auth import Auth
from tests.doubles.supabase.faults import Faults, FaultsMiddleware
from tests.doubles.supabase.keys import Keys
from tests.doubles.supabase.rest import Rest

MOST_CONNECTIONS = 32


@dataclass
class Project:
    """What a hosted project consists of, for whoever wants to look behind it."""

    rest_conninfo: str
    """How PostgREST logs in: as `authenticator`."""
    auth_conninfo: str
    """How GoTrue logs in: as a superuser that becomes `supabase_auth_admin`, which has no password here."""
    keys: Keys = field(default_factory=Keys)
    faults: Faults = field(default_factory=Faults)
    options: Options = field(default_factory=Options)
    outbox: list[Mail] = field(default_factory=list)
    """Mails that GoTrue would have sent, oldest first."""


def create_app(project: Project) -> Starlette:
    """The app. Its pools live as long as its lifespan."""
    rest_pool = _pool(project.rest_conninfo)
    auth_pool = _pool(project.auth_conninfo)
    accounts = Accounts(auth_pool, project.keys, project.options)
    auth = Auth(accounts, project.keys, project.options, project.outbox)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with rest_pool, auth_pool:
            yield

    return Starlette(
        routes=[*Rest(rest_pool, project.keys).routes(), *auth.routes()],
        middleware=[Middleware(FaultsMiddleware, faults=project.faults)],  # type: ignore[arg-type]
        lifespan=lifespan,
    )


def _pool(conninfo: str) -> AsyncConnectionPool[AsyncConnection[Any]]:
    options = {"prepare_threshold": None}
    return AsyncConnectionPool(conninfo, min_size=0, max_size=MOST_CONNECTIONS, open=False, kwargs=options)
