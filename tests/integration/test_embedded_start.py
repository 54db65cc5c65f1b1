"""The embedded Postgres from nothing, again, and in awkward places."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from glacia_ui.db.embedded import Dsn, EmbeddedPostgres, EmbeddedPostgresError
from glacia_ui.db.embedded import layout as layout_module
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import find_postmaster
from tests.support.databases import make_scratch_folder

Make = Callable[..., EmbeddedPostgres]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards, with what was put elsewhere for it."""
    made = make_scratch_folder()
    yield made
    for note in [*made.rglob("elsewhere"), *made.rglob("socket")]:
        shutil.rmtree(note.read_text().strip())
    shutil.rmtree(made)


@pytest.fixture
def embedded(folder: Path) -> Iterator[Make]:
    """Makes servers, and stops those that a failed test has left running."""
    made: list[EmbeddedPostgres] = []

    def make(data_dir: Path = folder, *, major: int = 18) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(data_dir, major=major))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def ask(dsn: Dsn, query: str, role: str = "supabase_admin") -> object:
    with psycopg.connect(dsn.conninfo(role)) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def remember(dsn: Dsn) -> None:
    with psycopg.connect(dsn.conninfo("supabase_admin")) as connection:
        connection.execute("create table kept as select 42 as answer")


def recall(dsn: Dsn) -> object:
    return ask(dsn, "select answer from kept")


def test_start_makes_the_server_and_stop_ends_it(folder: Path, embedded: Make) -> None:
    server = embedded()
    assert ask(server.start(), "select 1") == 1
    assert server.stop()
    assert find_postmaster(known_layout(folder).cluster) is None


def test_what_was_stored_is_there_on_the_next_start(folder: Path, embedded: Make) -> None:
    first = embedded()
    remember(first.start())
    first.stop()
    second = embedded()
    assert recall(second.start()) == 42


def test_a_crash_of_the_machine_loses_nothing_because_everything_is_synced(folder: Path, embedded: Make) -> None:
    server = embedded()
    dsn = server.start()
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert ask(dsn, f"show {setting}") == "on"


