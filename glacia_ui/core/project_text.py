"""A project's files as text in a message, and back again.

Small projects go whole into the newest message; of larger ones the model gets a list and reads what it needs. Each file
says how many lines it has, so a file that itself holds `</file>` is no riddle: the reader counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

WHOLE_UP_TO = 120_000
"""Characters of content: about 30,000 tokens, six US cents at 2 dollars a million."""

_BEGIN, _END, _EMPTY = "<project>", "</project>", "<project>\nThe project is empty.\n</project>"
_FILE = re.compile(r'<file path="([^"]*)" lines="(\d+)">')
_LISTED = re.compile(r'<file path="([^"]*)" lines="(\d+)" bytes="\d+"/>')


def write_project(files: Mapping[str, str], *, whole_up_to: int = WHOLE_UP_TO) -> str:
    """All files, or only their list when they are longer than `whole_up_to` characters together."""
    if not files:
        return _EMPTY
    is_whole = sum(map(len, files.values())) <= whole_up_to
    entry = _whole if is_whole else _listed
    return "\n".join([_BEGIN, *(entry(path, files[path]) for path in sorted(files)), _END])


def read_project(text: str) -> dict[str, str | None]:
    """The files of the first project in a text, by path; None as content where only the name was listed."""
    lines = iter(text[text.find(_BEGIN) :].split("\n")) if _BEGIN in text else iter(())
    files: dict[str, str | None] = {}
    for line in lines:
        if line == _END:
            break
        if whole := _FILE.fullmatch(line):
            files[unescape(whole[1])] = "\n".join(next(lines, "") for _ in range(int(whole[2])))
        elif listed := _LISTED.fullmatch(line):
            files[unescape(listed[1])] = None
    return files


def _whole(path: str, content: str) -> str:
    return f'<file path="{escape(path)}" lines="{content.count(chr(10)) + 1}">\n{content}\n</file>'


def _listed(path: str, content: str) -> str:
    size = len(content.encode("utf-8", "replace"))
    return f'<file path="{escape(path)}" lines="{content.count(chr(10)) + 1}" bytes="{size}"/>'
