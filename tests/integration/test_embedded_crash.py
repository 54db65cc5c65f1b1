"""What dies, and how: Postgres, the app, or both; and who stops the server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from glacia_ui.db.embedded import Dsn, EmbeddedPostgres, EmbeddedPostgresError
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import Postmaster, find_postmaster
from tests.support.databases import make_scratch_folder
from tests.support.embedded_app import EmbeddedApp


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder; whatever still runs on it afterwards is killed."""
    made = make_scratch_folder()
    yield made
    if (left := find_postmaster(known_layout(made).cluster)) is not None:
        left.send(signal.SIGQUIT)
        wait_until(lambda: not is_alive(left.pid))
    shutil.rmtree(made)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A running server with a row to lose."""
    embedded = EmbeddedPostgres(folder)
    with psycopg.connect(embedded.start().conninfo("supabase_admin")) as connection:
        connection.execute("create table kept as select 42 as answer")
    yield embedded
    embedded.stop()


def postmaster(folder: Path) -> Postmaster:
    found = find_postmaster(known_layout(folder).cluster)
    assert found is not None
    return found


def recall(dsn: Dsn) -> int:
    with psycopg.connect(dsn.conninfo("supabase_admin")) as connection:
        row = connection.execute("select answer from kept").fetchone()
    assert row is not None
    return int(row[0])


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def kill(pid: int) -> None:
    """kill -9, and wait until the kernel has done it."""
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid))


def kill_tree(pid: int) -> None:
    """The parent first, so that it cannot replace its children."""
    children = psutil.Process(pid).children(recursive=True)
    for each in (pid, *(child.pid for child in children)):
        if is_alive(each):
            kill(each)


class TestPostgresDies:
    @pytest.mark.parametrize("how", [kill, kill_tree], ids=["parent", "all"])
    def test_it_comes_back_with_everything(
        self, server: EmbeddedPostgres, folder: Path, how: Callable[[int], None]
    ) -> None:
        dsn = server.start()
        dead = postmaster(folder).pid
        how(dead)
        server.ensure_running()
        assert recall(dsn) == 42
        assert postmaster(folder).pid != dead

    def test_it_waits_for_a_killed_servers_busy_child(self, server: EmbeddedPostgres, folder: Path) -> None:
        dsn = server.start()
        script = "do $$ begin for i in 1..40 loop perform pg_sleep(0.05); end loop; end $$"
        with closing(psycopg.connect(dsn.conninfo("supabase_admin"), autocommit=True)) as busy:
            busy.pgconn.send_query(script.encode())
            child = busy.info.backend_pid
            os.kill(child, signal.SIGSTOP)
            kill(postmaster(folder).pid)
            with subprocess.Popen(["sh", "-c", f"sleep 1; kill -CONT {child}"]):
                server.ensure_running()
        assert recall(dsn) == 42

    def test_nothing_happens_while_it_runs(self, server: EmbeddedPostgres, folder: Path) -> None:
        before = postmaster(folder).pid
        server.ensure_running()
        assert postmaster(folder).pid == before

    def test_a_polite_shutdown_by_somebody_is_finished_and_undone(self, server: EmbeddedPostgres, folder: Path) -> None:
        dsn = server.start()
        before = postmaster(folder)
        with psycopg.connect(dsn.conninfo("supabase_admin")):
            before.send(signal.SIGTERM)  # waits for connections to end, and takes no new ones
            wait_until(lambda: postmaster(folder).is_stopping)
            server.ensure_running()
        assert recall(dsn) == 42
        assert postmaster(folder).pid != before.pid

    def test_a_lost_socket_is_made_anew(
        self, server: EmbeddedPostgres, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("glacia_ui.db.embedded.launcher._SILENCE_SECONDS", 0.1)
        dsn = server.start()
        (Path(dsn.host) / ".s.PGSQL.5432").unlink()
        server.ensure_running()
        assert recall(dsn) == 42

    def test_a_server_that_was_never_started_is_not(self, folder: Path) -> None:
        with pytest.raises(EmbeddedPostgresError):
            EmbeddedPostgres(folder).ensure_running()


class TestLeftovers:
    @pytest.mark.parametrize("pid", [os.getpid(), 1, 4_194_303, ""], ids=["ours", "init", "nobody", "torn"])
    def test_a_stale_pid_file_does_not_keep_it_from_starting(self, folder: Path, pid: int | str) -> None:
        first = EmbeddedPostgres(folder)
        first.start()
        lines = (known_layout(folder).cluster / "postmaster.pid").read_text().splitlines()
        kill(postmaster(folder).pid)
        first.stop()
        stale = known_layout(folder).cluster / "postmaster.pid"
        stale.write_text("\n".join([str(pid), *lines[1:]]) if pid else "")
        second = EmbeddedPostgres(folder)
        try:
            assert Path(second.start().host) == known_layout(folder).cluster
        finally:
            assert second.stop()

    def test_a_server_that_cannot_be_seen_is_not_touched(
        self, server: EmbeddedPostgres, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As in another container: its socket answers, its process number means nothing here."""
        monkeypatch.setattr("glacia_ui.db.embedded.launcher._SILENCE_SECONDS", 0.1)
        running = postmaster(folder).pid
        pid_file = known_layout(folder).cluster / "postmaster.pid"
        text = pid_file.read_text()
        pid_file.write_text(text.replace(str(running), "4194303", 1))
        with pytest.raises(EmbeddedPostgresError, match="cannot be seen from here"):
            server.ensure_running()
        assert is_alive(running)
        pid_file.write_text(text)


