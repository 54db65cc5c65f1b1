"""The embedded server as the app sees it: start, ensure that it runs, stop. Any number of processes may share it."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.conninfo import make_conninfo

from glacia_ui.db.embedded.account import NoAccountError, choose_account
from glacia_ui.db.embedded.binaries import DEFAULT_MAJOR, NoBinariesError, find_binaries
from glacia_ui.db.embedded.launcher import SUPERUSER, EmbeddedPostgresError, Launcher
from glacia_ui.db.embedded.layout import PORT, Layout, known_layout, make_layout, socket_folder, write_private
from glacia_ui.db.embedded.locks import Usage, exclusively

ROLES = (SUPERUSER, "postgres", "authenticator")
"""The roles that log in, each with a password of its own."""
DATABASE = "postgres"


@dataclass(frozen=True, slots=True)
class Dsn:
    """How to connect to a running server."""

    host: str
    """Folder of the socket."""
    passwords: Mapping[str, str] = field(repr=False)
    port: int = PORT

    def conninfo(self, role: str, database: str = DATABASE) -> str:
        """A libpq connection string for one of `ROLES`. It holds the password: never log it."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            user=role,
            password=self.passwords[role],
            dbname=database,
            connect_timeout=10,
        )


class EmbeddedPostgres:
    """The Postgres of one data folder. Its methods block: call them in a thread."""

    def __init__(
        self, data_dir: Path, *, major: int = DEFAULT_MAJOR, settings: Mapping[str, str] | None = None
    ) -> None:
        """`major` is for new data; what exists keeps its version. `settings` override Postgres's own."""
        self._data_dir = data_dir
        self._major = major
        self._settings = dict(settings or {})
        self._guard = threading.Lock()
        self._launcher: Launcher | None = None
        self._usage: Usage | None = None
        self._dsn: Dsn | None = None

    @property
    def data_dir(self) -> Path:
        """The data folder that it was made for."""
        return self._data_dir

    def start(self) -> Dsn:
        """Create the data if there is none, start the server or adopt the one that runs, and count as its user.

        Raises EmbeddedPostgresError.
        """
        try:
            return self._start()
        except (NoAccountError, NoBinariesError) as error:
            raise EmbeddedPostgresError(str(error)) from error
        except PermissionError as error:
            raise EmbeddedPostgresError(
                f"{error.filename} belongs to another user: start as that user, or choose another GLACIA_DATA_DIR."
            ) from error
        except OSError as error:
            raise EmbeddedPostgresError(f"{error.filename}: {error.strerror}.") from error

    def ensure_running(self) -> None:
        """Bring the server back if it has died. Costs a look at one file when it has not.

        Raises EmbeddedPostgresError.
        """
        with self._guard:
            if self._launcher is None:
                raise EmbeddedPostgresError("The embedded Postgres was not started.")
            found = self._launcher.running()
            if found is None or not found.accepts():
                with exclusively(self._launcher.layout.start_lock):
                    self._launcher.start(socket_folder(self._launcher.layout, self._launcher.account))

    def stop(self) -> bool:
        """Stop counting as a user, and stop the server if there is no other. True when it was stopped."""
        with self._guard:
            if self._launcher is None or self._usage is None:
                return False
            launcher, usage = self._launcher, self._usage
            self._launcher = self._usage = self._dsn = None
            with exclusively(launcher.layout.start_lock):
                is_last = usage.leave()
                if is_last:
                    launcher.stop()
            return is_last

    def describe(self) -> str:
        """For the start line: version, folder, and what was put elsewhere because another account needs it."""
        launcher = self._launcher
        if launcher is None:
            return "embedded Postgres, stopped"
        text = f"embedded Postgres {launcher.layout.existing_major()} in {launcher.layout.cluster}"
        if launcher.account.uid is not None:
            text += f", run as {launcher.account.name}"
        if launcher.binaries.copied_to is not None:
            text += f", programs copied to {launcher.binaries.copied_to}"
        return text

    def _start(self) -> Dsn:
        with self._guard:
            if self._dsn is not None:
                return self._dsn
            launcher = self._prepare()
            layout = launcher.layout
            with exclusively(layout.start_lock):
                passwords = _load_passwords(layout)
                if layout.existing_major() is None:
                    launcher.initialise(passwords[SUPERUSER])
                usage = Usage(layout.users_lock)
                usage.join()
                running = launcher.start(socket_folder(layout, launcher.account))
            self._launcher, self._usage = launcher, usage
            self._dsn = Dsn(str(running.socket_dir), passwords)
            return self._dsn

    def _prepare(self) -> Launcher:
        account = choose_account(known_layout(self._data_dir).cluster)
        layout = make_layout(self._data_dir, account)
        binaries = find_binaries(layout.existing_major() or self._major, account)
        return Launcher(layout, account, binaries, self._settings)


def _load_passwords(layout: Layout) -> dict[str, str]:
    """The roles' passwords, made once, before the data."""
    if not layout.passwords.exists():
        if layout.existing_major() is not None:
            raise EmbeddedPostgresError(
                f"{layout.passwords} is missing: without it nobody can log in to the data beside it."
            )
        write_private(layout.passwords, json.dumps({role: secrets.token_urlsafe(24) for role in ROLES}))
    passwords: dict[str, str] = json.loads(layout.passwords.read_text())
    return passwords
