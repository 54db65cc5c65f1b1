"""The embedded database refuses what a hosted project refuses, and allows what it allows."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from glacia_ui.db.embedded.shim import apply_shim
from tests.support.databases import Cluster, Database


@pytest.fixture(params=[16, 18], ids=["pg16", "pg18"])
def empty(request: pytest.FixtureRequest, clusters: object) -> Iterator[Database]:
    cluster: Cluster = clusters.get(request.param)  # type: ignore[attr-defined]
    created = cluster.create_empty()
    yield created
    cluster.drop(created)


def test_the_roles_are_those_of_a_hosted_project(empty: Database) -> None:
    with empty.connect("supabase_admin") as connection:
        rows = connection.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin, rolinherit from pg_roles"
        ).fetchall()
    roles = {name: flags for name, *flags in rows}
    #                           super  bypass createdb createrole login inherit
    assert roles["postgres"] == [False, True, True, True, True, True]
    assert roles["authenticator"] == [False, False, False, False, True, False]
    assert roles["anon"] == roles["authenticated"] == [False, False, False, False, False, False]
    assert roles["service_role"] == [False, True, False, False, False, False]
    assert roles["supabase_auth_admin"][:2] == [False, False]


@pytest.mark.parametrize(
    "statement",
    [
        "create function auth.mine() returns int language sql as 'select 1'",
        "create table auth.mine (x int)",
        "alter table auth.users add column mine text",
        "create or replace function auth.uid() returns uuid language sql as 'select null::uuid'",
        "drop schema auth cascade",
        "alter system set fsync = off",
        "copy (select 1) to program 'true'",
        "set role supabase_admin",
        "set role supabase_auth_admin",
    ],
)
def test_migrations_may_not(empty: Database, statement: str) -> None:
    with (
        empty.connect("postgres", autocommit=True) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "create schema private; create table private.t (x int)",
        "create table public.t (user_id uuid references auth.users (id) on delete cascade)",
        "select id, email from auth.users",
        "delete from auth.users",
        "create role mine; grant mine to authenticator",
        "create policy mine on public.p using (user_id = (select auth.uid()))",
        "grant select on public.p to anon, authenticated, service_role",
    ],
)
def test_migrations_may(empty: Database, statement: str) -> None:
    with empty.connect("postgres") as connection:
        connection.execute("create table public.p (user_id uuid)")
        connection.execute(statement.encode())
        connection.rollback()


def test_a_sign_up_trigger_works_as_definer_only(empty: Database) -> None:
    """The trap on hosted projects: it runs with the rights of the role that signs people up."""
    trigger = """
        create table if not exists public.profiles (id uuid);
        create or replace function public.on_sign_up() returns trigger language plpgsql {definer} set search_path = ''
        as $$ begin insert into public.profiles values (new.id); return new; end $$;
        create or replace trigger on_sign_up after insert on auth.users
        for each row execute function public.on_sign_up();
    """
    with empty.connect("postgres") as connection:
        connection.execute(trigger.format(definer="").encode())
    with pytest.raises(errors.InsufficientPrivilege):
        empty.add_user("a@example.com")
    with empty.connect("postgres") as connection:
        connection.execute(trigger.format(definer="security definer").encode())
    user = empty.add_user("a@example.com")
    with empty.connect("postgres") as connection:
        assert connection.execute("select id from public.profiles").fetchall() == [(user,)]


def test_who_logs_in_can_do_nothing_yet(empty: Database) -> None:
    with empty.connect("postgres") as connection:
        connection.execute("create table public.t (x int); grant select on public.t to anon, authenticated")
    with empty.connect("authenticator") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("select * from public.t")
    for role in ("postgres", "supabase_admin", "supabase_auth_admin"):
        with empty.connect("authenticator") as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"set role {role}".encode())


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_nobody_reads_the_users(empty: Database, role: str) -> None:
    user = empty.add_user("a@example.com")
    with empty.acting_as(user, role) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("select * from auth.users")


def test_the_claims_are_read_from_the_token(empty: Database) -> None:
    user = empty.add_user("a@example.com")
    query = "select auth.uid(), auth.role(), auth.jwt() ->> 'sub'"
    with empty.acting_as(user) as connection:
        assert connection.execute(query).fetchone() == (user, "authenticated", str(user))
    with empty.acting_as(None) as connection:
        assert connection.execute(query).fetchone() == (None, "authenticated", None)
    with empty.connect("postgres") as connection:
        assert connection.execute(query).fetchone() == (None, None, None)


@pytest.mark.parametrize(("regime", "is_open"), [("bare", False), ("granted", True)])
def test_what_is_new_is_open_only_where_older_projects_had_it_so(cluster: Cluster, regime: str, is_open: bool) -> None:
    database = cluster.create_empty(regime)  # type: ignore[arg-type]
    with database.connect("postgres") as connection:
        connection.execute(
            "create table public.t (id int generated by default as identity);"
            " create function public.f() returns int language sql as 'select 1'"
        )
        row = connection.execute(
            "select has_table_privilege('anon', 'public.t', 'select, insert'),"
            " has_function_privilege('anon', 'public.f()', 'execute'),"
            " has_function_privilege('service_role', 'public.f()', 'execute'),"
            " has_sequence_privilege('authenticated', 'public.t_id_seq', 'usage')"
        ).fetchone()
    assert row == (is_open,) * 4
    cluster.drop(database)


def test_it_is_applied_once_and_again_when_it_has_changed(empty: Database) -> None:
    assert not apply_shim(empty.dsn, empty.name)
    user = empty.add_user("a@example.com")
    with empty.connect("supabase_admin") as connection:
        connection.execute("comment on schema auth is 'older'; alter function auth.uid() rename to uid_once")
    assert apply_shim(empty.dsn, empty.name)
    with empty.acting_as(user) as connection:
        assert connection.execute("select auth.uid()").fetchone() == (user,)
    with empty.connect("postgres") as connection:
        assert connection.execute("select id from auth.users").fetchall() == [(user,)]


def test_the_product_leaves_the_superuser_to_the_shim(database: Database) -> None:
    """Whatever our migrations made belongs to `postgres`, and nothing of it to the superuser."""
    with database.connect("supabase_admin") as connection:
        owners = connection.execute(
            "select distinct r.rolname from pg_class c join pg_roles r on r.oid = c.relowner"
            " where c.relnamespace in ('public'::regnamespace, to_regnamespace('private'))"
        ).fetchall()
        functions = connection.execute(
            "select distinct r.rolname from pg_proc p join pg_roles r on r.oid = p.proowner"
            " where p.pronamespace in ('public'::regnamespace, to_regnamespace('private'))"
        ).fetchall()
    assert owners == [("postgres",)]
    assert sorted(functions) == [("postgres",), ("supabase_auth_admin",)]
    with pytest.raises(psycopg.OperationalError), database.connect("supabase_admin", password="wrong"):
        pass
