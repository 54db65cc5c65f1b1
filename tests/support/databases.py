"""Databases for tests: one real server per Postgres version and session, one template per set of privileges, one
database per test, copied from the template.

The servers run without fsync, which no test can see; `test_embedded_*` start servers of their own with the product's
settings. What a killed test run leaves behind is removed by the next one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg import sql

from glacia_ui.db.embedded import Dsn, EmbeddedPostgres
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import find_postmaster
from glacia_ui.db.embedded.shim import apply_shim
from glacia_ui.db.migrate import migrate

Regime = Literal["bare", "granted"]
"""Default privileges of a hosted project: nothing (since 2026-10-30), or everything (before)."""

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
_GRANTED = (Path(__file__).parent / "granted.sql").read_text(encoding="utf-8")
_ROOT = Path(tempfile.gettempdir()) / f"glacia-tests-{os.geteuid()}"


def make_scratch_folder() -> Path:
    """A new folder that another account can pass through, unlike pytest's `tmp_path`, so that root's servers fit in."""
    _ROOT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=_ROOT))
    for each in (_ROOT, folder):
        each.chmod(0o711)
    return folder


def remove_abandoned() -> None:
    """Stop the servers of test runs that were killed, and remove their folders."""
    for folder in _ROOT.glob("*") if _ROOT.exists() else []:
        layout = known_layout(folder)
        if not layout.users_lock.exists() or _is_in_use(layout.users_lock):
            continue
        if (postmaster := find_postmaster(layout.cluster)) is not None:
            postmaster.send(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(lock: Path) -> bool:
    with lock.open("rb+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Database:
    """One database on a test server."""

    dsn: Dsn
    name: str
    major: int
    regime: Regime

    def conninfo(self, role: str = "authenticator") -> str:
        """How `supabase_admin`, `postgres` or `authenticator` connects."""
        return self.dsn.conninfo(role, self.name)

    def connect(self, role: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """A blocking connection; use it in a `with`, which commits and closes."""
        return psycopg.connect(self.conninfo(role), **options)

    @contextmanager
    def acting_as(self, user_id: UUID | None, role: str = "authenticated") -> Iterator[psycopg.Connection[Any]]:
        """A transaction as PostgREST opens it for this user (None: a token without `sub`); rolled back at the end."""
        claims = {"role": role} if user_id is None else {"role": role, "sub": str(user_id)}
        with self.connect("authenticator") as connection:
            connection.execute(
                "select set_config('role', %s, true), set_config('request.jwt.claims', %s::jsonb::text, true)",
                [role, psycopg.types.json.Jsonb(claims)],
            )
            yield connection
            connection.rollback()

    def add_user(self, email: str | None = None, *, is_guest: bool = False) -> UUID:
        """Sign somebody up the way GoTrue does: a row in auth.users, written by the role that owns it."""
        with self.connect("supabase_admin") as connection:
            connection.execute("set local role supabase_auth_admin")
            row = connection.execute(
                "insert into auth.users (email, is_anonymous, email_confirmed_at)"
                " values (%s, %s, case when %s then null else now() end) returning id",
                [email, is_guest, is_guest],
            ).fetchone()
        assert row is not None
        user_id: UUID = row[0]
        return user_id


@dataclass(slots=True)
class Cluster:
    """A running test server."""

    major: int
    server: EmbeddedPostgres
    dsn: Dsn
    _templates: set[Regime] = field(default_factory=set)
    _count: int = 0

    @classmethod
    def start(cls, major: int) -> Cluster:
        """Start a server of this version in a folder of its own."""
        server = EmbeddedPostgres(make_scratch_folder(), major=major, settings=FAST)
        return cls(major, server, server.start())

    def create(self, regime: Regime = "bare") -> Database:
        """A new database with the shim and all migrations."""
        if regime not in self._templates:
            self._make_template(regime)
        self._count += 1
        database = Database(self.dsn, f"test_{self._count}", self.major, regime)
        # Copying files takes a sixth of the time of writing them through the log, which these servers do not keep.
        self._execute(
            "create database {} template {} owner postgres strategy file_copy", database.name, f"template_{regime}"
        )
        return database

    def create_empty(self, regime: Regime = "bare") -> Database:
        """A new database as a hosted project starts: the shim, no migrations."""
        self._count += 1
        database = Database(self.dsn, f"test_{self._count}", self.major, regime)
        self._execute("create database {}", database.name)
        self._furnish(database)
        return database

    def drop(self, database: Database) -> None:
        """Remove a database, whoever is still connected."""
        self._execute("drop database {} with (force)", database.name)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        folder = self.server.data_dir
        self.server.stop()
        shutil.rmtree(folder)

    def _make_template(self, regime: Regime) -> None:
        template = Database(self.dsn, f"template_{regime}", self.major, regime)
        self._execute("create database {}", template.name)
        self._furnish(template)
        migrate(template.conninfo("postgres"))
        self._templates.add(regime)

    def _furnish(self, database: Database) -> None:
        apply_shim(self.dsn, database.name)
        if database.regime == "granted":
            with database.connect("supabase_admin") as connection:
                connection.execute(_GRANTED.encode())

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.dsn.conninfo("supabase_admin"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]
