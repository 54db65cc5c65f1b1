"""Postgres killed with `kill -9` again and again below the running app while people write: nothing is lost.

At full size 50 times; see tests/support/sizes.py.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from statistics import median

import httpx
import psycopg
import pytest

from glacia_ui.db.embedded import Dsn
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import Postmaster, find_postmaster
from tests.support.app_process import AppProcess
from tests.support.databases import make_scratch_folder
from tests.support.sizes import IS_FULL, full_size
from tests.support.writing import HANG_SECONDS, Writer, complaint_about

KILLS = full_size(50, 3)
WRITERS = 4
RECOVERY_SECONDS = 5.0
"""Promised for a machine that is not crowded, so it is held to at full size only, and for the median."""
PATIENCE_SECONDS = 90.0
"""For what takes a moment: a lease, 30 s, and its sweep, on a loaded machine."""


@pytest.fixture
def app() -> Iterator[AppProcess]:
    """The real app on its own embedded Postgres; its limits are raised, so that writing can go on and on."""
    folder = make_scratch_folder()
    with AppProcess(folder / "data", speed=100) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


def postmaster(app: AppProcess) -> Postmaster:
    found = find_postmaster(known_layout(app.data_dir).cluster)
    assert found is not None
    return found


def prepare(app: AppProcess) -> None:
    """Raise the limits, and see that the server is as safe as it is delivered: `kill -9` alone could not tell."""
    dsn = Dsn(str(postmaster(app).socket_dir), json.loads(known_layout(app.data_dir).passwords.read_text()))
    with psycopg.connect(dsn.conninfo("supabase_admin")) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"show {setting}".encode()).fetchone() == ("on",)
        connection.execute("update private.rate_policies set max_hits = 1000000")
        connection.execute("update private.quota_defaults set quota_limit = 100000")


def wait_for_more(writers: list[Writer]) -> None:
    """Until each of them has had three more writes acknowledged: the next kill hits people at work."""
    wanted = [(writer, writer.acknowledged + 3) for writer in writers]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(writer.acknowledged < number for writer, number in wanted):
        assert time.monotonic() < deadline, [writer.complaints for writer in writers]
        time.sleep(0.01)


def recover(app: AppProcess, probe: httpx.Client) -> float:
    """Kill the server; seconds until the app answers from the database again. Meanwhile it may only say 503."""
    dead = postmaster(app).pid
    os.kill(dead, signal.SIGKILL)
    killed_at = time.monotonic()
    while (answer := probe.get("/me")).status_code != 200:
        assert complaint_about(answer) is None
        assert time.monotonic() - killed_at < HANG_SECONDS
        time.sleep(0.02)
    return time.monotonic() - killed_at


def wait_until_at_rest(writers: list[Writer]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(writer.is_at_rest() for writer in writers):
        assert time.monotonic() < deadline, "a generation did not end"
        time.sleep(0.2)


def test_no_acknowledged_write_is_lost_and_the_app_comes_back_by_itself(app: AppProcess) -> None:
    prepare(app)
    writers = [Writer(app.url) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    recovered = []
    for _ in range(KILLS):
        wait_for_more(writers)
        time.sleep(random.uniform(0, 0.3))  # at any moment of a write, of recovery's last steps too
        recovered.append(recover(app, writers[0].http))
    wait_for_more(writers)
    for writer in writers:
        writer.stop()
    wait_until_at_rest(writers)

    report(recovered, writers)
    assert [complaint for writer in writers for complaint in writer.complaints] == []
    assert [lost for writer in writers for lost in writer.lost()] == []
    for writer in writers:
        writer.assert_exact()
    assert median(recovered) < (RECOVERY_SECONDS if IS_FULL else HANG_SECONDS)
    assert max(writer.slowest for writer in writers) < HANG_SECONDS


def report(recovered: list[float], writers: list[Writer]) -> None:
    """The figures, for whoever runs it with -s."""
    answers = sum((writer.answers for writer in writers), Counter[int]())
    sys.stdout.write(
        f"\n{len(recovered)} kills, back after {median(recovered):.2f} s (median), {max(recovered):.2f} s (longest); "
        f"{sum(len(writer.projects) for writer in writers)} projects, {sum(len(w.drafts) for w in writers)} drafts, "
        f"{sum(len(writer.generations) for writer in writers)} generations acknowledged; "
        f"answers {dict(answers)}, the slowest after {max(writer.slowest for writer in writers):.1f} s; "
        f"complaints {sum(len(writer.complaints) for writer in writers)}\n"
    )
