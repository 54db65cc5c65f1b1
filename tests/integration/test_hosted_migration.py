"""`python -m glacia_ui migrate` with DATABASE_URL: what it does, and each way it says that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glacia_ui.__main__ import main
from glacia_ui.db.hosted_migration import HostedDatabaseError, migrate_hosted
from glacia_ui.db.migrate import find_migrations
from tests.support.databases import Cluster, Database
from tests.support.loopback import address, tcp_port

SECRET = "p4ss@w/rd#1"
QUOTED = "p4ss%40w%2Frd%231"


@pytest.fixture
def project(cluster: Cluster) -> Iterator[Database]:
    """A project before its first migration."""
    created = cluster.create_empty()
    yield created
    cluster.drop(created)


@pytest.fixture
def port(project: Database) -> Iterator[int]:
    with tcp_port(project) as open_port:
        yield open_port


@pytest.fixture
def refusal(project: Database, port: int) -> Callable[..., str]:
    """`refusal(role="postgres", password=None, **options)`: the sentence."""

    def get(url: str | None = None, role: str = "postgres", password: str | None = None) -> str:
        with pytest.raises(HostedDatabaseError) as caught:
            migrate_hosted(url or address(project, port, role, password=password))
        assert caught.value.__cause__ is None
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence

    return get


def as_superuser(database: Database, statement: str) -> None:
    with database.connect("supabase_admin", autocommit=True) as connection:
        connection.execute(statement.encode())


def test_the_command_migrates_that_database_and_no_other(
    project: Database, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(project, port))
    monkeypatch.setenv("GLACIA_DATA_DIR", str(tmp_path / "data"))
    names = [migration.path.name for migration in find_migrations()]
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out.splitlines() == [*names, "The database is up to date."]
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out.splitlines() == ["The database is up to date."]
    assert not (tmp_path / "data").exists()
    with project.connect("authenticator") as connection:
        connection.execute("set role service_role")
        assert connection.execute("select public.ping() ->> 'ok'").fetchone() == ("true",)


def test_a_hosted_app_needs_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (
        ("SUPABASE_URL", "https://abc.example.com"),
        ("SUPABASE_ANON_KEY", "sb_publishable_" + "a" * 20),
        ("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_" + "b" * 20),
        ("GLACIA_SECRET_KEY", "k" * 40),
        ("GLACIA_DATA_DIR", str(tmp_path / "data")),
    ):
        monkeypatch.setenv(name, value)
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err.startswith("SUPABASE_URL is set, so migrate needs DATABASE_URL")
    assert not (tmp_path / "data").exists()


def test_the_password_is_written_nowhere(
    port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    for url in (
        f"postgresql://postgres:{QUOTED}@127.0.0.1:{port}/postgres?sslmode=disable",
        f"postgresql://postgres:{QUOTED}@127.0.0.1:1/postgres",
        f"postgresql://postgres:{QUOTED}@nowhere.invalid/postgres",
        f"postgresql://postgres:{SECRET}@127.0.0.1:{port}/postgres",
        f"postgresql://postgres:{QUOTED}@127.0.0.1:{port}/postgres?nothing",
        f"postgresql://postgres:{SECRET}%zz@127.0.0.1:{port}/postgres",
    ):
        monkeypatch.setenv("DATABASE_URL", url)
        assert main(["migrate"]) == 1
        said = capsys.readouterr()
        assert len(said.err.splitlines()) == 1
        for part in (SECRET, QUOTED, "p4ss", "rd#1"):
            assert part not in said.out + said.err + caplog.text


def test_a_wrong_password(refusal: Callable[..., str], port: int) -> None:
    assert refusal(password="wrong") == f"postgres@127.0.0.1:{port} refuses the password in DATABASE_URL."


@pytest.mark.parametrize(
    ("place", "reason"), [("127.0.0.1:1", "Connection refused"), ("nowhere.invalid:5432", "nowhere.invalid")]
)
def test_nobody_there(refusal: Callable[..., str], place: str, reason: str) -> None:
    sentence = refusal(f"postgresql://postgres:{QUOTED}@{place}/postgres")
    assert sentence.startswith(f"postgres@{place} cannot be reached: ")
    assert reason in sentence


def test_no_such_database(refusal: Callable[..., str], project: Database, port: int) -> None:
    url = address(project, port).replace(f"/{project.name}?", "/nothing?")
    assert 'cannot be reached: database "nothing" does not exist' in refusal(url)


NO_ADDRESSES = """
https://abc.example.com postgresql:// postgresql://u:a/b@h/x postgresql://u:1/b@h/x postgresql://u:a@b@h/x host=a
"""


@pytest.mark.parametrize("url", NO_ADDRESSES.split())
def test_no_address(refusal: Callable[..., str], url: str) -> None:
    assert refusal(url).startswith("DATABASE_URL is no address such as postgresql://")


def test_tls_is_asked_for_outside_of_this_machine(refusal: Callable[..., str], project: Database, port: int) -> None:
    """The test server has no certificate, so asking for TLS is refused."""
    url = address(project, port)
    assert "(sslmode)" in refusal(url.replace("disable", "require"))
    elsewhere = url.removesuffix("?sslmode=disable").replace("127.0.0.1", "elsewhere.example.com")
    assert "(sslmode)" in refusal(f"{elsewhere}?hostaddr=127.0.0.1")
    assert migrate_hosted(url.removesuffix("?sslmode=disable"))


def test_no_supabase_database(refusal: Callable[..., str], project: Database, port: int) -> None:
    as_superuser(project, "create database plain owner postgres template template0")
    try:
        url = address(project, port).replace(f"/{project.name}?", "/plain?")
        assert refusal(url).startswith("This is no Supabase database:")
    finally:
        as_superuser(project, "drop database plain with (force)")


def test_a_role_with_too_few_rights(refusal: Callable[..., str]) -> None:
    assert refusal(role="authenticator").startswith("The role authenticator has too few rights")


def test_a_role_that_does_not_own_what_is_there(refusal: Callable[..., str], project: Database, port: int) -> None:
    migrate_hosted(address(project, port))
    as_superuser(
        project,
        "create role another login bypassrls password 'another';"
        f" grant create on database {project.name} to another; grant create, usage on schema public to another;"
        " grant usage on schema auth to another",
    )
    try:
        url = address(project, port, password="another").replace("//postgres:", "//another:")
        assert refusal(url) == (
            "The role another may not change what postgres owns: run migrations as postgres, as before."
        )
    finally:
        as_superuser(project, "drop owned by another")
        as_superuser(project, "drop role another")


def test_a_database_that_takes_no_changes(refusal: Callable[..., str], project: Database) -> None:
    as_superuser(project, f"alter database {project.name} set default_transaction_read_only = on")
    assert refusal().startswith("This database takes no changes now")


def test_a_history_from_the_future(refusal: Callable[..., str], project: Database, port: int) -> None:
    migrate_hosted(address(project, port))
    with project.connect() as connection:
        connection.execute(
            "insert into supabase_migrations.schema_migrations (version) values ('20250101000000'), ('99990101000000')"
        )
    assert refusal() == (
        "This database has been migrated further than this version of Glacia knows (99990101000000): install the newer"
        " version."
    )
