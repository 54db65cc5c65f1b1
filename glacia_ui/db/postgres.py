"""Speaks to Postgres directly, and does in each call what PostgREST does: role, claims, time limit, one transaction.

A call is one message with two statements, and so one round trip and one implicit transaction: what the first sets is
local to it, and nothing is left for the next caller of that connection. The role must be set by a statement of its own:
in one with the call, the planner would check rights as the login role and skip RLS.
"""

from __future__ import annotations

import asyncio
import os
import re
import select
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg import AsyncClientCursor, AsyncConnection
from psycopg_pool import AsyncConnectionPool

from glacia_ui.db.encoding import to_json, to_literal
from glacia_ui.db.errors import error_from_sqlstate, unavailable, unstorable
from glacia_ui.db.transport import Caller, Json

STATEMENT_TIMEOUTS = {"anon": "3s", "authenticated": "8s", "service_role": "8s"}
"""As a hosted project's; 10_roles.sql gives the roles the same, for those who come through PostgREST."""

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_PREFACE = (
    "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true),"
    " set_config('statement_timeout', %s, true);"
)
_ARRAY_PARAMETERS = """
select p.proname, a.name
from pg_catalog.pg_proc p
cross join lateral unnest(p.proargtypes::oid[], p.proargnames) as a(type, name)
join pg_catalog.pg_type t on t.oid = a.type
where p.pronamespace = 'public'::regnamespace and t.typcategory = 'A'
"""
_CALL_SECONDS = 15.0
"""After this a server that says nothing at all is hung up on. Its own statement timeout comes long before."""
_RECONNECT_SECONDS = 4.0
"""The pool's own attempts back off; after this it forgets them, and the next call tries again at once."""
_CLOSE_SECONDS = 1.0
_HEALING_PAUSES_SECONDS = (0.0, 0.1, 0.3, 0.6)


class PostgresTransport:
    """RPCs over a pool of connections that log in as `authenticator`. One per event loop."""

    def __init__(
        self,
        conninfo: str,
        *,
        pool_size: int = 10,
        patience_seconds: float = 8.0,
        recover: Callable[[], None] | None = None,
    ) -> None:
        """`patience_seconds` is how long a call waits for a free connection before it gives up.

        `recover` blocks until the server runs again; it is called, once at a time, when a connection is refused.
        """
        self._patience_seconds = patience_seconds
        self._arrays: frozenset[tuple[str, str]] = frozenset()
        self._pool = AsyncConnectionPool(
            conninfo,
            connection_class=AsyncConnection if recover is None else _healing(recover),
            kwargs={"autocommit": True, "prepare_threshold": None, "tcp_user_timeout": int(_CALL_SECONDS * 1000)},
            min_size=min(2, pool_size),
            max_size=pool_size,
            open=False,
            reconnect_timeout=_RECONNECT_SECONDS,
            name="glacia",
        )

    async def open(self) -> None:
        """Connect, and learn which parameters are arrays; so the migrations come first.

        Raises UnavailableError.
        """
        await self._pool.open()
        async with self._connection() as connection:
            cursor = await connection.execute(_ARRAY_PARAMETERS)
            self._arrays = frozenset(await cursor.fetchall())

    async def rpc(self, function: str, args: Mapping[str, Json], caller: Caller) -> Json:
        """Call `public.<function>`; see `Transport.rpc`. A call that may have reached the server is never repeated."""
        query, values = self._statement(function, args, caller)
        async with self._connection() as connection:
            cursor = AsyncClientCursor(connection)
            await cursor.execute(query, values)
            cursor.nextset()
            row = await cursor.fetchone()
        return None if row is None else row[0]

    async def close(self) -> None:
        """Close every connection. One that is being made is not waited for long."""
        await self._pool.close(timeout=_CLOSE_SECONDS)

    def _statement(self, function: str, args: Mapping[str, Json], caller: Caller) -> tuple[bytes, list[str | None]]:
        if not all(_NAME.fullmatch(name) for name in (function, *args)):
            raise ValueError(f"no SQL names: {function}({', '.join(args)})")
        named = ", ".join(f"{name} => %s" for name in args)
        values = [to_literal(value, is_array=(function, name) in self._arrays) for name, value in args.items()]
        preface = [caller.role, to_json(dict(caller.claims)), STATEMENT_TIMEOUTS[caller.role]]
        return f"{_PREFACE} select public.{function}({named})".encode(), [*preface, *values]

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A live connection; everything that psycopg raises meanwhile becomes an AppError."""
        try:
            connection = await self._live_connection()
            try:
                with _deadline(connection):
                    yield connection
            finally:
                await self._pool.putconn(connection)
        except psycopg.DataError as error:
            if error.sqlstate is None:  # refused by psycopg itself: a NUL
                raise unstorable(str(error)) from error
            raise error_from_sqlstate(error.sqlstate, error.diag.message_primary or "") from error
        except psycopg.OperationalError as error:
            if error.sqlstate is None:
                raise unavailable(str(error)) from error
            raise error_from_sqlstate(error.sqlstate, error.diag.message_primary or "") from error
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error)
            raise error_from_sqlstate(error.sqlstate, said, error.diag.message_detail) from error
        except UnicodeEncodeError as error:
            raise unstorable("lone surrogate") from error

    async def _live_connection(self) -> AsyncConnection[Any]:
        """One that the server has not closed; the pool replaces those that it has."""
        deadline = asyncio.get_running_loop().time() + self._patience_seconds
        while True:
            connection = await self._pool.getconn(deadline - asyncio.get_running_loop().time())
            if not _is_closed(connection):
                return connection
            await connection.close()
            await self._pool.putconn(connection)


def _healing(recover: Callable[[], None]) -> type[AsyncConnection[Any]]:
    """A connection class that has the server brought back when it cannot connect."""
    single_flight = asyncio.Lock()

    class HealingConnection(AsyncConnection[Any]):
        @classmethod
        async def connect(cls, conninfo: str = "", **kwargs: Any) -> HealingConnection:
            for pause in _HEALING_PAUSES_SECONDS:
                try:
                    return await super().connect(conninfo, **kwargs)
                except psycopg.OperationalError:
                    async with single_flight:
                        await asyncio.to_thread(recover)
                await asyncio.sleep(pause)
            return await super().connect(conninfo, **kwargs)

    return HealingConnection


def _is_closed(connection: AsyncConnection[Any]) -> bool:
    """Told by the kernel, without a round trip: an idle connection has nothing to say but goodbye.

    So it is known before anything is sent, and the call can be made on another connection, once.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _deadline(connection: AsyncConnection[Any]) -> Iterator[None]:
    """Hang up on a server that does not answer; psycopg then sees a lost connection."""
    timer = asyncio.get_running_loop().call_later(_CALL_SECONDS, _hang_up, connection.fileno())
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)
