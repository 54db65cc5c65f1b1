"""Which folders a server has. Usually all below `GLACIA_DATA_DIR/postgres`; root may have to put them elsewhere.

    postgres/                ours: 0700, or 0711 when another account has to pass through
        data/                Postgres's own, 0700, owned by the account that runs it
        passwords.json       0600
        start.lock users.lock
        startup.log          what the server said before its own log began
        elsewhere            only where `data/` cannot be here: the folder below /var/lib/glacia that replaces this one
        socket               only where the path of `data/` will not do for a socket: the folder that has it

`elsewhere` decides where the data is, so a later change of permissions never makes it look empty.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from glacia_ui.db.embedded.account import Account
from glacia_ui.db.embedded.binaries import SHARED_HOME

PORT = 5432
"""Part of the socket's name; nothing listens on TCP."""
_POINTER = "elsewhere"
_LONGEST_SOCKET_PATH = 107  # bytes: sockaddr_un.sun_path holds 108, one of them the closing NUL


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one server."""

    base: Path
    is_elsewhere: bool = False

    @property
    def cluster(self) -> Path:
        """Postgres's data folder."""
        return self.base / "data"

    @property
    def passwords(self) -> Path:
        """Passwords of the three roles that log in."""
        return self.base / "passwords.json"

    @property
    def start_lock(self) -> Path:
        """Held while somebody starts or stops the server."""
        return self.base / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Held, shared, by every process that uses the server."""
        return self.base / "users.lock"

    @property
    def startup_log(self) -> Path:
        """What the server said before its own log began."""
        return self.base / "startup.log"

    def existing_major(self) -> int | None:
        """Major version of the data that is there already."""
        try:
            return int((self.cluster / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return None


def known_layout(data_dir: Path) -> Layout:
    """Where the server of this data folder is as far as it is known yet. Touches nothing."""
    base = data_dir.resolve() / "postgres"
    pointer = base / _POINTER
    if pointer.exists():
        return Layout(Path(pointer.read_text().strip()), is_elsewhere=True)
    return Layout(base)


def make_layout(data_dir: Path, account: Account) -> Layout:
    """Where the server of this data folder is, or shall be, with its folders made."""
    known = known_layout(data_dir)
    if known.cluster.exists() or known.is_elsewhere:
        return known
    mode = 0o700 if account.uid is None else 0o711
    for folder in (data_dir, known.base):
        if not folder.is_dir():  # something else of that name raises
            folder.mkdir(parents=True)
            folder.chmod(mode)
    return known if account.can_enter(known.base) else _make_elsewhere(known.base)


def _make_elsewhere(base: Path) -> Layout:
    """Of several processes that start at once, the first one's choice stays."""
    there = SHARED_HOME / secrets.token_hex(6)
    there.mkdir(parents=True)
    there.chmod(0o711)
    try:
        write_private(base / _POINTER, f"{there}\n", replaces=False)
    except FileExistsError:
        there.rmdir()
    return known_layout(base.parent)


def socket_folder(layout: Layout, account: Account) -> Path:
    """A folder for the socket: the data folder itself, or a short private one where its path will not do.

    A socket's path can only be so long, and libpq takes a comma for the next host. The short folder is remembered, so
    that a restart does not move the socket away from those who are connected.
    """
    direct = os.fsencode(layout.cluster / f".s.PGSQL.{PORT}")
    if len(direct) <= _LONGEST_SOCKET_PATH and b"," not in direct:
        return layout.cluster
    note = layout.base / "socket"
    if note.exists():
        known = Path(note.read_text().strip())
        if _is_private(known, account) or _made(known, account):
            return known
    short = Path(tempfile.mkdtemp(prefix="glacia-"))
    account.own(short)
    write_private(note, f"{short}\n")
    return short


def write_private(path: Path, text: str, *, replaces: bool = True) -> None:
    """Write a file that only we can read, all of it or none, and have it on disk before going on.

    Raises FileExistsError when there is one and this one is not to replace it.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if replaces:
        Path(name).replace(path)
        return
    try:
        path.hardlink_to(name)
    finally:
        Path(name).unlink()


def _is_private(folder: Path, account: Account) -> bool:
    """Whether a remembered folder is still the account's own: /tmp is open to everybody."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return found.st_mode == 0o040700 and found.st_uid == account.effective_uid


def _made(folder: Path, account: Account) -> bool:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return False
    account.own(folder)
    return True
