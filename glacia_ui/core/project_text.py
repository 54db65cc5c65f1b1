"""A project's files as text in a message, and back again.

Small projects go whole into the newest message; of larger ones the model gets a list and reads what it needs. Each file
says how many lines it has, so a file that itself holds `</file>` is no riddle: the reader counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from html import escape, unescape

WHOLE_UP_TO = 120_000
"""Characters of content: about 30,000 tokens, six US cents at 2 dollars a million."""

_BEGIN, _END, _EMPTY = "<project>", "</project>", "<project>\nThe project is empty.\n</project>"
_FILE = re.compile(r'<file path="([^"]*)" lines="(\d+)"( locked="true")?>')
_LISTED = re.compile(r'<file path="([^"]*)" lines="(\d+)" bytes="\d+"( locked="true")?/>')


def write_project(files: Mapping[str, str], *, locked: Set[str] = frozenset(), whole_up_to: int = WHOLE_UP_TO) -> str:
    """All files, or only their list when they are longer than `whole_up_to` characters together.

    Those whose paths are `locked` say so.
    """
    if not files:
        return _EMPTY
    is_whole = sum(map(len, files.values())) <= whole_up_to
    entry = _whole if is_whole else _listed
    return "\n".join([_BEGIN, *(entry(path, files[path], path in locked) for path in sorted(files)), _END])


def read_project(text: str) -> dict[str, str | None]:
    """The files of the first project in a text, by path; None as content where only the name was listed."""
    return {path: content for path, content, _ in _entries(text)}


def read_locked(text: str) -> frozenset[str]:
    """The paths of those among them that are locked."""
    return frozenset(path for path, _, is_locked in _entries(text) if is_locked)


def _entries(text: str) -> Iterator[tuple[str, str | None, bool]]:
    """(path, content, is locked)."""
    lines = iter(text[text.find(_BEGIN) :].split("\n")) if _BEGIN in text else iter(())
    for line in lines:
        if line == _END:
            return
        if whole := _FILE.fullmatch(line):
            yield unescape(whole[1]), "\n".join(next(lines, "") for _ in range(int(whole[2]))), bool(whole[3])
        elif listed := _LISTED.fullmatch(line):
            yield unescape(listed[1]), None, bool(listed[3])


def _whole(path: str, content: str, is_locked: bool) -> str:
    return f'<file path="{escape(path)}" lines="{content.count(chr(10)) + 1}"{_lock(is_locked)}>\n{content}\n</file>'


def _listed(path: str, content: str, is_locked: bool) -> str:
    size = len(content.encode("utf-8", "replace"))
    return f'<file path="{escape(path)}" lines="{content.count(chr(10)) + 1}" bytes="{size}"{_lock(is_locked)}/>'


def _lock(is_locked: bool) -> str:
    return ' locked="true"' if is_locked else ""
