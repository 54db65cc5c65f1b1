"""What a hosted Supabase project has before its first migration: roles, schema `auth`, privileges.

The files of `glacia_ui/db/shim/` are run in the order of their names by the superuser, in one transaction, whenever
they have changed; each can be run again over itself.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

from glacia_ui.db.embedded.launcher import SUPERUSER
from glacia_ui.db.embedded.server import DATABASE, Dsn

SHIM_FOLDER = Path(__file__).parents[1] / "shim"
_LOCK_KEY = 7_236_301


def apply_shim(dsn: Dsn, database: str = DATABASE) -> bool:
    """Make a database look like a hosted project's. False when it does already.

    Raises psycopg.Error.
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(SHIM_FOLDER.glob("*.sql"))]
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    with psycopg.connect(dsn.conninfo(SUPERUSER, database)) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK_KEY])
        if _applied(connection) == digest:
            return False
        for text in texts:
            connection.execute(text.encode())
        _set_passwords(connection, dsn)
        connection.execute(sql.SQL("comment on schema auth is {}").format(sql.Literal(digest)))
    return True


def _applied(connection: psycopg.Connection) -> str | None:
    row = connection.execute("select obj_description(to_regnamespace('auth'), 'pg_namespace')").fetchone()
    return None if row is None else row[0]


def _set_passwords(connection: psycopg.Connection, dsn: Dsn) -> None:
    for role, password in dsn.passwords.items():
        connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))
