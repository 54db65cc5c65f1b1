"""initdb, start, stop: one server process in one data folder, without `pg_ctl`.

What runs is read from Postgres's own `postmaster.pid`; a file whose process is gone, is a zombie or is something else
is left over from a crash and removed. The caller holds `start.lock`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from glacia_ui.db.embedded.account import Account
from glacia_ui.db.embedded.binaries import Binaries
from glacia_ui.db.embedded.layout import PORT, Layout
from glacia_ui.db.embedded.postmaster import Postmaster, clear_leftovers, find_postmaster, is_answered

SUPERUSER = "supabase_admin"
_START_SECONDS = 60.0
"""Recovery after a crash replays the log first: seconds at most with the default checkpoint distance."""
_STOP_SECONDS = {signal.SIGINT: 3.0, signal.SIGQUIT: 1.0, signal.SIGKILL: 1.0}
"""How long each way to stop may take; Ctrl-C has 5 s in all. Postgres 18.4 can hang when it is asked to stop in the
first moments of its own recovery; ending that at once is safe, the next start recovers again."""
_SILENCE_SECONDS = 5.0
"""How long a server may say that it is ready while its socket does not answer."""
_POLL_SECONDS = 0.02
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "%a.log",  # a week of logs, each day's overwritten a week later
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    "log_checkpoints": "off",
    # No error, statement or value of a call reaches the log: they hold what people typed. `log` is above `error`.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgresError(RuntimeError):
    """The embedded Postgres cannot be set up or started. The text is one sentence for whoever starts the app."""


@dataclass(slots=True)
class Launcher:
    """Starts and stops the server of one layout as one account."""

    layout: Layout
    account: Account
    binaries: Binaries
    settings: Mapping[str, str] = field(default_factory=dict)
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def initialise(self, superuser_password: str) -> None:
        """Make the data folder, all of it or none: an initdb that was cut off leaves only `data.new`."""
        fresh = self.layout.base / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self.account.own(fresh)
        password_file = fresh.with_name("initdb.password")
        password_file.touch(mode=0o600)
        password_file.write_text(superuser_password)
        self.account.own(password_file)
        try:
            self._run_initdb(fresh, password_file)
        finally:
            password_file.unlink()
        fresh.rename(self.layout.cluster)

    def running(self) -> Postmaster | None:
        """The server that runs on our data, whoever started it."""
        if self._child is not None:
            self._child.poll()  # lets the kernel forget a child that has died
        return find_postmaster(self.layout.cluster)

    def start(self, socket_dir: Path) -> Postmaster:
        """Start the server, or wait for one that is starting, until it takes connections.

        Raises EmbeddedPostgresError.
        """
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.running() is None:
                self._raise_if_served_by_a_stranger(socket_dir)
                clear_leftovers(self.layout.cluster, socket_dir)
                self._spawn(socket_dir)
            found = self._settled(deadline)
            if found is not None:
                return found
            self._raise_if_hopeless()
            self.stop()
        raise EmbeddedPostgresError(f"Postgres did not start within {_START_SECONDS:.0f} s. {self._last_words()}")

    def stop(self) -> None:
        """Fast shutdown; if that takes too long, an immediate one (the next start then recovers)."""
        for number, seconds in _STOP_SECONDS.items():
            found = self.running()
            if found is None:
                return
            found.send(number)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and self.running() is not None:
                time.sleep(_POLL_SECONDS)

    def _run_initdb(self, target: Path, password_file: Path) -> None:
        command = [
            self.binaries.program("initdb"),
            f"--pgdata={target}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603  # our own command
            command, cwd="/", env=_environment(), capture_output=True, text=True, **self.account.popen_arguments()
        )
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def _spawn(self, socket_dir: Path) -> None:
        settings = {**_SETTINGS, **self.settings, "unix_socket_directories": _quoted(socket_dir)}
        command = [self.binaries.program("postgres"), "-D", str(self.layout.cluster), "-p", str(PORT)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.layout.startup_log.unlink(missing_ok=True)
        with self.layout.startup_log.open("wb") as log:
            # A session of its own: Ctrl-C reaches every process of the terminal's group, and is not for Postgres.
            self._child = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603  # our own command
                command,
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.account.popen_arguments(),
            )

    def _settled(self, deadline: float) -> Postmaster | None:
        """The server once it takes connections; None when it ended, is ending, or has lost its socket."""
        patience = _SILENCE_SECONDS
        while time.monotonic() < deadline and patience > 0:
            found = self.running()
            has_ended = self._child is None or self._child.returncode is not None
            if (found is None and has_ended) or (found is not None and found.is_stopping):
                return None
            if found is not None and found.accepts():
                return found
            if found is not None and found.status == "ready":
                patience -= _POLL_SECONDS
            time.sleep(_POLL_SECONDS)
        return None

    def _raise_if_served_by_a_stranger(self, socket_dir: Path) -> None:
        """Two servers on one folder would ruin it. A killed one's socket may answer for a moment after its death."""
        deadline = time.monotonic() + _SILENCE_SECONDS
        while is_answered(socket_dir):
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"{self.layout.cluster} is served by a Postgres that cannot be seen from here, perhaps in another"
                    " container."
                )
            time.sleep(_POLL_SECONDS)

    def _raise_if_hopeless(self) -> None:
        """A killed server's children may need a moment to end, so that the next one can have the data."""
        if self._child is None or self._child.returncode is None:
            return
        words = self._last_words()
        if words and "still in use" not in words and "already exists" not in words:
            raise EmbeddedPostgresError(f"Postgres could not start. {words}")
        time.sleep(_POLL_SECONDS)

    def _last_words(self) -> str:
        """Of the start that failed: first what went to stderr, then what went to the server's own log."""
        early = self.layout.startup_log
        if not early.exists():
            return ""
        own = [log for log in self.layout.cluster.glob("log/*.log") if log.stat().st_mtime >= early.stat().st_ctime]
        lines = [line for log in (early, *own) for line in log.read_text(errors="replace").splitlines()]
        return " ".join(lines[-4:])


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA, PGOPTIONS or a locale of the user's would change the server."""
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**inherited, "LC_ALL": "C", "TZ": "UTC"}


def _quoted(path: Path) -> str:
    """A path as an element of a list setting: it may contain spaces and commas."""
    return '"' + str(path).replace('"', '""') + '"'