class TestAppDies:
    def test_the_next_one_adopts_the_server_and_stops_it(self, folder: Path) -> None:
        app = EmbeddedApp(folder)
        app.end(signal.SIGKILL)
        assert is_alive(app.server_pid)
        adopting = EmbeddedPostgres(folder)
        adopting.start()
        assert postmaster(folder).pid == app.server_pid
        assert adopting.stop()
        assert not is_alive(app.server_pid)

    def test_a_server_killed_after_its_app_is_recovered(self, folder: Path) -> None:
        app = EmbeddedApp(folder)
        app.end(signal.SIGKILL)
        kill(app.server_pid)
        second = EmbeddedPostgres(folder)
        try:
            second.start()
            assert postmaster(folder).pid != app.server_pid
        finally:
            second.stop()

    def test_the_last_one_out_stops_the_server(self, folder: Path) -> None:
        first, second, third = EmbeddedApp(folder), EmbeddedApp(folder), EmbeddedApp(folder)
        assert first.server_pid == second.server_pid == third.server_pid
        assert first.end(signal.SIGINT) == 0, "Ctrl-C goes to the whole group, and does not reach Postgres"
        assert is_alive(first.server_pid)
        second.end(signal.SIGKILL)
        assert is_alive(first.server_pid)
        assert third.end(signal.SIGINT) == 0
        assert not is_alive(first.server_pid)

    def test_two_that_start_at_once_share_one_server(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.support.embedded_app", str(folder)]
        root = Path(__file__).parents[2]
        both = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        pids = {int(process.stdout.readline()) for process in both if process.stdout}
        for process in both:
            process.send_signal(signal.SIGINT)
            with process:
                assert process.wait(30) == 0
        assert len(pids) == 1
        assert not is_alive(pids.pop())

    def test_each_process_brings_a_killed_server_back(self, server: EmbeddedPostgres, folder: Path) -> None:
        other = EmbeddedPostgres(folder)
        dsn = other.start()
        kill_tree(postmaster(folder).pid)
        other.ensure_running()
        revived = postmaster(folder).pid
        server.ensure_running()
        assert postmaster(folder).pid == revived
        assert recall(dsn) == 42
        assert not other.stop()
        assert is_alive(revived)
