"""Strangers: what can be written past our functions, and what a token that names nobody gets.

Every table and function with somebody else's ids is in test_tenants.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from tests.sql.calls import Calls, write

READABLE = (
    "select c.relname::text from pg_class c where c.relkind in ('r', 'v') and c.relnamespace = 'public'::regnamespace"
)


@pytest.fixture
def furnished(sql: Calls, user: UUID, project: str) -> str:
    """A project of `user` with a row in every table, one generation ended, one running with events, one queued."""
    sql.finish(sql.running(user, project), write("index.html", "secret"), write("b/c.txt", "x"), seq=1)
    claimed = sql.running(user, project)
    events = [{"seq": 1, "type": "message.delta", "data": {"text": "secret"}}]
    sql.server("append_events", p_batches=[
        {"generation_id": claimed["id"], "lease_token": claimed["lease_token"], "events": events, "reserved_until": 9}
    ])  # fmt: skip
    upload = {"p_kind": "text", "p_media_type": "text/plain", "p_name": "a.txt", "p_content": "c2VjcmV0"}
    attachment = sql.user(user, "store_attachment", p_project_id=project, **upload)["attachment"]
    sql.begin(user, project, "behind", p_attachments=[UUID(attachment["id"])])
    return project


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(f"select count(*) from public.{table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_a_token_that_names_nobody_sees_nothing(sql: Calls, furnished: str) -> None:
    with sql.database.acting_as(None) as connection:
        assert [table for table in sql.rows(READABLE) if _count(connection, table)] == []


def test_nothing_can_be_written_past_the_functions(sql: Calls, user: UUID, furnished: str) -> None:
    """Not even what is one's own: a user who could update quotas would need no limit."""
    for table in sql.rows(READABLE + " and c.relkind = 'r'"):
        for statement in (
            f"insert into public.{table} default values",
            f"update public.{table} set {_column(sql, table)} = {_column(sql, table)}",
            f"delete from public.{table}",
            f"truncate public.{table}",
        ):
            with sql.database.acting_as(user) as connection, pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def _column(sql: Calls, table: str) -> str:
    """One that an UPDATE may name."""
    query = (
        "select min(attname::text) from pg_attribute where attrelid = %s::regclass and attnum > 0"
        " and attidentity = '' and attgenerated = ''"
    )
    return str(sql.one(query, f"public.{table}"))


def test_lists_hold_only_what_is_ones_own(sql: Calls, user: UUID, furnished: str) -> None:
    stranger = sql.add_user()
    window = {"p_from": "2000-01-01Z", "p_to": "3000-01-01Z"}
    assert sql.user(stranger, "list_projects") == {"projects": []}
    assert sql.user(stranger, "get_usage", **window, p_group_by="day") == {"rows": []}
    assert sql.user(stranger, "list_usage_events", **window) == {"events": []}
    assert [row["kind"] for row in sql.user(stranger, "list_ledger")["rows"]] == ["grant"]
    assert sql.user(stranger, "get_me")["me"]["user"]["id"] == str(stranger)


def test_functions_for_users_refuse_a_token_that_names_nobody(sql: Calls) -> None:
    names = sql.rows(
        "select p.oid::regprocedure::text, p.proargtypes::regtype[]::text[] from pg_proc p"
        " where p.pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', p.oid, 'execute')"
    )
    assert len(names) > 20
    for claims in ('{"role": "authenticated"}', f'{{"role": "authenticated", "sub": "{uuid4()}"}}'):
        for signature, types in names:
            arguments = ", ".join(f"null::{kind}" for kind in types)
            statement = f"select public.{signature.split('(')[0]}({arguments})"
            with sql.database.acting_as(None) as connection:
                connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
                with pytest.raises(psycopg.Error) as refusal:
                    connection.execute(statement.encode())
            assert (refusal.value.sqlstate, refusal.value.diag.message_primary) == ("PT401", "unauthenticated"), (
                signature
            )


@pytest.fixture
def writer(sql: Calls, user: UUID, furnished: str) -> Iterator[psycopg.Connection[Any]]:
    """A transaction as `user` in which project_files may be written, as if by a grant made by mistake. Rolled back."""
    with sql.database.connect("postgres") as connection:
        connection.execute("grant insert, update, delete on public.project_files to authenticated")
        _become(connection, user)
        yield connection
        connection.rollback()


def _become(connection: psycopg.Connection[Any], user: UUID) -> None:
    connection.execute("reset role")
    connection.execute("select set_config('request.jwt.claims', %s, true)", [f'{{"sub": "{user}"}}'])
    connection.execute("set local role authenticated")


INSERT = "insert into public.project_files (project_id, file_path, file_name, content) values (%s, 'n', 'n', 'x')"


def test_policies_let_the_owner_write(writer: psycopg.Connection[Any], user: UUID, furnished: str) -> None:
    assert writer.execute(INSERT, [furnished]).rowcount == 1
    owner = writer.execute("select user_id, file_size from public.project_files where file_path = 'n'").fetchone()
    assert owner == (user, 1)
    assert writer.execute("update public.project_files set content = 'new'").rowcount == 3
    assert writer.execute("delete from public.project_files").rowcount == 3


def test_policies_hide_a_strangers_files_from_every_command(
    writer: psycopg.Connection[Any], sql: Calls, furnished: str
) -> None:
    _become(writer, sql.add_user())
    assert writer.execute("select * from public.project_files").rowcount == 0
    assert writer.execute("update public.project_files set content = 'stolen'").rowcount == 0
    assert writer.execute("delete from public.project_files").rowcount == 0


def test_policies_refuse_a_file_in_a_strangers_project(
    writer: psycopg.Connection[Any], sql: Calls, furnished: str
) -> None:
    _become(writer, sql.add_user())
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        writer.execute(INSERT, [furnished])


def test_policies_refuse_a_file_in_somebody_elses_name(
    writer: psycopg.Connection[Any], sql: Calls, furnished: str
) -> None:
    statement = (
        "insert into public.project_files (project_id, user_id, file_path, file_name, content)"
        " values (%s, %s, 'n', 'n', 'x')"
    )
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        writer.execute(statement, [furnished, sql.add_user()])


@pytest.mark.parametrize("column", ["project_id", "user_id"])
def test_policies_refuse_to_give_a_file_away(
    writer: psycopg.Connection[Any], sql: Calls, user: UUID, column: str
) -> None:
    stranger = sql.add_user()
    target = sql.create_project(stranger) if column == "project_id" else stranger
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        writer.execute(
            f"update public.project_files set {column} = %s where file_path = 'index.html'".encode(), [target]
        )


def test_the_view_shows_what_its_reader_may_see(sql: Calls, user: UUID, furnished: str) -> None:
    query = "select file_count, total_size from public.project_files_stats"
    with sql.database.acting_as(user) as connection:
        assert connection.execute(query).fetchall() == [(2, 7)]
    with sql.database.acting_as(sql.add_user()) as connection:
        assert connection.execute(query).fetchall() == []
