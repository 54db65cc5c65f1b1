"""What "Fix this" asks for, as far as rules can do it: files that are missing, and what is asked for in vain.

JavaScript is beyond it, and it says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote

from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.fix_request import MISSING, OUTSIDE, SCRIPT_ERRORS, UNREADABLE
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

_PAGES = {".html", ".htm"}
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico"}
_SCRIPTS = {".js", ".mjs"}
_SHEET = """\
body {
  max-width: 44rem;
  margin: 0 auto;
  padding: 2rem 1.25rem;
  font: 1rem/1.6 system-ui, sans-serif;
}

img, svg {
  max-width: 100%;
  height: auto;
}
"""
_DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" role="img" aria-label="{name}">
  <rect width="640" height="400" fill="#e1f1f5"/>
  <circle cx="490" cy="120" r="56" fill="#f2b766"/>
  <path d="M0 400 L210 170 L350 320 L450 230 L640 400 Z" fill="#0b687d"/>
</svg>
"""


def repair(site: Site, wish: str) -> Change | Cannot | None:
    """One error of a preview, in the words of the request."""
    if found := MISSING.fullmatch(wish):
        return _make(site, found["file"])
    if found := UNREADABLE.fullmatch(wish):
        is_drawing = found["file"].endswith(".svg") and found["file"] in site.files
        return _draw(site, found["file"], found["file"]) if is_drawing else _cannot(found["file"])
    if found := OUTSIDE.fullmatch(wish):
        return _bring_home(site, found["file"])
    is_script = any(pattern.fullmatch(wish) for pattern in SCRIPT_ERRORS)
    return Cannot(text("demo.cannot_fix_script")) if is_script else None


def _make(site: Site, path: str) -> Change | Cannot:
    """A file of this name, or nothing that asks for it."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _PAGES:
        return _made(site, path, _page(site, path), "page_made")
    if suffix == ".css":
        return _made(site, path, _SHEET, "sheet_made")
    if suffix == ".svg":
        return _draw(site, path, path)
    if suffix in _PICTURES:
        return _draw(site, path, str(PurePosixPath(path).with_suffix(".svg")))
    return _take_out(site, path) if suffix in _SCRIPTS else _cannot(path)


def _draw(site: Site, path: str, drawn: str) -> Change | Cannot:
    """A drawing in place of a picture; all that named the picture names the drawing."""
    files = site.files
    if path != drawn:
        files = {each: _renamed(content, path, drawn) for each, content in files.items()}
        if files == site.files:
            return _cannot(path)
    name = escape(PurePosixPath(path).stem.replace("-", " ").replace("_", " "), quote=True)
    return _made(replace(site, files=files), drawn, _DRAWING.format(name=name), "picture_made")


def _renamed(content: str, path: str, new: str) -> str:
    for spelling in {path, quote(path)}:
        content = re.sub(rf"(?<=[\"'(=/]){re.escape(spelling)}(?=[\"')\s>?#])", lambda _: quote(new), content)
    return content


def _page(site: Site, path: str) -> str:
    """The head of the first page, and a few words to begin with."""
    depth = path.count("/")
    name = escape(PurePosixPath(path).stem.replace("-", " ").replace("_", " ").capitalize())
    head = (
        re.search(r"(?is)^.*?</head>", site.html)
        or [f"<!doctype html>\n<html>\n<head>\n<title>{name}</title>\n</head>"]
    )[0]
    head = re.sub(r"(?is)<title>.*?</title>", lambda _: f"<title>{name}</title>", head)
    if depth:
        head = re.sub(r'(?i)((?:href|src)=")(?![a-z]+:|/|#|\.\./)', rf"\g<1>{'../' * depth}", head)
    back = text("demo.page_back")
    home = "../" * depth + site.html_path
    return (
        f"{head}\n<body>\n  <main>\n    <h1>{name}</h1>\n    <p>{text('demo.page_words')}</p>\n"
        f'    <p><a href="{home}">{back}</a></p>\n  </main>\n</body>\n</html>\n'
    )


def _bring_home(site: Site, address: str) -> Change | Cannot:
    """Asked for from the root: by its own name. Asked for elsewhere: not any more."""
    path = address.removeprefix("/")
    if address.startswith("/") and path in site.files:
        pages = {each: content.replace(f'"{address}"', f'"{path}"').replace(f"'{address}'", f"'{path}'")
                 if each.endswith((".html", ".htm")) and "/" not in each else content
                 for each, content in site.files.items()}  # fmt: skip
        return _changed(site, pages, "address_right", path)
    return _take_out(site, address)


def _take_out(site: Site, address: str) -> Change | Cannot:
    """The elements of the page that ask for it."""
    named = rf"(?:src|href)\s*=\s*[\"']?(?:\./)?{re.escape(address)}[\"'\s>?#]"
    tag = rf"[ \t]*<(?:script\b[^<>]*?{named}[^<]*</script>|(?:link|img)\b[^<>]*?{named}[^<>]*>?)[ \t]*\n?"
    files = {
        each: re.sub(tag, "", content, flags=re.IGNORECASE) if each.endswith((".html", ".htm")) else content
        for each, content in site.files.items()
    }
    return _changed(site, files, "reference_gone", address)


def _made(site: Site, path: str, content: str, key: str) -> Change:
    return Change(replace(site, files={**site.files, path: content}), **_words(key, path))


def _changed(site: Site, files: Mapping[str, str], key: str, path: str) -> Change | Cannot:
    return _cannot(path) if files == site.files else Change(replace(site, files=files), **_words(key, path))


def _cannot(path: str) -> Cannot:
    return Cannot(text("demo.cannot_fix_file", path=path))


def _words(key: str, path: str) -> dict[str, str]:
    words = {part: text(f"demo.{key}_{part}", path=path) for part in ("title", "said", "done")}
    return {**words, "check": text("demo.fix_check")}
