"""A copy of a project's files on which a generation works. Nothing leaves it before the end, and then all at once.

Each operation checks what it is given (names, sizes, placeholders) and raises StagingError, whose message tells the
model what to do instead; then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import NotRequired, TypedDict

from glacia_ui.core.diff import FileDiff, diff_files
from glacia_ui.core.edits import Edit, EditMissError, apply_edits
from glacia_ui.core.paths import collision, path_problem
from glacia_ui.core.placeholders import find_placeholder

MAX_FILES = 500
MAX_FILE_BYTES = 1_000_000
MAX_PROJECT_BYTES = 20_000_000
"""Limits of a project, in bytes of UTF-8. The database has the same ones: here the model still hears of them."""


class Change(TypedDict):
    """One file of a new snapshot, as `finish_generation` takes it. No content: deleted. `old_path`: its name before."""

    path: str
    content: str | None
    old_path: NotRequired[str]


class StagingError(Exception):
    """An operation that was refused. The message is for the model; `note` is a key of the texts for people."""

    def __init__(self, message: str, note: str) -> None:
        super().__init__(message)
        self.note = note


class LockedError(StagingError):
    """It would change a file that its owner has locked."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path!r} is locked by the person: it cannot be changed, deleted or renamed. Do not try again, and do not "
            "work around it. Do what can be done without it, and tell them that it is locked.",
            "locked",
        )
        self.path = path


class Staging:
    """The files as they are now, beside the files as they were."""

    def __init__(self, files: Mapping[str, str], *, locked: Set[str] = frozenset()) -> None:
        """`locked` are paths that stay as they are."""
        self.base: Mapping[str, str] = dict(files)
        self._locked = frozenset(locked)
        self.files: dict[str, str] = dict(files)
        self._came_from: dict[str, str] = {}
        self._misses: dict[str, int] = {}
        self._sizes = {path: len(content.encode()) for path, content in files.items()}

    def fork(self) -> Staging:
        """Another copy, as this one is now."""
        other = Staging(self.base, locked=self._locked)
        other.files = dict(self.files)
        other._came_from = dict(self._came_from)
        other._sizes = dict(self._sizes)
        return other

    def read(self, path: str) -> str:
        """The content of a file."""
        if path not in self.files:
            known = ", ".join(sorted(self.files)[:50]) or "none"
            raise StagingError(f"There is no file {path!r}. Files: {known}.", "no_file")
        return self.files[path]

    def write(self, path: str, content: str) -> None:
        """A new file, or all of an old one."""
        self._check_lock(path)
        self._check_name(path)
        self._store(path, content)
        self._misses.pop(path, None)

    def edit(self, path: str, edits: Sequence[Edit]) -> None:
        """All edits or none. The second miss on a file asks for the whole file."""
        self._check_lock(path)
        before = self.read(path)
        try:
            after = apply_edits(before, edits)
        except EditMissError as miss:
            self._misses[path] = self._misses.get(path, 0) + 1
            advice = " No edit of this call was made."
            if self._misses[path] >= 2:
                advice += f" This is miss {self._misses[path]} in {path}: send the whole file with write_file instead."
            raise StagingError(f"{miss}{advice}", "missed") from miss
        self._store(path, after)

    def append(self, path: str, content: str) -> None:
        """More text at the end of a file, without a line break of our own."""
        self._check_lock(path)
        self._store(path, self.read(path) + content)

    def delete(self, path: str) -> None:
        """Removes a file."""
        self._check_lock(path)
        self.read(path)
        del self.files[path]
        self._came_from.pop(path, None)

    def rename(self, path: str, new_path: str) -> None:
        """Moves a file; its content stays."""
        self._check_lock(path)
        content = self.read(path)
        if new_path in self.files:
            raise StagingError(f"There already is a file {new_path!r}. Delete it first.", "path_taken")
        self._check_name(new_path, but=path)
        source = self._came_from.pop(path, path)
        del self.files[path]
        self.files[new_path] = content
        self._sizes[new_path] = self._sizes[path]
        if source in self.base and source != new_path:
            self._came_from[new_path] = source

    def diffs(self) -> list[FileDiff]:
        """What differs from the files as they were."""
        return diff_files(self.base, self.files, renames=self._came_from)

    def changes(self) -> list[Change]:
        """The same, as the database takes it."""
        changes: list[Change] = []
        for diff in self.diffs():
            change = Change(path=diff.path, content=self.files.get(diff.path))
            if diff.old_path is not None:
                change["old_path"] = diff.old_path
            changes.append(change)
        return changes

    def _check_lock(self, path: str) -> None:
        if path in self._locked:
            raise LockedError(path)

    def _check_name(self, path: str, but: str = "") -> None:
        if problem := path_problem(path):
            raise StagingError(f"The path {path!r} is refused: {problem}.", "bad_path")
        if other := collision(path, (name for name in self.files if name != but)):
            raise StagingError(f"The path {path!r} cannot stand beside {other!r}. Choose another.", "path_taken")
        if path not in self.files and not but and len(self.files) >= MAX_FILES:
            raise StagingError(f"A project has at most {MAX_FILES} files.", "too_many")

    def _store(self, path: str, content: str) -> None:
        placeholder = find_placeholder(content, before=self.files.get(path, ""))
        if placeholder:
            raise StagingError(
                f"{placeholder!r} stands for text that is left out, so the file would lose it. "
                "Send the full text, or change only a part with edit_file.",
                "placeholder",
            )
        size = len(content.encode())
        if size > MAX_FILE_BYTES:
            raise StagingError(
                f"A file has at most {MAX_FILE_BYTES:,} bytes; this one would have {size:,}.", "too_large"
            )
        if sum(self._sizes[name] for name in self.files if name != path) + size > MAX_PROJECT_BYTES:
            raise StagingError(f"A project has at most {MAX_PROJECT_BYTES:,} bytes.", "too_large")
        self.files[path] = content
        self._sizes[path] = size
