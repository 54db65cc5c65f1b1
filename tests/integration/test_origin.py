"""Projects of Glacia's forerunner, in the shapes they can have, become projects of ours, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from glacia_ui.db.files import Files
from glacia_ui.db.generations import Generations
from glacia_ui.db.migrate import find_migrations, migrate
from glacia_ui.db.postgres import PostgresTransport
from glacia_ui.db.projects import Projects
from glacia_ui.db.transport import Caller
from tests.conftest import Clusters
from tests.support.databases import Database

NEWEST = """
create table public.projects (
  id uuid primary key default gen_random_uuid(), user_id uuid references auth.users (id), title text not null,
  prompt text, mood integer not null default 3, created_at timestamptz default '2025-01-02 03:04:05+00'
);
create table public.project_files (
  id uuid primary key default gen_random_uuid(), project_id uuid not null references public.projects (id),
  file_path text not null, file_name text not null, content text not null,
  file_size integer generated always as (octet_length(content)) stored, version integer not null default 1,
  updated_at timestamptz default now()
);
create index idx_project_files_project_id on public.project_files (project_id);
create index project_files_project_id on public.project_files (file_name);
create view public.project_files_stats as select project_id, count(*) from public.project_files group by 1;
create table public.profiles (id uuid primary key, email text not null, generations_left integer default 5);
create table public.comments (project_id uuid references public.projects (id));
alter table public.project_files enable row level security;
create policy "Users can view" on public.project_files for select to authenticated using (true);
create function public.decrement_quota(user_id uuid) returns integer language sql as 'select 1';
create function public.increment_quota(user_uuid uuid, by_how_much integer default 1) returns void language sql as '';
create function public.touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger touch before update on public.project_files for each row execute function public.touch();
create function public.handle_new_user() returns trigger language plpgsql security definer as $$
begin insert into public.profiles (id, email) values (new.id, new.email); return new; end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();
"""
JSON_STATE = "create table public.projects (id bigint primary key, user_id text, name text, files jsonb, extra int[])"
ONLY_IDS = "create table public.projects (id integer primary key)"


@pytest.fixture(params=[(18, "bare"), (16, "granted")], ids=["pg18-bare", "pg16-granted"])
def origin(request: pytest.FixtureRequest, clusters: Clusters) -> Iterator[Database]:
    """A hosted project before our first migration."""
    major, regime = request.param
    cluster = clusters.get(major)
    created = cluster.create_empty(regime)
    yield created
    cluster.drop(created)


def run(database: Database, statement: str, *values: Any) -> list[Any]:
    with database.connect("postgres") as connection:
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def left(database: Database) -> list[Any]:
    """What stayed behind, by reason."""
    rows = run(database, "select reason, path from glacia_origin.not_adopted")
    return sorted(rows, key=lambda row: (row[0], row[1] or ""))


async def test_the_newest_state_is_taken_over_and_the_app_works_on_it(origin: Database) -> None:
    run(origin, NEWEST)
    anna = origin.add_user("anna@example.com")
    project = uuid4()
    run(origin, "insert into projects (id, user_id, title) values (%s, %s, 'Corner\tBakery')", project, anna)
    stray = run(origin, "insert into projects (title) values ('nobody''s') returning id")[0][0]
    for path, name, content, version in [
        ("/index.html", "index.html", "<p>old</p>", 1),
        ("/index.html", "index.html", "<p>new</p>", 2),
        ("src/", "app.js", "run()", 1),
        ("SRC/App.js", "App.js", "again", 1),
        ("../etc/passwd", "passwd", "x", 1),
        ("big.txt", "big.txt", "x" * 1_000_001, 1),
    ]:
        run(
            origin,
            "insert into project_files (project_id, file_path, file_name, content, version)"
            " values (%s, %s, %s, %s, %s)",
            project, path, name, content, version,
        )  # fmt: skip
    run(
        origin,
        "insert into project_files (project_id, file_path, file_name, content) values (%s, 'a', 'a', 'a')",
        stray,
    )
    before = run(origin, "select count(*), sum(file_size) from project_files")

    applied = migrate(origin.conninfo("postgres"))

    assert len(applied) == len(find_migrations())
    assert migrate(origin.conninfo("postgres")) == []
    assert run(origin, "select count(*), sum(file_size) from glacia_origin.project_files") == before
    assert run(origin, "select mood from glacia_origin.projects where id = %s", project) == [(3,)]
    assert [reason for reason, _ in left(origin)] == [
        "file_too_large", "invalid_path", "no_user", "older_version", "path_collision"
    ]  # fmt: skip
    newcomer = origin.add_user("bert@example.com")
    assert run(origin, "select count(*) from public.profiles where id in (%s, %s)", anna, newcomer) == [(2,)]
    await _works(origin, anna, project)


async def _works(origin: Database, user_id: UUID, project_id: UUID) -> None:
    transport = PostgresTransport(origin.conninfo())
    await transport.open()
    caller = Caller.user(user_id)
    (project,) = await Projects(transport).list_projects(caller)
    assert (project.id, project.name, project.latest_snapshot) == (project_id, "Corner Bakery", 1)
    assert project.created_at.year == 2025
    _, files = await Files(transport).get_snapshot_files(caller, project_id)
    found = {file.path: file.content for file in files}
    assert found["index.html"] == "<p>new</p>"
    assert found.keys() - {"src/app.js", "SRC/App.js"} == {"index.html"}
    begun = await Generations(transport).begin_generation(caller, project_id, "make it green", model="model-1")
    assert getattr(begun, "status", None) == "queued"
    await transport.close()


def test_the_older_state_kept_files_on_the_project(origin: Database) -> None:
    run(origin, JSON_STATE)
    anna = origin.add_user("anna@example.com")
    shapes: list[Any] = [
        {"index.html": "<p>1</p>", "/css/style.css": {"content": "b{}"}, "broken": 7},
        [{"path": "index.html", "content": "<p>2</p>"}, {"file_name": "a.js", "code": "go()"}, "stray"],
        {"files": {"index.html": "<p>3</p>"}},
        None,
    ]
    for number, files in enumerate(shapes, 1):
        values = (number, str(anna), f"Project {number}", json.dumps(files))
        run(origin, "insert into projects (id, user_id, name, files) values (%s, %s, %s, %s::jsonb)", *values)
    run(origin, "insert into projects (id, user_id, name) values (9, 'not a uuid', 'lost')")
    migrate(origin.conninfo("postgres"))
    rows = run(
        origin,
        "select a.origin_id, f.file_path, f.content from glacia_origin.adopted a"
        " left join public.project_files f on f.project_id = a.project_id order by 1, 2",
    )
    assert rows == [
        ("1", "css/style.css", "b{}"), ("1", "index.html", "<p>1</p>"),
        ("2", "a.js", "go()"), ("2", "index.html", "<p>2</p>"),
        ("3", "index.html", "<p>3</p>"), ("4", None, None),
    ]  # fmt: skip
    assert left(origin) == [("invalid_path", ""), ("no_content", "broken"), ("no_user", None)]
    assert run(origin, "select count(*) from glacia_origin.projects") == [(5,)]


def test_nothing_but_ids_is_kept_and_does_not_stop_us(origin: Database) -> None:
    run(origin, ONLY_IDS)
    run(origin, "insert into projects values (1), (2)")
    migrate(origin.conninfo("postgres"))
    assert left(origin) == [("no_user", None), ("no_user", None)]
    assert run(origin, "select count(*) from public.projects") == [(0,)]


def test_a_thousand_files_come_over_as_far_as_a_project_takes_them(origin: Database) -> None:
    run(origin, NEWEST)
    anna = origin.add_user("anna@example.com")
    project = run(origin, "insert into projects (user_id, title) values (%s, 'Large') returning id", anna)[0][0]
    run(
        origin,
        "insert into project_files (project_id, file_path, file_name, content)"
        " select %s, 'page-' || n || '.html', 'page.html', 'x' from generate_series(1, 1000) n",
        project,
    )
    migrate(origin.conninfo("postgres"))
    assert [reason for reason, _ in left(origin)] == ["too_many_files"] * 500
    assert run(origin, "select file_count from glacia_origin.adopted") == [(500,)]


def test_where_there_is_no_forerunner_nothing_happens(origin: Database) -> None:
    migrate(origin.conninfo("postgres"))
    assert run(origin, "select to_regnamespace('glacia_origin')::text") == [(None,)]
    assert run(
        origin, "select count(*) from pg_proc where proname like '%origin%' and pronamespace = 'private'::regnamespace"
    ) == [(0,)]


def test_a_database_that_was_set_up_before_this_was_written_takes_it_late(origin: Database) -> None:
    """Its history lacks the earliest number; what is applied then finds our own tables and leaves them alone."""
    migrate(origin.conninfo("postgres"))
    run(origin, "delete from supabase_migrations.schema_migrations where version = '20261101000050'")
    assert migrate(origin.conninfo("postgres")) == ["20261101000050_set_aside_origin.sql"]
    assert run(origin, "select to_regclass('public.projects') is not null, to_regnamespace('glacia_origin')::text") == [
        (True, None)
    ]


def test_every_name_of_ours_is_known_to_what_sets_others_aside(origin: Database) -> None:
    migrate(origin.conninfo("postgres"))
    text = next(m for m in find_migrations() if m.name == "set_aside_origin").path.read_text("utf-8")
    names = run(
        origin,
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')"
        " union select proname::text from pg_proc where pronamespace = 'public'::regnamespace",
    )
    assert [name for (name,) in names if f"'{name}'" not in text] == []


def test_a_sign_up_is_never_stopped_by_the_forerunners_trigger(origin: Database) -> None:
    run(origin, NEWEST)
    migrate(origin.conninfo("postgres"))
    assert isinstance(origin.add_user("new@example.com"), UUID)
    kept = run(origin, "select definition from glacia_origin.set_aside where kind = 'trigger on auth.users'")
    assert "insert into public.profiles" in kept[0][0]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), origin.acting_as(None, "anon") as connection:
        connection.execute("select * from glacia_origin.projects")
