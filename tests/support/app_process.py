"""The real app as a process of its own, on a free port: to be spoken to over HTTP, interrupted, and killed."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 120
_READY = re.compile(r"http://\S+?:(\d+)")


class AppProcess:
    """One running Glacia. `python app.py`, but with the demo model at the pace a test needs."""

    def __init__(
        self,
        data_dir: Path,
        *,
        speed: float = 20.0,
        faults: Sequence[Mapping[str, object] | None] = (),
        answers: Sequence[Mapping[str, object]] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`speed` is how many times faster than a model the demo writes; `faults` are fields of `Fault`, in turn.

        `answers` are what it says to the first requests, as `answer_from` takes them.
        """
        self.data_dir = data_dir
        self._arguments = ["--speed", str(speed), "--faults", json.dumps(faults)]
        self._arguments += ["--answers", json.dumps(answers)]
        self._env = {**os.environ, "GLACIA_PORT": "0", "GLACIA_DATA_DIR": str(data_dir), **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> AppProcess:
        """Returns when it accepts connections."""
        command = [sys.executable, "-m", "tests.support.serve", *self._arguments]
        log = (self.data_dir.parent / f"{self.data_dir.name}.stderr").open("ab")
        with log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._env, stdout=subprocess.PIPE, stderr=log)
        self.url = f"http://127.0.0.1:{self._port(self._process)}"
        return self

    @property
    def pid(self) -> int:
        """Of the Python process."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything it has written to stderr, over all its lives."""
        return (self.data_dir.parent / f"{self.data_dir.name}.stderr").read_text("utf-8")

    def kill(self) -> None:
        """As by the kernel: no clean-up of any kind."""
        self._end(signal.SIGKILL)

    def interrupt(self) -> None:
        """Ctrl-C. Raises when it does not end by itself."""
        assert self._end(signal.SIGINT) == 0

    def __enter__(self) -> AppProcess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self._process.wait(30)

    def _port(self, process: subprocess.Popen[bytes]) -> int:
        assert process.stdout is not None
        deadline = time.monotonic() + START_SECONDS
        seen = ""
        while time.monotonic() < deadline:
            ready, _, _ = select.select([process.stdout], [], [], 0.2)
            chunk = os.read(process.stdout.fileno(), 4096).decode() if ready else ""
            seen += chunk
            if match := _READY.search(seen):
                return int(match[1])
            if ready and not chunk:
                break
        raise AssertionError(f"the app did not start: {seen}\n{self.log[-4000:]}")
