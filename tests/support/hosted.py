"""A project that runs elsewhere, hosted or the CLI's local stack, in place of the double: `make test-supabase`.

There is one database for all tests, so each is followed by a `reset`: nobody is left, nor anything that a test created.
That is why a project in which somebody has signed up already is refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg

from glacia_ui.db.migrate import migrate
from tests.doubles.supabase.app import Project
from tests.doubles.supabase.keys import Keys

IS_CHOSEN = os.environ.get("TEST_SUPABASE") == "1"
_NEEDED = ("SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_JWT_SECRET", "DATABASE_URL")
_CREATED = """
select format('drop %%s %%s cascade', case when kind = 'f' then 'function' else 'table' end, name) from (
  select 'f', oid, oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace
  union all
  select 'r', oid, oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
) as made(kind, oid, name) where oid <> all (%s)
"""
_PRESENT = """
select coalesce(array_agg(oid), '{}') from (
  select oid from pg_proc where pronamespace = 'public'::regnamespace
  union all
  select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
) as present
"""


class SharedSecretKeys(Keys):
    """Signs as the project does with its older secret, which PostgREST takes as well as GoTrue's own key."""

    def sign(self, claims: dict[str, Any]) -> str:
        """An access token."""
        return self.sign_legacy(claims)


@dataclass
class HostedDatabase:
    """As `Database`, but only ever as `postgres`: nobody outside is given more."""

    url: str
    _present: list[int] = field(default_factory=list)
    _policies: str = "[]"

    def conninfo(self, role: str = "postgres") -> str:
        """How `postgres` connects; who needs another role cannot be tested here."""
        if role == "authenticator":
            raise NotImplementedError("a hosted project lets nobody in as authenticator")
        return self.url

    def connect(self, role: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """A blocking connection; use it in a `with`, which commits and closes."""
        return psycopg.connect(self.conninfo(role), **options)

    def add_user(self, email: str | None = None, *, is_guest: bool = False) -> UUID:
        """Somebody in auth.users."""
        user_id = uuid4()
        with self.connect() as connection:
            connection.execute(
                "insert into auth.users (id, aud, role, email, is_anonymous, email_confirmed_at)"
                " values (%s, 'authenticated', 'authenticated', %s, %s, case when %s then null else now() end)",
                [user_id, email, is_guest, is_guest],
            )
        return user_id

    def prepare(self) -> None:
        """Bring the schema up to date, and remember what belongs there. Raises RuntimeError if somebody lives there."""
        migrate(self.url)
        with self.connect() as connection:
            if _value(connection, "select count(*) from auth.users"):
                raise RuntimeError("This project has users. The tests would delete them: take an empty one.")
            self._present = _value(connection, _PRESENT)
            self._policies = _value(connection, "select jsonb_agg(p)::text from private.rate_policies p")

    def reset(self) -> None:
        """As it was before the first test."""
        with self.connect() as connection:
            for (statement,) in connection.execute(_CREATED.encode(), [self._present]).fetchall():
                connection.execute(statement)
            connection.execute("delete from auth.users")
            connection.execute("truncate private.rate_hits; truncate private.rate_policies cascade")
            connection.execute(
                "insert into private.rate_policies"
                " select * from jsonb_populate_recordset(null::private.rate_policies, %s::jsonb)",
                [self._policies],
            )


@dataclass
class HostedServer:
    """As the double's `Server`, as far as transports and identities look at it."""

    url: str
    project: Project


def open_project() -> tuple[HostedDatabase, HostedServer]:
    """The project that the environment names. Raises RuntimeError."""
    if missing := [name for name in _NEEDED if not os.environ.get(name)]:
        raise RuntimeError(f"make test-supabase needs {', '.join(missing)}.")
    # Taken out, because the app under test reads the environment, too.
    url, anon, secret, jwt_secret, database_url = (os.environ.pop(name) for name in _NEEDED)
    keys = SharedSecretKeys(f"{url}/auth/v1", publishable=anon, secret=secret, legacy_secret=jwt_secret)
    database = HostedDatabase(database_url)
    database.prepare()
    return database, HostedServer(url.rstrip("/"), Project(database_url, database_url, keys))


def _value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return None if row is None else row[0]
