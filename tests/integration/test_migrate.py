"""Migrations: once, in order, whole or not at all, and in the Supabase CLI's own books."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from glacia_ui.db.migrate import MigrationError, find_migrations, migrate
from tests.support.databases import Cluster, Database


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Database]:
    """A project before its first migration."""
    created = cluster.create_empty()
    yield created
    cluster.drop(created)


def write(folder: Path, **files: str) -> Path:
    """`v1_topic="sql"` becomes 00000000000001_topic.sql."""
    for name, text in files.items():
        version, _, topic = name.removeprefix("v").partition("_")
        (folder / f"{version:0>14}_{topic}.sql").write_text(text)
    return folder


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.connect("postgres") as connection:
        return connection.execute(query.encode()).fetchall()


def history(database: Database) -> list[tuple[Any, ...]]:
    return rows(database, "select version, name from supabase_migrations.schema_migrations order by version")


def test_each_is_applied_once_and_in_order(empty: Database, tmp_path: Path) -> None:
    write(tmp_path, v2_second="insert into t values ('second');", v1_first="create table t (x text);")
    assert migrate(empty.conninfo("postgres"), tmp_path) == ["00000000000001_first.sql", "00000000000002_second.sql"]
    assert migrate(empty.conninfo("postgres"), tmp_path) == []
    write(tmp_path, v3_third="insert into t values ('third');")
    assert migrate(empty.conninfo("postgres"), tmp_path) == ["00000000000003_third.sql"]
    assert rows(empty, "select x from t") == [("second",), ("third",)]


def test_the_books_are_the_supabase_clis(empty: Database, tmp_path: Path) -> None:
    text = "create table t (x text);\ncomment on table t is '100 %s; $1';"
    migrate(empty.conninfo("postgres"), write(tmp_path, v1_first=text))
    columns = rows(
        empty,
        "select column_name::text, udt_name::text from information_schema.columns"
        " where table_schema = 'supabase_migrations' and table_name = 'schema_migrations' order by ordinal_position",
    )
    assert columns == [("version", "text"), ("statements", "_text"), ("name", "text")]
    kept = rows(empty, "select version, statements, name from supabase_migrations.schema_migrations")
    assert kept == [("00000000000001", [text], "first")]


def test_what_the_cli_has_applied_is_not_applied_again(empty: Database, tmp_path: Path) -> None:
    with empty.connect("postgres") as connection:  # as `supabase db push` leaves it
        connection.execute(
            "create schema supabase_migrations;"
            " create table supabase_migrations.schema_migrations"
            " (version text not null primary key, statements text[], name text);"
            " insert into supabase_migrations.schema_migrations values"
            " ('00000000000001', array['create table t (x text)'], 'first'), ('99990101000000', null, 'theirs');"
            " create table t (x text)"
        )
    write(tmp_path, v1_first="create table t (x text);", v2_second="insert into t values ('second');")
    assert migrate(empty.conninfo("postgres"), tmp_path) == ["00000000000002_second.sql"]
    assert [version[-1] for version, _ in history(empty)] == ["1", "2", "0"]


def test_a_failed_one_leaves_nothing_and_can_be_mended(empty: Database, tmp_path: Path) -> None:
    broken = "create table half (x text);\ninsert into half values ('a');\nselect 1 / 0;"
    write(tmp_path, v1_first="create table t (x text);", v2_broken=broken, v3_third="create table u (x text);")
    with pytest.raises(MigrationError, match=re.escape("00000000000002_broken.sql: division by zero")):
        migrate(empty.conninfo("postgres"), tmp_path)
    assert history(empty) == [("00000000000001", "first")]
    assert rows(empty, "select to_regclass('t') is null, to_regclass('half') is null, to_regclass('u') is null") == [
        (False, True, True)
    ]
    write(tmp_path, v2_broken="create table half (x text);")
    assert len(migrate(empty.conninfo("postgres"), tmp_path)) == 2


def test_a_mistake_is_shown_with_its_line(empty: Database, tmp_path: Path) -> None:
    write(tmp_path, v1_first="-- é\nselect 1;\nselect nothing;\n")
    with pytest.raises(MigrationError, match=r'column "nothing" does not exist \(line 3\)'):
        migrate(empty.conninfo("postgres"), tmp_path)


def test_four_at_once_apply_each_once(empty: Database, tmp_path: Path) -> None:
    write(
        tmp_path,
        v1_first="create table t (x text); select pg_sleep(0.2);",
        v2_second="insert into t values ('second'); select pg_sleep(0.2);",
    )
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrate, [empty.conninfo("postgres")] * 4, [tmp_path] * 4))
    assert sorted(name for names in applied for name in names) == [
        "00000000000001_first.sql",
        "00000000000002_second.sql",
    ]
    assert rows(empty, "select x from t") == [("second",)]


def test_a_long_one_is_not_cut_off(empty: Database, tmp_path: Path) -> None:
    """The role's statement timeout is for callers, not for migrations."""
    with empty.connect("supabase_admin") as connection:
        connection.execute(f"alter role postgres in database {empty.name} set statement_timeout = '20ms'".encode())
    migrate(empty.conninfo("postgres"), write(tmp_path, v1_slow="select pg_sleep(0.1);"))
    assert history(empty) == [("00000000000001", "slow")]


@pytest.mark.parametrize("name", ["first.sql", "20260101_short.sql", "20260101000000-dash.sql", "20260101000000_.sql"])
def test_a_name_that_the_cli_would_not_take_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(MigrationError, match=re.escape(name)):
        find_migrations(tmp_path)


def test_two_of_one_version_are_refused(tmp_path: Path) -> None:
    write(tmp_path, v1_first="", v1_other="")
    with pytest.raises(MigrationError, match="same version"):
        find_migrations(tmp_path)


def test_ours_are_well_named() -> None:
    assert [migration.version for migration in find_migrations()] == sorted({m.version for m in find_migrations()})


def test_no_connection_says_so(cluster: Cluster, tmp_path: Path) -> None:
    wrong = psycopg.conninfo.make_conninfo(cluster.dsn.conninfo("postgres"), password="wrong")
    with pytest.raises(psycopg.OperationalError):
        migrate(wrong, tmp_path)
