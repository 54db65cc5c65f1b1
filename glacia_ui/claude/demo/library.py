"""What the built-in model knows by heart: TOML files in `content/`, entries with the words for them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"

Entry = dict[str, Any]


@cache
def entries(name: str) -> dict[str, Entry]:
    """All entries of a file, by key, in its order."""
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))


def chosen(name: str, prompt: str) -> Entry:
    """The entry whose word comes first in the prompt; else the last one."""
    return _found(name, prompt) or list(entries(name).values())[-1]


def knows(name: str, prompt: str) -> bool:
    """Whether an entry was meant, rather than taken for want of a better one."""
    return _found(name, prompt) is not None


def _found(name: str, prompt: str) -> Entry | None:
    known = list(entries(name).values())
    found = [
        (match.start(), number)
        for number, entry in enumerate(known)
        for word in entry["words"]
        if (match := re.search(rf"\b{re.escape(word)}\b", prompt, re.IGNORECASE))
    ]
    return known[min(found)[1]] if found else None
