"""What one log line costs, in microseconds: it is written on the event loop, beside every stream.

Run with `make bench`. Lines go to a file and to a stderr that is thrown away.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

from loguru import logger

from glacia_ui.telemetry.logs import configure_logs

LINES = 5_000


def measure(folder: Path) -> float:
    """Microseconds per line with the fields that a request's line has."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        logs = configure_logs(folder, secrets=["a secret that is set", "another one that is set"])
        with logger.contextualize(request_id="6f1c", user_id="0b1d", generation_id="77aa"):
            start = time.perf_counter()
            for _ in range(LINES):
                logger.bind(method="GET", path="/api/v1/projects", status=200, duration_ms=12).info("request")
            seconds = time.perf_counter() - start
        logs.close()
    return seconds / LINES * 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        best = min(measure(Path(folder)) for _ in range(3))
    sys.stdout.write(f"one log line: {best:.0f} µs\n")


if __name__ == "__main__":
    main()
