"""Puts our scripts first into a page, and makes the pages that stand in for one that is missing.

A preview has no origin, so the browser throws on localStorage, sessionStorage and document.cookie; with the first
script they work, in memory and for that page alone. The second tells the page around the frame what goes wrong.
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
_SCRIPT_TAG = re.compile(rb"<script(?=\s(?:[^<>]{0,500}\s)?src\s*=)(?![^<>]{0,500}\scrossorigin)", re.IGNORECASE)
_SHEET_TAG = re.compile(
    rb"<link(?=\s(?:[^<>]{0,500}\s)?rel\s*=\s*[\"']?stylesheet)(?![^<>]{0,500}\scrossorigin)", re.IGNORECASE
)
_STATIC = Path(__file__).parent / "static"


def with_shim(page: bytes) -> bytes:
    """The page with our scripts before all of its own, in as many lines, and still in standards mode if it was.

    Its script and style files are asked for with CORS. Otherwise the browser tells a page without origin nothing of an
    error but "Script error.", of a rejected promise nothing at all, and lets nobody read what a style sheet names.
    """
    page = _SCRIPT_TAG.sub(rb"<script crossorigin", page)
    return _insert(_SHEET_TAG.sub(rb"<link crossorigin", page), _shim(is_missing=False))


def missing_page(path: str, error: AppError) -> bytes:
    """A page in plain words for a file that this version does not have, or a link that is no longer good."""
    if error.code != "file_not_found":
        title, message = text("auth.preview_gone_title"), sentence(error)
        return render("preview_missing.html", title=title, message=message).encode()
    title = text("auth.preview_missing_title")
    message = text("auth.preview_empty") if path in ("", "index.html") else text("auth.preview_missing", path=path)
    return _insert(render("preview_missing.html", title=title, message=message).encode(), _shim(is_missing=True))


def _insert(page: bytes, script: bytes) -> bytes:
    head = _BEFORE_HEAD.match(page)
    place = head.end() if head else 0
    return page[:place] + script + page[place:]


@cache
def _shim(*, is_missing: bool) -> bytes:
    """Our scripts as one line, so that the page's own lines keep their numbers in what the browser reports."""
    lines = [
        line.strip()
        for name in ("preview_shim.js", "preview_reports.js")
        for line in (_STATIC / name).read_bytes().splitlines()
        if not line.strip().startswith(b"//")
    ]
    attribute = b" data-missing" if is_missing else b""
    return b"<script" + attribute + b">" + b" ".join(lines) + b"</script>"
