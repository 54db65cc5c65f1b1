"""Puts the storage shim first into a page, and makes the pages that stand in for one that is missing.

A preview has no origin, so the browser throws on localStorage, sessionStorage and document.cookie; with the shim they
work, in memory and for that page alone.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from glacia_ui.core.texts import text
from glacia_ui.errors import AppError
from glacia_ui.web.templating import render
from glacia_ui.web.wording import sentence

_BEFORE_HEAD = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<!doctype[^>]*>)*(?:<html(?:\s[^>]*)?>(?:\s|<!--.*?-->)*)?"
    rb"(?:<head(?:\s[^>]*)?>)?",
    re.IGNORECASE | re.DOTALL,
)
"""As far as the parser gets before anything can run. Without tags it implies them, and a late <html> still counts."""


def with_shim(page: bytes) -> bytes:
    """The page with our script before all of its own, and still in standards mode if it was."""
    head = _BEFORE_HEAD.match(page)
    place = head.end() if head else 0
    return page[:place] + _shim() + page[place:]


def missing_page(path: str, error: AppError) -> bytes:
    """A page in plain words for a file that this version does not have, or a link that is no longer good."""
    if error.code != "file_not_found":
        title, message = text("auth.preview_gone_title"), sentence(error)
    elif path in ("", "index.html"):
        title, message = text("auth.preview_missing_title"), text("auth.preview_empty")
    else:
        title, message = text("auth.preview_missing_title"), text("auth.preview_missing", path=path)
    return render("preview_missing.html", title=title, message=message).encode()


@cache
def _shim() -> bytes:
    script = (Path(__file__).parent / "static" / "preview_shim.js").read_bytes()
    return b"<script>" + script + b"</script>"
