"""Which operating-system account runs Postgres. It refuses to run as root, so root hands it to another account.

An ordinary user runs it as themselves. Root picks the account that owns the data already, else `postgres`, else
`nobody`; nothing is ever added to the system. A numeric id without a name will not do: initdb wants to know its name.
"""

from __future__ import annotations

import errno
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_CANDIDATES = ("postgres", "_postgres", "nobody")
_PROBE_TIMEOUT_SECONDS = 10.0


class NoAccountError(RuntimeError):
    """We are root, and there is nobody to hand Postgres to."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs Postgres. `uid` and `gid` are None when that is the present user."""

    uid: int | None = None
    gid: int | None = None
    name: str = ""

    @property
    def effective_uid(self) -> int:
        """The user id that the server's processes and files have."""
        return os.geteuid() if self.uid is None else self.uid

    def popen_arguments(self) -> dict[str, object]:
        """What makes `subprocess` run a command as this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can reach a folder: another folder on the way may be closed to it."""
        return self.uid is None or self._succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def can_run(self, program: Path) -> bool:
        """Whether this account can run a program and load its libraries."""
        return self.uid is None or self._succeeds([str(program), "--version"])

    def _succeeds(self, command: Sequence[str]) -> bool:
        try:
            done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603  # our own commands
                command, cwd="/", capture_output=True, timeout=_PROBE_TIMEOUT_SECONDS, **self.popen_arguments()
            )
        except PermissionError as error:
            if error.errno == errno.EPERM:
                raise NoAccountError(f"Root is not allowed to run Postgres as {self.name} here.") from error
            return False
        return bool(done.returncode == 0)


def choose_account(cluster: Path) -> Account:
    """The account for this cluster folder, which need not exist yet.

    Raises NoAccountError when we are root and no account can be found.
    """
    if os.geteuid() != 0:
        return Account(name=_name_of(os.geteuid()))
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, _name_of(owner.st_uid))
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise NoAccountError(f"Postgres does not run as root, and none of the accounts {', '.join(_CANDIDATES)} exists.")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
