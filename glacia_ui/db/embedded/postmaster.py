"""The server that runs on a data folder, as `postmaster.pid` and the process table tell."""

from __future__ import annotations

import signal
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

from glacia_ui.db.embedded.layout import PORT

_CONNECT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A live server process."""

    pid: int
    socket_dir: Path
    status: str
    """What the server says of itself: starting, stopping, ready."""

    @property
    def is_stopping(self) -> bool:
        """Whether it is on its way out; it takes no new connections."""
        return self.status == "stopping"

    def accepts(self) -> bool:
        """Whether it has finished its start and its socket answers."""
        return self.status == "ready" and is_answered(self.socket_dir)

    def send(self, number: signal.Signals) -> None:
        """Signal it; it may be gone already."""
        try:
            psutil.Process(self.pid).send_signal(number)
        except psutil.NoSuchProcess:
            return


def find_postmaster(cluster: Path) -> Postmaster | None:
    """The live server on this data folder, or None."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    # pid, data folder, start time, port, socket folder, TCP address, shared memory, status: written line by line
    if not lines or not lines[0].isdecimal() or not _serves(int(lines[0]), cluster):
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(pid=int(lines[0]), socket_dir=Path(lines[4]), status=lines[7].strip() or "starting")


def is_answered(socket_dir: Path) -> bool:
    """Whether any process listens on the socket in this folder."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_CONNECT_SECONDS)
        try:
            probe.connect(str(socket_dir / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def clear_leftovers(cluster: Path, socket_dir: Path) -> None:
    """Remove what a killed server left. Its pid may belong to another process by now, which Postgres would respect."""
    for leftover in (cluster / "postmaster.pid", *socket_dir.glob(f".s.PGSQL.{PORT}*")):
        leftover.unlink(missing_ok=True)


def _serves(pid: int, cluster: Path) -> bool:
    """Whether a process is the server that we start on this folder, rather than a later one with the same number.

    Its command line tells: unlike its working folder, it can be read without rights over another account's process.
    """
    try:
        process = psutil.Process(pid)
        is_alive = process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        return is_alive and str(cluster) in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
