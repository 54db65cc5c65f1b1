"""The forerunner's tables as nobody expects them: whatever they hold, we go through, and the app can read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from glacia_ui.core.models import Project
from glacia_ui.db.files import Files
from glacia_ui.db.generations import Generations
from glacia_ui.db.migrate import MigrationError, find_migrations, migrate
from glacia_ui.db.postgres import PostgresTransport
from glacia_ui.db.projects import Projects
from glacia_ui.db.transport import Caller
from tests.conftest import Clusters
from tests.integration.test_origin import NEWEST, left, origin, run
from tests.support.databases import Database
from tests.support.loopback import address, tcp_port
from tests.support.supabase_cli import install_cli

__all__ = ["origin"]  # a fixture

ROOT = Path(__file__).resolve().parents[2]


def add_project(database: Database, user: UUID, **columns: Any) -> UUID:
    """A row of the forerunner's; a dict is JSON."""
    values = {"id": uuid4(), "user_id": user} | columns
    row = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in values.items()}
    places = ", ".join(["%s"] * len(row))
    run(database, f"insert into public.projects ({', '.join(row)}) values ({places})", *row.values())
    return UUID(str(values["id"]))


def contents(database: Database) -> dict[str, str]:
    return dict(run(database, "select file_path, content from public.project_files"))


async def read_all(database: Database, user: UUID) -> list[Project]:
    """What the app shows them, read as strictly as the app does."""
    transport = PostgresTransport(database.conninfo())
    await transport.open()
    caller = Caller.user(user)
    projects = await Projects(transport).list_projects(caller)
    for project in projects:
        await Files(transport).get_snapshot_files(caller, project.id)
        await Projects(transport).list_snapshots(caller, project.id)
    await transport.close()
    return projects


async def test_times_that_the_app_cannot_read(origin: Database) -> None:
    run(origin, "create table projects (id uuid, user_id uuid, created_at timestamptz, updated_at timestamp)")
    anna = origin.add_user()
    for at in ("infinity", "-infinity", "0044-03-15 12:00:00 BC", "9999-12-31", "294276-12-31", None):
        add_project(origin, anna, created_at=at, updated_at=at)
    add_project(origin, anna, created_at="2030-01-01", updated_at="2025-01-01")
    migrate(origin.conninfo("postgres"))
    projects = await read_all(origin, anna)
    assert len(projects) == 7
    assert all(2020 <= project.created_at.year <= 2100 for project in projects)
    assert all(project.created_at <= project.updated_at for project in projects)


async def test_names_that_are_none(origin: Database) -> None:
    run(origin, "create table projects (id uuid, user_id uuid, name text, title text)")
    anna = origin.add_user()
    for name in ("\n\t", "", None, "x" * 500, "\x01\x02", " ", "y" * 119 + " z"):
        add_project(origin, anna, name=name)
    add_project(origin, anna, name="\n", title="Second choice")
    migrate(origin.conninfo("postgres"))
    names = sorted(project.name for project in await read_all(origin, anna))
    assert names == [*["Project"] * 5, "Second choice", "x" * 120, "y" * 119]
    assert left(origin) == []


def test_json_that_postgres_can_store_but_not_read(origin: Database) -> None:
    run(origin, "create table projects (id uuid, user_id uuid, files json)")
    anna = origin.add_user()
    good = add_project(origin, anna, files={"a.html": "fine"})
    bad = add_project(origin, anna, files={"a.html": "x\0y"})
    migrate(origin.conninfo("postgres"))
    assert run(origin, "select id from public.projects") == [(good,)]
    assert run(origin, "select origin_id from glacia_origin.not_adopted") == [(str(bad),)]


def test_files_that_cannot_be_read_do_not_stop_the_others(origin: Database) -> None:
    run(origin, "create table projects (id uuid, user_id uuid)")
    run(origin, "create table project_files (project_id uuid, file_path text, content json)")
    anna = origin.add_user()
    project = add_project(origin, anna)
    for path, content in (("a.html", '"fine"'), ("b.html", '"x\\u0000y"')):
        run(origin, "insert into project_files values (%s, %s, %s)", project, path, content)
    migrate(origin.conninfo("postgres"))
    assert contents(origin) == {"a.html": "fine"}
    ((reason, row),) = left(origin)
    assert reason == "unreadable"
    assert "b.html" in row


