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

from tests.doubles.supabase.faults import Faults, FaultsMiddleware
from tests.doubles.supabase.keys import Keys
from tests.doubles.supabase.rest import Rest

MOST_CONNECTIONS = 64


@dataclass
class Project:
    """What a hosted project consists of, for whoever wants to look behind it."""

    rest_conninfo: str
    """How PostgREST logs in: as `authenticator`."""
    keys: Keys = field(default_factory=Keys)
    faults: Faults = field(default_factory=Faults)


def create_app(project: Project) -> Starlette:
    """The app. Its pool lives as long as its lifespan."""
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        project.rest_conninfo, min_size=0, max_size=MOST_CONNECTIONS, open=False, kwargs={"prepare_threshold": None}
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with pool:
            yield

    return Starlette(
        routes=Rest(pool, project.keys).routes(),
        middleware=[Middleware(FaultsMiddleware, faults=project.faults)],  # type: ignore[arg-type]
        lifespan=lifespan,
    )
