"""`python -m glacia_ui …`, as an operator types it."""

from __future__ import annotations

import asyncio
import getpass
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from glacia_ui.__main__ import main
from glacia_ui.core.models import User
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import find_postmaster
from glacia_ui.db.embedded_database import open_embedded
from glacia_ui.db.migrate import find_migrations
from glacia_ui.errors import AuthenticationError
from glacia_ui.identity.local import LocalIdentity
from tests.doubles.supabase.server import Server
from tests.support.databases import Database, make_scratch_folder

EMAIL, OLD, NEW = "ada@example.com", "old password 1", "new password 2"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    made = make_scratch_folder()
    monkeypatch.setenv("GLACIA_DATA_DIR", str(made))
    yield made
    if (cluster := known_layout(made).cluster).is_dir():
        assert find_postmaster(cluster) is None, "a command leaves no server behind"
    shutil.rmtree(made)


@pytest.fixture
def account(folder: Path) -> str:
    async def sign_up() -> None:
        async with open_embedded(folder) as database:
            await LocalIdentity(database.transport).sign_up(EMAIL, OLD, "127.0.0.1")

    asyncio.run(sign_up())
    return EMAIL


def sign_in(folder: Path, password: str) -> User:
    async def run() -> User:
        async with open_embedded(folder) as database:
            signed_in = await LocalIdentity(database.transport).sign_in(EMAIL, password, "127.0.0.1")
            return signed_in.user

    return asyncio.run(run())


def test_migrate_says_what_it_did(folder: Path) -> None:
    command = [sys.executable, "-m", "glacia_ui", "migrate"]
    root = Path(__file__).parents[2]
    first, second = (
        subprocess.run(command, cwd=root, env=os.environ, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    names = [migration.path.name for migration in find_migrations()]
    assert first.splitlines() == [*names, "The database is up to date."]
    assert second.splitlines() == ["The database is up to date."]


def test_grant_admin(folder: Path, account: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sign_in(folder, OLD).role == "user"
    assert main(["grant-admin", account.upper()]) == 0
    assert "is an admin now" in capsys.readouterr().out
    assert sign_in(folder, OLD).role == "admin"


def test_set_password_from_a_pipe(folder: Path, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{NEW}\n"))
    assert main(["set-password", account]) == 0
    assert sign_in(folder, NEW).email == EMAIL
    with pytest.raises(AuthenticationError):
        sign_in(folder, OLD)


def test_set_password_at_a_terminal_asks_twice(
    folder: Path, account: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    typed = iter([NEW, "a slip", NEW, NEW])
    monkeypatch.setattr(getpass, "getpass", lambda _: next(typed))
    assert main(["set-password", account]) == 1
    assert "passwords differ" in capsys.readouterr().err
    assert sign_in(folder, OLD)
    assert main(["set-password", account]) == 0
    assert sign_in(folder, NEW)


@pytest.mark.parametrize("command", ["grant-admin", "set-password"])
def test_an_unknown_account_is_said_in_a_sentence(
    folder: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{NEW}\n"))
    assert main([command, "nobody@example.com"]) == 1
    assert capsys.readouterr().err == "There is no account with this email.\n"


def test_a_wrong_setting_is_said_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLACIA_PORT", "not a port")
    assert main(["migrate"]) == 1
    assert "GLACIA_PORT" in capsys.readouterr().err


def test_data_that_cannot_be_used_is_said_in_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "postgres").write_text("a file")
    assert main(["migrate"]) == 1
    assert str(folder) in capsys.readouterr().err


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["frobnicate"])
    assert caught.value.code == 2


@pytest.fixture
def project(supabase: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The settings of a hosted project."""
    keys = supabase.project.keys
    monkeypatch.setenv("SUPABASE_URL", supabase.url)
    monkeypatch.setenv("SUPABASE_ANON_KEY", keys.publishable)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", keys.secret)
    monkeypatch.setenv("GLACIA_SECRET_KEY", "a key of 32 characters, or of more")
    return supabase


def test_grant_admin_on_a_hosted_project(
    folder: Path, project: Server, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    user_id = database.add_user(EMAIL)
    assert main(["grant-admin", EMAIL]) == 0
    assert "is an admin now" in capsys.readouterr().out
    with database.connect() as connection:
        assert connection.execute("select user_id, role from private.user_roles").fetchall() == [(user_id, "admin")]
    assert main(["grant-admin", "nobody@example.com"]) == 1
    assert "no account with the confirmed address" in capsys.readouterr().err
    assert not known_layout(folder).cluster.exists()


def test_passwords_of_a_hosted_project_are_not_ours(
    folder: Path, project: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["set-password", EMAIL]) == 1
    assert "kept by Supabase" in capsys.readouterr().err
    assert not known_layout(folder).cluster.exists()
