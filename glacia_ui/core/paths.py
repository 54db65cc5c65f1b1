"""Which file names a project may hold. Names come from a model, so they are hostile until shown otherwise.

A name must mean the same file on every system that the project may be taken to (ZIP, Windows, macOS, git) and must
never leave its folder: the rules are the strictest of all of them, on the name as it is and on its compatibility form
(NFKC), which turns `‥／x` into `../x`.

The database has the same rule (`private.is_file_path`, `private.path_key`), so that nothing is refused only at the end.
What both rest on is Unicode 14 (`core/invisible.py`): a test compares every character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from glacia_ui.core.invisible import is_visible
from glacia_ui.errors import ValidationError

MAX_PATH = 500
"""Characters; `project_files.file_path` is as wide."""
MAX_PART = 255
"""Bytes of UTF-8, what file systems take; `project_files.file_name` is as wide."""

_FORBIDDEN = re.compile(r'[\\:*?"<>|]')
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9]) *(\.|$)", re.IGNORECASE | re.ASCII)
_GIT = frozenset({".git", "git~1"})


def check_path(path: str) -> None:
    """Raises ValidationError (code `bad_path`, params path and reason) unless the name is safe everywhere."""
    if reason := path_problem(path):
        raise ValidationError(f"file name refused: {reason}", code="bad_path", params={"path": path, "reason": reason})


def path_problem(path: str) -> str | None:
    """What is wrong with a name, in words that a model can act on; None when nothing is."""
    if not path or len(path) > MAX_PATH:
        return f"a path has 1 to {MAX_PATH} characters"
    compatible = unicodedata.normalize("NFKC", path)
    if compatible.count("/") != path.count("/"):
        return "a path has no characters that look like a slash"
    for form in (path, compatible):
        if problem := _text_problem(form):
            return problem
        for part in form.split("/"):
            if problem := _part_problem(part):
                return problem
    return None


def collision(path: str, others: Iterable[str]) -> str | None:
    """The path that could not live beside this one: the same but for case or form, or a file where a folder is."""
    key = path_key(path)
    for other in others:
        taken = path_key(other)
        if other != path and (taken == key or taken.startswith(key + "/") or key.startswith(taken + "/")):
            return other
    return None


def _text_problem(path: str) -> str | None:
    if path.startswith("/"):
        return "a path is relative to the project: no leading slash"
    if _FORBIDDEN.search(path):
        return r'a path has none of \ : * ? " < > |'
    if _PERCENT.search(path):
        return "a path has no percent escapes"
    if not is_visible(path):
        return "a path has no control or invisible characters"
    return None


def _part_problem(part: str) -> str | None:
    if part in ("", ".", ".."):
        return "a path has no empty part, no . and no .."
    if len(part.encode()) > MAX_PART:
        return f"each part of a path has at most {MAX_PART} bytes"
    if part != part.strip() or part.endswith("."):
        return "no part of a path begins or ends with a space, or ends with a dot"
    if _DEVICE.match(part):
        return "this name belongs to a device on Windows"
    if part.casefold() in _GIT:
        return "this name belongs to git"
    return None


def path_key(path: str) -> str:
    """Equal for paths that some system takes for the same: decomposed first, so that folding is one to one (but ß)."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", path).casefold())
