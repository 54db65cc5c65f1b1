"""`python -m glacia_ui migrate` on a hosted project: the address checked, the database looked at, then `migrate`.

Works through Supabase's session and transaction poolers as well as directly: nothing is prepared, and whatever is set
is set for one transaction. Each way to fail is one sentence, which never holds the password.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from glacia_ui.db.migrate import MIGRATIONS_FOLDER, MigrationError, find_migrations, migrate

_CONNECT_SECONDS = 15
_LOOK = """
with named as (
  select n.nspname || '.' || c.relname as name, c.relkind, c.relowner, n.nspname
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
)
select
  current_user,
  exists (select from named where name = 'auth.users')
    and (select count(*) from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')) = 3,
  has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create'),
  (select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user),
  (
    select string_agg(distinct pg_get_userbyid(relowner), ', ') from named
    where nspname in ('private', 'public') and relkind = 'r' and not pg_has_role(relowner, 'usage')
      and exists (select from named where name = 'private.quota_defaults')
  ),
  current_setting('transaction_read_only') = 'on',
  exists (select from named where name = 'supabase_migrations.schema_migrations')
"""

_WRONG_PASSWORD = re.compile(r"password authentication failed|no password supplied|SASL|SCRAM", re.IGNORECASE)
_UNKNOWN_PROJECT = re.compile(r"tenant or user not found|tenant/user .* not found|ENOTFOUND", re.IGNORECASE)
_NO_TLS = re.compile(r"does not support SSL|SSL error|certificate|SSL negotiation|no encryption", re.IGNORECASE)


class HostedDatabaseError(MigrationError):
    """The database of DATABASE_URL cannot be migrated; nothing was changed. The text is one sentence, no secret."""


def migrate_hosted(url: str, say: Callable[[str], None] | None = None) -> list[str]:
    """Apply what is missing to the database of this address. Returns the file names that were applied.

    `say` gets what the migrations themselves report. Blocks. Raises HostedDatabaseError before anything was changed,
    MigrationError when one of the migrations failed.
    """
    conninfo = _complete(url)
    try:
        with psycopg.connect(conninfo, autocommit=True, prepare_threshold=None) as connection:
            for problem in _problems(connection):
                raise HostedDatabaseError(problem)
    except psycopg.Error as error:
        raise HostedDatabaseError(_why_unreachable(error, conninfo)) from None
    try:
        return migrate(conninfo, say=say)
    except psycopg.OperationalError:
        raise MigrationError(
            f"The connection to {_place(conninfo)} was lost. What was applied stays, nothing is half applied: run it"
            " again."
        ) from None
    except psycopg.Error as error:
        raise MigrationError(
            f"{_place(conninfo)} refused: {error.diag.message_primary or 'no reason given'}."
        ) from None


def _complete(url: str) -> str:
    """The address as libpq takes it, with TLS required unless it says otherwise or never leaves this machine."""
    parts = _parts(url)
    if not parts:
        raise HostedDatabaseError(
            "DATABASE_URL is no address such as postgresql://USER:PASSWORD@HOST:PORT/postgres. Characters like @ / # ?"
            " in the password must be written as %40 %2F %23 %3F."
        )
    defaults = {
        "sslmode": "prefer" if _is_here(parts["host"]) else "require",
        "connect_timeout": str(_CONNECT_SECONDS),
        "application_name": "glacia migrate",
    }
    return make_conninfo("", **{**defaults, **parts})


def _parts(url: str) -> dict[str, str]:
    """The address taken apart; empty when it is none.

    A password that is not escaped ends up as host, port or database, which messages name: so those must look the part.
    """
    try:
        found = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:  # libpq's own words would quote the password
        return {}
    is_address = url.startswith(("postgresql://", "postgres://")) and url.partition("?")[0].count("@") <= 1
    is_place = bool(found.get("host")) and found.get("port", "5432").isdigit() and "@" not in found.get("dbname", "")
    return found if is_address and is_place else {}


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.startswith("/")


def _problems(connection: psycopg.Connection) -> Iterator[str]:
    """What stands against migrating, each as one sentence."""
    row = connection.execute(_LOOK.encode()).fetchone()
    assert row is not None  # noqa: S101  # a select without a table has one row
    user, is_supabase, may_create, bypasses, stranger, is_read_only, has_history = row
    if not is_supabase:
        yield (
            "This is no Supabase database: it has no schema auth with users, or lacks the roles anon, authenticated and"
            " service_role."
        )
    if is_read_only:
        yield "This database takes no changes now: it is read-only, perhaps a replica or full."
    if not may_create or not bypasses:
        yield f"The role {user} has too few rights for migrations: use postgres, which the project's own address names."
    if stranger:
        yield f"The role {user} may not change what {stranger} owns: run migrations as {stranger}, as before."
    if has_history and (unknown := _newer_versions(connection)):
        yield (
            f"This database has been migrated further than this version of Glacia knows ({', '.join(unknown)}): install"
            " the newer version."
        )


def _newer_versions(connection: psycopg.Connection) -> list[str]:
    """Versions in the history that come after our newest one. Older strangers are the project's own, and no matter."""
    newest = find_migrations(MIGRATIONS_FOLDER)[-1].version
    rows = connection.execute(
        "select version from supabase_migrations.schema_migrations where version > %s order by version", [newest]
    )
    return [version for (version,) in rows]


def _place(conninfo: str) -> str:
    """Who and where, without the password."""
    parts = conninfo_to_dict(conninfo)
    return f"{parts.get('user', 'postgres')}@{parts['host']}:{parts.get('port', 5432)}"


def _why_unreachable(error: psycopg.Error, conninfo: str) -> str:
    text, place = str(error), _place(conninfo)
    if _WRONG_PASSWORD.search(text):
        return f"{place} refuses the password in DATABASE_URL."
    if _UNKNOWN_PROJECT.search(text):
        return f"{place}: the pooler does not know this project; its user name is postgres.PROJECT, not postgres."
    if _NO_TLS.search(text):
        return f"{place} cannot be spoken to under TLS as DATABASE_URL asks for (sslmode): {_reason(text)}."
    return f"{place} cannot be reached: {_reason(text)}."


def _reason(text: str) -> str:
    """What went wrong in libpq's words; they name host, port and user, never a password."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "failed: " in line] or lines or ["no reason given"]
    return telling[-1].rpartition("failed: ")[2].removeprefix("FATAL:").strip().rstrip(".")
