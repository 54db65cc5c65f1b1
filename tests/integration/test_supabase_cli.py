"""The real Supabase CLI and `python -m glacia_ui migrate`: either one goes on where the other has been."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from glacia_ui.db.hosted_migration import migrate_hosted
from glacia_ui.db.migrate import find_migrations
from tests.conftest import Clusters
from tests.support.databases import Database
from tests.support.loopback import address, tcp_port
from tests.support.supabase_cli import SupabaseCli, install_cli

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = [migration.version for migration in find_migrations()]
SCHEMA = """
select p.oid::regprocedure::text, md5(p.prosrc) || coalesce(p.proacl::text, '') from pg_proc p
where p.pronamespace in ('public'::regnamespace, to_regnamespace('private'))
union all
select c.oid::regclass::text, c.relkind::text || coalesce(c.relacl::text, '') from pg_class c
where c.relnamespace in ('public'::regnamespace, to_regnamespace('private'))
order by 1, 2
"""


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> SupabaseCli:
    """It writes beside what it reads, so it gets a copy of `supabase/`."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "supabase", home / "project" / "supabase")
    return install_cli(home / "project", home)


@pytest.fixture(params=["pg16-granted", "pg18-bare"])
def project(request: pytest.FixtureRequest, clusters: Clusters) -> Iterator[Database]:
    """A project before its first migration, of an older and a newer kind."""
    major, regime = request.param.removeprefix("pg").split("-")
    cluster = clusters.get(int(major))
    created = cluster.create_empty(regime)
    yield created
    cluster.drop(created)


@pytest.fixture
def url(project: Database) -> Iterator[str]:
    with tcp_port(project) as port:
        yield address(project, port)


def schema(database: Database) -> list[tuple[str, str]]:
    with database.connect() as connection:
        return connection.execute(SCHEMA.encode()).fetchall()


def test_what_the_cli_pushed_is_complete_for_migrate(
    cli: SupabaseCli, project: Database, url: str, clusters: Clusters
) -> None:
    pushed = cli.run("db", "push", db_url=url)
    assert pushed.returncode == 0, pushed.stderr
    assert re.findall(r"^Applying migration (\d{14})_", pushed.stderr, re.MULTILINE) == VERSIONS
    assert "config" not in pushed.stderr.lower(), "supabase/config.toml has something that this CLI does not take"
    assert migrate_hosted(url) == []

    ours = clusters.get(project.major).create(project.regime)
    assert schema(project) == schema(ours)
    clusters.get(project.major).drop(ours)


def test_what_migrate_applied_is_complete_for_the_cli(cli: SupabaseCli, url: str) -> None:
    assert len(migrate_hosted(url)) == len(VERSIONS)
    pushed = cli.run("db", "push", db_url=url)
    assert (pushed.returncode, pushed.stdout.strip()) == (0, "Remote database is up to date.")
    listed = cli.run("migration", "list", db_url=url)
    assert re.findall(r"`(\d{14})` \| `(\d{14})`", listed.stdout) == [(version, version) for version in VERSIONS]


def test_a_number_that_came_late_needs_a_word_to_the_cli(cli: SupabaseCli, clusters: Clusters) -> None:
    """As on a project that was set up before there was a first step for the forerunner's tables."""
    database = clusters.get(18).create()
    with database.connect() as connection:
        connection.execute("delete from supabase_migrations.schema_migrations where version = %s", [VERSIONS[0]])
    with tcp_port(database) as port:
        refused = cli.run("db", "push", db_url=address(database, port))
        pushed = cli.run("db", "push", "--include-all", db_url=address(database, port))
        assert (refused.returncode, pushed.returncode) == (1, 0)
        assert "--include-all" in refused.stderr
        assert migrate_hosted(address(database, port)) == []
    clusters.get(18).drop(database)
