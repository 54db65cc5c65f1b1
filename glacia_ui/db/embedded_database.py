"""The embedded database, ready to use: server, what a hosted project brings, our migrations, the transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from glacia_ui.db.embedded import Dsn, EmbeddedPostgres, EmbeddedPostgresError
from glacia_ui.db.embedded.shim import apply_shim
from glacia_ui.db.migrate import MigrationError, migrate
from glacia_ui.db.postgres import PostgresTransport
from glacia_ui.errors import UnavailableError

START_ERRORS = (EmbeddedPostgresError, MigrationError, UnavailableError)
"""What `open_embedded` can fail with; the text of each is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class EmbeddedDatabase:
    """An open embedded database."""

    transport: PostgresTransport
    description: str
    """Version, folder and account, for the log and the start line."""
    migrated: list[str]
    """File names of the migrations that this start applied."""


@asynccontextmanager
async def open_embedded(data_dir: Path, *, pool_size: int = 10) -> AsyncIterator[EmbeddedDatabase]:
    """Start or adopt the server of a data folder, bring its schema up to date and connect; undone on the way out.

    While it is open a killed server is started again by the next call. The last process out stops the server.
    Raises EmbeddedPostgresError, MigrationError and UnavailableError.
    """
    server = EmbeddedPostgres(data_dir)
    try:
        dsn = await asyncio.to_thread(server.start)
        migrated = await asyncio.to_thread(_prepare, dsn)
        transport = PostgresTransport(dsn.conninfo("authenticator"), pool_size=pool_size, recover=server.ensure_running)
        try:
            await transport.open()
            yield EmbeddedDatabase(transport, server.describe(), migrated)
        finally:
            await transport.close()
    finally:
        # Also after a start that was cut off: its thread goes on, and `stop` waits for it.
        await asyncio.to_thread(server.stop)


def _prepare(dsn: Dsn) -> list[str]:
    apply_shim(dsn)
    return migrate(dsn.conninfo("postgres"))