def test_an_empty_file_is_a_file(origin: Database) -> None:
    run(origin, "create table projects (id uuid, user_id uuid, files jsonb)")
    anna = origin.add_user()
    add_project(origin, anna, files={"a.css": "", "b.css": {"content": ""}, "c.css": {"code": " "}})
    add_project(origin, anna, files=[{"path": "d.css", "content": ""}])
    migrate(origin.conninfo("postgres"))
    assert contents(origin) == {"a.css": "", "b.css": "", "c.css": " ", "d.css": ""}


def test_json_in_a_text_column_and_a_tree_of_folders(origin: Database) -> None:
    run(origin, "create table projects (id uuid, user_id uuid, files text, generated_code jsonb)")
    anna = origin.add_user()
    add_project(origin, anna, files={"a.html": "text"})
    add_project(origin, anna, generated_code={"src": {"app": {"b.js": "go()"}}, "files.txt": "kept"})
    add_project(origin, anna, files="this is no JSON")
    migrate(origin.conninfo("postgres"))
    assert contents(origin) == {"a.html": "text", "src/app/b.js": "go()", "files.txt": "kept"}
    assert len(run(origin, "select id from public.projects")) == 3


def test_a_file_on_both_sides_is_the_newer_one(origin: Database) -> None:
    run(origin, "create table projects (id uuid, user_id uuid, files jsonb)")
    run(origin, "create table project_files (project_id uuid, file_path text, content text)")
    anna = origin.add_user()
    project = add_project(origin, anna, files={"a.html": "json", "b.html": "json"})
    run(origin, "insert into project_files values (%s, 'a.html', 'row')", project)
    migrate(origin.conninfo("postgres"))
    assert contents(origin) == {"a.html": "row", "b.html": "json"}
    assert left(origin) == [("older_version", "a.html")]


@pytest.mark.parametrize("column", ["id", "project_id", "user_id", "file_path"])
def test_columns_of_any_type(origin: Database, column: str) -> None:
    """An array, a range or a composite where a text is expected is no reason to stop."""
    run(origin, "create table projects (id text, user_id text, name text)")
    run(origin, "create table project_files (project_id text, file_path text, content text)")
    run(origin, "insert into projects values ('1', 'x', 'y'); insert into project_files values ('1', 'a', 'b')")
    for table in ("projects", "project_files"):
        if run(
            origin, "select 1 from information_schema.columns where table_name = %s and column_name = %s", table, column
        ):
            run(origin, f"alter table {table} alter {column} type text[] using array[{column}]")
    migrate(origin.conninfo("postgres"))
    assert run(origin, "select count(*) from public.projects") == [(0,)]
    assert left(origin)


def test_ids_that_are_no_key(origin: Database) -> None:
    run(origin, "create table projects (id uuid, user_id uuid, name text)")
    anna, twice = origin.add_user(), uuid4()
    for name in ("first", "second"):
        add_project(origin, anna, id=twice, name=name)
    run(origin, "insert into projects (user_id, name) values (%s, 'no id')", anna)
    migrate(origin.conninfo("postgres"))
    assert len(run(origin, "select 1 from public.projects")) + len(left(origin)) == 3


def test_a_trigger_that_writes_there_through_another_function_stops_no_sign_up(origin: Database) -> None:
    run(origin, "create table projects (id uuid); create table profiles (id uuid primary key, email text not null)")
    run(
        origin,
        "create function public.make_profile(p_id uuid, p_email text) returns void language plpgsql security definer as"
        " $$ begin insert into public.profiles (id, email) values (p_id, p_email); end $$;"
        " create function public.a_new_user() returns trigger language plpgsql security definer as"
        " $$ begin perform public.make_profile(new.id, new.email); return new; end $$;"
        " create trigger a_new_user after insert or update on auth.users"
        " for each row execute function public.a_new_user()",
    )
    migrate(origin.conninfo("postgres"))
    user = origin.add_user("new@example.com")
    assert run(origin, "select remaining from public.quotas where user_id = %s", user) == [(50,)]


