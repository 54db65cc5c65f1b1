"""Strangers: what a user sees and may write of somebody else's things, by every way past our functions."""

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


def test_the_owner_sees_a_row_in_every_table_and_a_stranger_in_none(sql: Calls, user: UUID, furnished: str) -> None:
    tables = sql.rows(READABLE)
    stranger = sql.add_user()
    with sql.database.acting_as(user) as connection:
        assert [table for table in tables if _count(connection, table) == 0] == []
    with sql.database.acting_as(stranger) as connection:
        seen = {table: _count(connection, table) for table in tables}
    assert {table: count for table, count in seen.items() if count} == {"profiles": 1, "quotas": 1, "quota_ledger": 1}


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


def test_every_function_for_users_finds_nothing_of_a_strangers(sql: Calls, user: UUID, furnished: str) -> None:
    generation = sql.one("select id::text from public.generations where project_id = %s limit 1", furnished)
    mine = {"p_project_id": furnished}
    upload = {"p_kind": "text", "p_media_type": "text/plain", "p_name": "x", "p_content": "eA=="}
    calls: dict[str, dict[str, Any]] = {
        "get_project": mine,
        "update_project": {**mine, "p_name": "Mine now"},
        "delete_project": mine,
        "list_messages": mine,
        "list_snapshots": mine,
        "list_files": mine,
        "get_file": {**mine, "p_path": "index.html"},
        "get_snapshot_files": {**mine, "p_snapshot": 1},
        "restore_snapshot": {**mine, "p_snapshot": 1, "p_base_snapshot": 1, "p_card": {"title": "t"}},
        "get_project_stats": mine,
        "store_attachment": {**mine, **upload},
        "save_draft": {**mine, "p_prompt": "x"},
        "begin_generation": {**mine, "p_prompt": "x", "p_model": "m"},
        "continue_queue": mine,
        "get_generation": {"p_generation_id": generation},
        "cancel_generation": {"p_generation_id": generation},
        "change_queued": {"p_generation_id": generation, "p_prompt": "x"},
    }
    takes_an_id = sql.rows(
        "select distinct p.proname::text from pg_proc p, unnest(p.proargnames) as name"
        " where p.pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', p.oid, 'execute')"
        " and name in ('p_project_id', 'p_generation_id')"
    )
    assert sorted(calls) == sorted(takes_an_id)
    stranger = sql.add_user()
    before = _state(sql, user)
    for function, args in calls.items():
        code = "generation_not_found" if "p_generation_id" in args else "project_not_found"
        for their_id in (args, {**args, next(iter(args)): str(uuid4())}):
            with sql.refused("PT404", code):
                sql.user(stranger, function, **their_id)
    assert _state(sql, user) == before


def _state(sql: Calls, user: UUID) -> Any:
    return [
        sql.rows(f"select to_jsonb(t) from public.{table} t where user_id = %s order by 1", user)
        for table in ("projects", "generations", "messages", "snapshots", "quotas", "quota_ledger")
    ]


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
