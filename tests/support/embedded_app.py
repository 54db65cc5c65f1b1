"""A process that does nothing but use the embedded Postgres of a folder: to be interrupted and killed.

`python -m tests.support.embedded_app DATA_DIR` prints the server's pid when it runs, and stops on SIGINT.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from glacia_ui.db.embedded import EmbeddedPostgres
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import find_postmaster

ROOT = Path(__file__).parents[2]


class EmbeddedApp:
    """Such a process, in a group of its own as a terminal would give it."""

    def __init__(self, data_dir: Path) -> None:
        command = [sys.executable, "-m", __name__, str(data_dir)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, process_group=0)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "it ended without a word"
        self.server_pid = int(line)

    def end(self, number: signal.Signals) -> int:
        """Signal it as a terminal would, the whole group, and wait. Returns its exit code."""
        os.killpg(self.process.pid, number)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(30)


def main() -> None:
    """Start, say so, wait for Ctrl-C, stop."""
    interrupted = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    data_dir = Path(sys.argv[1])
    server = EmbeddedPostgres(data_dir)
    server.start()
    postmaster = find_postmaster(known_layout(data_dir).cluster)
    assert postmaster is not None
    sys.stdout.write(f"{postmaster.pid}\n")
    sys.stdout.flush()
    while not interrupted.wait(0.1):
        pass
    server.stop()


if __name__ == "__main__":
    main()