def test_a_trigger_that_has_nothing_to_do_with_it_goes_on(origin: Database) -> None:
    run(origin, "create table projects (id uuid); create table invited (email text)")
    run(
        origin,
        "create function public.only_invited() returns trigger language plpgsql security definer as"
        " $$ begin if not exists (select from public.invited where email = new.email) then raise 'not invited'; end if;"
        " return new; end $$;"
        " create trigger only_invited before insert on auth.users for each row execute function public.only_invited()",
    )
    migrate(origin.conninfo("postgres"))
    with pytest.raises(psycopg.errors.RaiseException, match="not invited"):
        origin.add_user("stranger@example.com")


async def test_a_push_that_once_failed_half_way_goes_on(origin: Database) -> None:
    """Before there was a way to adopt, a push stopped at our table `projects`, and what came before it stayed."""
    run(origin, "create table projects (id uuid, user_id uuid, name text)")
    anna = origin.add_user()
    add_project(origin, anna, name="Bakery")
    with origin.connect() as connection:
        connection.execute(
            "create schema supabase_migrations;"
            " create table supabase_migrations.schema_migrations"
            " (version text primary key, statements text[], name text)"
        )
        for migration in find_migrations()[1:3]:
            assert migration.version in ("20261101000100", "20261101000200")
            connection.execute(migration.path.read_bytes())
            connection.execute(
                "insert into supabase_migrations.schema_migrations (version) values (%s)", [migration.version]
            )
    migrate(origin.conninfo("postgres"))
    (project,) = await read_all(origin, anna)
    assert project.name == "Bakery"


def test_a_schema_of_our_name_stops_it_before_anything_is_moved(origin: Database) -> None:
    run(origin, "create table projects (id uuid); create schema private; create table private.theirs (x int)")
    with pytest.raises(MigrationError, match="schema private"):
        migrate(origin.conninfo("postgres"))
    assert run(origin, "select to_regclass('public.projects') is not null") == [(True,)]


def test_files_without_projects(origin: Database) -> None:
    run(origin, "create table project_files (id uuid, project_id uuid, file_path text, content text)")
    run(origin, "insert into project_files values (gen_random_uuid(), gen_random_uuid(), 'a.html', 'x')")
    migrate(origin.conninfo("postgres"))
    assert left(origin) == [("no_project", "a.html")]


def test_a_stranger_of_another_name_is_left_alone(origin: Database) -> None:
    """Messages of another app in the same project: no forerunner, so nothing is moved, and it says so."""
    run(origin, "create table messages (id uuid)")
    with pytest.raises(MigrationError, match=r"public\.messages"):
        migrate(origin.conninfo("postgres"))
    assert run(origin, "select to_regclass('public.messages') is not null") == [(True,)]


async def test_the_real_cli_adopts_as_well(clusters: Clusters, tmp_path: Path) -> None:
    database = clusters.get(18).create_empty("granted")
    run(database, NEWEST)
    anna = database.add_user("anna@example.com")
    project = run(database, "insert into projects (user_id, title) values (%s, 'Bakery') returning id", anna)[0][0]
    run(
        database,
        "insert into project_files (project_id, file_path, file_name, content)"
        " select %s, 'page-' || n || '.html', 'x', repeat('x', 20000) from generate_series(1, 1000) n",
        project,
    )
    (tmp_path / "supabase").symlink_to(ROOT / "supabase")
    with tcp_port(database) as port:
        cli = install_cli(tmp_path, tmp_path)
        pushed = cli.run("db", "push", db_url=address(database, port))
    assert pushed.returncode == 0, pushed.stderr
    assert migrate(database.conninfo("postgres")) == []
    transport = PostgresTransport(database.conninfo())
    await transport.open()
    caller = Caller.user(anna)
    snapshot, files = await Files(transport).get_snapshot_files(caller, project)
    assert (snapshot, len(files)) == (1, 500)
    begun = await Generations(transport).begin_generation(caller, project, "make it green", model="model-1")
    assert getattr(begun, "status", None) == "queued"
    await transport.close()
    clusters.get(18).drop(database)
