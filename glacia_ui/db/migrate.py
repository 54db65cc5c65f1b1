"""Applies `supabase/migrations/*.sql`, on the embedded database or a hosted one.

It keeps the Supabase CLI's history table, so `supabase db push` and this can be mixed. Each migration is one
transaction together with its row of history: a failed one leaves nothing. An advisory lock, taken inside that
transaction (so that it also works through a transaction pooler), lets only one process migrate at a time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

MIGRATIONS_FOLDER = Path(__file__).parents[2] / "supabase" / "migrations"
_FILE_NAME = re.compile(r"(?P<version>\d{14})_(?P<name>\w+)\.sql")
_LOCK_KEY = 7_236_302
_HISTORY = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""

_log = logging.getLogger(__name__)


class MigrationError(RuntimeError):
    """A migration could not be applied. Those before it stay applied, it left nothing."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: 14 digits, a topic, and SQL."""

    version: str
    name: str
    path: Path


def find_migrations(folder: Path = MIGRATIONS_FOLDER) -> list[Migration]:
    """All migrations of a folder, in order.

    Raises MigrationError for a file that is not named as the CLI wants it, or two of one version.
    """
    found: dict[str, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path.name} is not named <14 digits>_<topic>.sql.")
        if match["version"] in found:
            raise MigrationError(f"{path.name} and {found[match['version']].path.name} have the same version.")
        found[match["version"]] = Migration(match["version"], match["name"], path)
    return list(found.values())


def migrate(conninfo: str, folder: Path = MIGRATIONS_FOLDER, *, say: Callable[[str], None] | None = None) -> list[str]:
    """Apply what is missing, as the role of `conninfo` (`postgres`). Returns the file names that were applied.

    `say` gets what a migration tells whoever runs it (its notices and warnings). Blocks: call it in a thread. Raises
    MigrationError; psycopg.OperationalError when there is no connection.
    """
    migrations = find_migrations(folder)
    with psycopg.connect(conninfo, autocommit=True, prepare_threshold=None) as connection:
        if say is not None:
            connection.add_notice_handler(lambda notice: _pass_on(notice, say))
        pending = _pending(connection, migrations)
        return [migration.path.name for migration in pending if _apply(connection, migration)]


def _pending(connection: psycopg.Connection, migrations: list[Migration]) -> list[Migration]:
    with connection.transaction():
        _lock(connection)
        connection.execute(_HISTORY)
        rows = connection.execute("select version from supabase_migrations.schema_migrations").fetchall()
    applied = {version for (version,) in rows}
    return [migration for migration in migrations if migration.version not in applied]


def _apply(connection: psycopg.Connection, migration: Migration) -> bool:
    """Apply one, unless another process has done so since."""
    text = migration.path.read_text(encoding="utf-8")
    try:
        with connection.transaction():
            _lock(connection)
            inserted = connection.execute(
                "insert into supabase_migrations.schema_migrations (version, name, statements)"
                " values (%s, %s, %s) on conflict (version) do nothing",
                [migration.version, migration.name, [text]],
            )
            if inserted.rowcount == 0:
                return False
            connection.execute(text.encode())
    except psycopg.Error as error:
        raise MigrationError(f"{migration.path.name}: {_explain(error, text)}") from error
    _log.info("migration applied: %s", migration.path.name)
    return True


def _pass_on(notice: psycopg.errors.Diagnostic, say: Callable[[str], None]) -> None:
    """Only what a migration raised itself (00000 and 01000): Postgres's own remarks are not for an operator."""
    if notice.sqlstate in ("00000", "01000") and notice.message_primary and notice.context:
        say(notice.message_primary)


def _lock(connection: psycopg.Connection) -> None:
    connection.execute("set local statement_timeout = 0")
    connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK_KEY])


def _explain(error: psycopg.Error, text: str) -> str:
    position = error.diag.statement_position
    line = "" if position is None else f" (line {text.count(chr(10), 0, int(position)) + 1})"
    return f"{error.diag.message_primary or error}{line}"
