"""What differs between two sets of files: per file, per line, per word, and as a patch that `git apply` takes.

The lines come from libgit2, so they are those that git itself would show; the words inside changed lines are marked by
`core/words.py`. Works on texts that are already in memory; nothing is read and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, Protocol, cast

import pygit2
from pydantic import Field
from pygit2.enums import DiffOption

from glacia_ui.core.models import FileChange, FileStat, Model
from glacia_ui.core.words import mark_words

LineKind = Literal[" ", "+", "-"]


class Line(Model):
    """A line of a hunk, without its newline. Numbers start at 1; a removed line has no `new`, an added one no `old`."""

    kind: LineKind
    old: int | None
    new: int | None
    text: str
    words: list[tuple[int, int]] = Field(default_factory=list)
    """Changed ranges `[from, to)` inside the text, in code points (not UTF-16 units). Empty: nothing to point at."""
    has_newline: bool = True
    """False for a last line that does not end in a newline."""


class Hunk(Model):
    """Neighbouring changes with their context. Starts count from 1, and are 0 for an empty side."""

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: list[Line]


class FileDiff(Model):
    """How one file differs. `added` and `removed` count lines; `old_path` is set for a rename only."""

    path: str
    old_path: str | None
    change: FileChange
    added: int
    removed: int
    hunks: list[Hunk]


class _RawLine(Protocol):
    origin: str
    raw_content: bytes
    old_lineno: int
    new_lineno: int


def diff_files(
    old: Mapping[str, str], new: Mapping[str, str], *, renames: Mapping[str, str] | None = None, context: int = 3
) -> list[FileDiff]:
    """The files that differ, by path in code point order.

    `old` and `new` map paths to contents. `renames` maps a new path to the path it had before; it is believed only
    when the old path is gone and the new one was not there before. `context` is in lines.
    """
    believed = {
        path: source
        for path, source in (renames or {}).items()
        if path in new and path not in old and source in old and source not in new
    }
    moved = set(believed.values())
    return [
        _diff_one(path, believed.get(path), old, new, context)
        for path in sorted({*old, *new} - moved)
        if path in believed or old.get(path) != new.get(path)
    ]


def file_stats(diffs: Iterable[FileDiff]) -> list[FileStat]:
    """The facts of a change card, from the same diff that the page shows."""
    return [
        FileStat(path=diff.path, change=diff.change, added=diff.added, removed=diff.removed, old_path=diff.old_path)
        for diff in diffs
    ]


def unified(diffs: Iterable[FileDiff]) -> str:
    """The diffs as one patch for `git apply`; an empty text when there is none. Needs diffs with their context."""
    return "".join(line for diff in diffs for line in (*_patch_head(diff), *_patch_hunks(diff)))


def _diff_one(path: str, source: str | None, old: Mapping[str, str], new: Mapping[str, str], context: int) -> FileDiff:
    hunks = _hunks(old.get(source or path, ""), new.get(path, ""), context)
    kinds = [line.kind for hunk in hunks for line in hunk.lines]
    return FileDiff(
        path=path,
        old_path=source,
        change=_change(path, source, old, new),
        added=kinds.count("+"),
        removed=kinds.count("-"),
        hunks=hunks,
    )


def _change(path: str, source: str | None, old: Mapping[str, str], new: Mapping[str, str]) -> FileChange:
    if source is not None:
        return "renamed"
    if path not in old:
        return "added"
    return "modified" if path in new else "deleted"


def _hunks(before: str, after: str, context: int) -> list[Hunk]:
    if before == after:
        return []
    # libgit2 keeps pointers into both buffers: they must outlive the patch, or the process crashes.
    old_buffer, new_buffer = before.encode("utf-8", "replace"), after.encode("utf-8", "replace")
    patch = pygit2.Patch.create_from(
        old_buffer, new_buffer, flag=DiffOption.FORCE_TEXT | DiffOption.INDENT_HEURISTIC, context_lines=context
    )
    hunks = [
        Hunk(
            old_start=hunk.old_start,
            old_lines=hunk.old_lines,
            new_start=hunk.new_start,
            new_lines=hunk.new_lines,
            lines=_lines(cast("list[_RawLine]", hunk.lines)),
        )
        for hunk in patch.hunks
    ]
    del patch, old_buffer, new_buffer
    return hunks


def _lines(raw: list[_RawLine]) -> list[Line]:
    """Real lines only: libgit2 reports a missing newline as a pseudo-line of its own, which becomes a flag here."""
    real = [line for line in raw if line.origin in " +-"]
    texts = [line.raw_content.decode("utf-8") for line in real]
    words = mark_words([(line.origin, text.rstrip("\n")) for line, text in zip(real, texts, strict=True)])
    return [
        Line(
            kind=cast("LineKind", line.origin),
            old=line.old_lineno if line.old_lineno > 0 else None,
            new=line.new_lineno if line.new_lineno > 0 else None,
            text=text.removesuffix("\n"),
            words=marks,
            has_newline=text.endswith("\n"),
        )
        for line, text, marks in zip(real, texts, words, strict=True)
    ]


def _patch_head(diff: FileDiff) -> list[str]:
    before, after = diff.old_path or diff.path, diff.path
    head = [f"diff --git {_quoted('a/' + before)} {_quoted('b/' + after)}\n"]
    if diff.change == "renamed":
        head += [f"rename from {_quoted(before)}\n", f"rename to {_quoted(after)}\n"]
    if diff.change == "added":
        head += ["new file mode 100644\n"]
    if diff.change == "deleted":
        head += ["deleted file mode 100644\n"]
    if diff.hunks:
        head += ["--- /dev/null\n" if diff.change == "added" else f"--- {_patch_name('a/' + before)}\n"]
        head += ["+++ /dev/null\n" if diff.change == "deleted" else f"+++ {_patch_name('b/' + after)}\n"]
    return head


def _patch_hunks(diff: FileDiff) -> list[str]:
    lines: list[str] = []
    for hunk in diff.hunks:
        lines.append(f"@@ -{hunk.old_start},{hunk.old_lines} +{hunk.new_start},{hunk.new_lines} @@\n")
        for line in hunk.lines:
            lines.append(f"{line.kind}{line.text}\n")
            if not line.has_newline:
                lines.append("\\ No newline at end of file\n")
    return lines


def _patch_name(path: str) -> str:
    """As git writes it: a tab ends a name that holds a space, or a date could be read into it."""
    name = _quoted(path)
    return f"{name}\t" if " " in path and name == path else name


def _quoted(path: str) -> str:
    """C-style quotes where git needs them; other languages' letters stay readable."""
    if not any(character in '"\\' or ord(character) < 32 or ord(character) == 127 for character in path):
        return path
    return '"' + "".join(_escaped(character) for character in path) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if 32 <= ord(character) != 127 else f"\\{ord(character):03o}"