def test_it_is_open_to_nobody_else(folder: Path, embedded: Make) -> None:
    server = embedded()
    dsn = server.start()
    assert ask(dsn, "show listen_addresses") == ""
    methods = "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"
    assert ask(dsn, methods) == "scram-sha-256"
    wrong = Dsn(dsn.host, dict.fromkeys(dsn.passwords, "wrong"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(wrong, "select 1")
    layout = known_layout(folder)
    assert mode(layout.passwords) == 0o600
    assert mode(layout.cluster) == 0o700
    assert layout.cluster.stat().st_uid != 0
    assert len(set(json.loads(layout.passwords.read_text()).values())) == 3


def test_what_people_typed_does_not_reach_its_log(folder: Path, embedded: Make) -> None:
    server = embedded()
    dsn = server.start()
    for query in ("select 'secret prompt'::uuid", "select 'secret prompt' from nowhere"):
        with pytest.raises(psycopg.Error):
            ask(dsn, query)
    server.stop()
    layout = known_layout(folder)
    logs = [layout.startup_log, *layout.cluster.glob("log/*")]
    assert len(logs) > 1
    assert "shutting down" in "".join(log.read_text() for log in logs)
    assert "secret prompt" not in "".join(log.read_text() for log in logs)


@pytest.mark.parametrize(
    "name",
    ["my project's “data”, 100 %", "x" * 120, "/".join(["deep" * 10] * 4)],
    ids=["punctuation", "120 characters", "160 characters deep"],
)
def test_any_path_will_do(folder: Path, embedded: Make, name: str) -> None:
    server = embedded(folder / name)
    dsn = server.start()
    assert len(os.fsencode(dsn.host)) < 107
    assert mode(Path(dsn.host)) == 0o700
    remember(dsn)
    server.stop()
    again = server.start()
    assert again.host == dsn.host, "those who are connected look for it where it was"
    assert recall(again) == 42


def test_a_short_socket_folder_that_is_not_ours_any_more_is_not_used(folder: Path, embedded: Make) -> None:
    server = embedded(folder / ("x" * 120))
    taken = Path(server.start().host)
    server.stop()
    taken.chmod(0o755)
    dsn = server.start()
    assert dsn.host != str(taken)
    assert ask(dsn, "select 1") == 1
    shutil.rmtree(taken)


def test_below_a_closed_folder_root_puts_the_data_elsewhere_and_says_so(
    folder: Path, embedded: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an ordinary user nothing needs to move: then the data is simply there."""
    monkeypatch.setattr(layout_module, "SHARED_HOME", folder / "shared")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = embedded(closed / "data")
    remember(server.start())
    home = folder / "shared" if os.geteuid() == 0 else closed
    assert f" in {home}/" in server.describe()
    server.stop()
    closed.chmod(0o755)
    again = embedded(closed / "data")
    assert recall(again.start()) == 42, "found although it could be put beside us by now"


def test_data_of_the_older_version_keeps_its_version(folder: Path, embedded: Make) -> None:
    old = embedded(major=16)
    remember(old.start())
    old.stop()
    new = embedded()
    dsn = new.start()
    assert recall(dsn) == 42
    assert str(ask(dsn, "show server_version")).startswith("16.")
    assert "Postgres 16 " in new.describe()


def test_an_initdb_that_was_cut_off_is_done_again(folder: Path, embedded: Make) -> None:
    half = folder / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    server = embedded()
    assert ask(server.start(), "select 1") == 1
    assert not half.exists()
    assert not half.with_name("initdb.password").exists()


def test_data_of_an_unknown_version_is_left_alone(folder: Path, embedded: Make) -> None:
    cluster = folder / "postgres" / "data"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17")
    if os.geteuid() == 0:
        os.chown(cluster, 65534, 65534)
    with pytest.raises(EmbeddedPostgresError, match=r"Postgres 17's; this installation brings \[16, 18\]"):
        embedded().start()


def test_data_without_its_passwords_is_left_alone(folder: Path, embedded: Make) -> None:
    server = embedded()
    server.start()
    server.stop()
    passwords = known_layout(folder).passwords
    passwords.unlink()
    with pytest.raises(EmbeddedPostgresError, match=re.escape(f"{passwords} is missing")):
        server.start()


def test_a_server_that_cannot_start_says_why(folder: Path, embedded: Make) -> None:
    server = embedded()
    server.start()
    server.stop()
    (known_layout(folder).cluster / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedPostgresError, match="pg_control"):
        server.start()
    assert find_postmaster(known_layout(folder).cluster) is None


def test_a_folder_that_cannot_be_made_says_which(folder: Path, embedded: Make) -> None:
    (folder / "file").write_text("not a folder")
    with pytest.raises(EmbeddedPostgresError, match=re.escape(str(folder / "file"))):
        embedded(folder / "file").start()


def test_nothing_is_put_elsewhere_for_a_folder_that_cannot_be_made(
    folder: Path, embedded: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_module, "SHARED_HOME", folder / "shared")
    (folder / "postgres").write_text("not a folder")
    with pytest.raises(EmbeddedPostgresError, match=re.escape(str(folder / "postgres"))):
        embedded().start()
    assert not (folder / "shared").exists()


def test_data_that_was_put_elsewhere_and_is_missing_is_not_made_anew(folder: Path, embedded: Make) -> None:
    """A disk that is not there yet must not look like a fresh start."""
    (folder / "postgres").mkdir()
    (folder / "postgres" / "elsewhere").write_text("/nonexistent/glacia\n")
    with pytest.raises(EmbeddedPostgresError, match="/nonexistent/glacia"):
        embedded().start()
    (folder / "postgres" / "elsewhere").unlink()


def test_of_two_that_choose_a_place_elsewhere_at_once_the_first_one_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_module, "SHARED_HOME", folder / "shared")
    (folder / "postgres").mkdir()
    first, second = (layout_module._make_elsewhere(folder / "postgres") for _ in range(2))
    assert first == second
    assert [first.base] == list((folder / "shared").iterdir())
