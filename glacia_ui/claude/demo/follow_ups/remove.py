"""Takes a section away, with the link that leads to it; also a footer or a picture."""

from __future__ import annotations

import re
from html import unescape

from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.sections import find_section
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

_REMOVE = re.compile(
    r"^(?:remove|delete|drop|hide|take (?:out|away)|get rid of|throw out)\s+(?:the |our |my |all )*(?P<what>.+)$", re.I
)
_SECTION = re.compile(r"(?ms)^[ \t]*<section\b(?P<head>[^>]*)>.*?</section>[ \t]*\n?")
_FILLING = re.compile(r"\b(?:sections?|part|block|area|again|please|from the page|the|our|on the page)\b|[.!]", re.I)


def remove_section(site: Site, wish: str) -> Change | Cannot | None:
    """By its heading, its id, or the usual word for it."""
    found = _REMOVE.match(wish)
    if not found or re.search(r"round(?:ed)? corners|\bbutton\b", wish, re.I):
        return None
    what = " ".join(_FILLING.sub(" ", found["what"]).split()).lower()
    if re.search(r"\bfooter\b", what):
        return _cut(site, re.search(r"(?ms)^[ \t]*<footer\b.*?</footer>[ \t]*\n?", site.html), "Footer")
    if re.search(r"\b(?:drawing|picture|image|illustration|svg)\b", what):
        return _cut(site, re.search(r'(?ms)^[ \t]*<svg class="drawing".*?</svg>[ \t]*\n?', site.html), "Picture")
    return _cut(site, _section(site.html, what), what.capitalize())


def _section(html: str, what: str) -> re.Match[str] | None:
    known = find_section(what)
    linked = re.search(rf'<a href="#([\w-]+)">{re.escape(what)}</a>', html, re.IGNORECASE)
    for section in _SECTION.finditer(html):
        key = (re.search(r'\bid="([\w-]+)"', section["head"]) or [None, ""])[1] or ""
        heading = re.search(r"<h[23]\b[^>]*>(.*?)</h[23]>", section[0], re.S)
        title = unescape(re.sub(r"<[^>]+>", "", heading[1])).lower() if heading else ""
        keys = {what, known.key if known else what, linked[1] if linked else what}
        if what and (key in keys or what in title):
            return section
    return None


def _cut(site: Site, found: re.Match[str] | None, name: str) -> Change | Cannot:
    if not found:
        return Cannot(text("demo.nothing_to_remove", what=name.lower()))
    html = site.html[: found.start()] + site.html[found.end() :]
    key = re.search(r'<section\b[^>]*\bid="([\w-]+)"', found[0])
    html_before_link = html
    if key:
        link = rf'\s*<a href="#{re.escape(key[1])}">[^<]*</a>'
        html = re.sub(r"(?s)<nav\b.*?</nav>", lambda nav: re.sub(link, "", nav[0]), html)
    words = {part: text(f"demo.removed_{part}", what=name, low=name.lower()) for part in ("title", "said")}
    words["done"] = text("demo.removed_with_link" if html_before_link != html else "demo.removed_done", what=name)
    return Change(site.with_html(html), **words, check=text("demo.removed_check"))
