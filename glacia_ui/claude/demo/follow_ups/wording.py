"""Words on the page: name, headline, the text under it, a button; or "change X to Y" for any text that is there."""

from __future__ import annotations

import re
from html import escape

from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

_QUOTES = "\"“”«»'‘’"
_VERB = r"(?:change|set|rename|make|update|turn|switch)"
_THE = r"(?:the |my |our )?(?:main )?"
_TO = r"\s*(?:\b(?:to(?: say| read| be)?|say|read|into|as)\b:?|:)\s*(?P<to>.+)$"
"""A word that leads to the new text: without one, "make the headline red" would make it say "red"."""
_CALL = r"^(?:rename|call)\s+(?:it|this|the (?:page|site|\w+)|us|our \w+)\s+(?:to |as )?(?P<to>.+)$"
_NAMES = {
    "headline": r"(?:headline|heading|header text|h1|title text|big text)",
    "name": r"(?:name|page title|site title|title|brand|business name|shop name|site|page|project)"
    r"(?: (?:of|for) [\w\s]{2,30}?)?",
    "intro": r"(?:intro(?:duction)?|subtitle|sub-?heading|tagline|slogan|lead|description)(?: text)?",
    "button": r"button(?:'s|’s)?(?: text| label| words)?",
}
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    *((part, re.compile(rf"^{_VERB}\s+{_THE}{names}{_TO}", re.IGNORECASE)) for part, names in _NAMES.items()),
    ("name", re.compile(_CALL, re.IGNORECASE)),
)
_REPLACE = re.compile(r"^(?:replace|swap|change|turn)\s+(?P<old>.+?)\s+(?:with|by|for|to|into)\s+(?P<to>.+)$", re.I)


def change_wording(site: Site, wish: str) -> Change | Cannot | None:
    """The first of the parts that the wish names; else a text of the page that it quotes."""
    for part, pattern in _PARTS:
        if found := pattern.match(wish):
            return _change_part(site, part, _unquoted(found["to"]))
    found = _REPLACE.match(wish)
    return _replace(site, _unquoted(found["old"]), _unquoted(found["to"])) if found else None


def _change_part(site: Site, part: str, new: str) -> Change | Cannot:
    html = {"headline": _headline, "name": _name, "intro": _intro, "button": _button}[part](
        site.html, escape(new, quote=False)
    )
    if html is None:
        return Cannot(text(f"demo.no_{part}"))
    return _done(site, html, part, new)


def _headline(html: str, new: str) -> str | None:
    return _first(r"(<h1\b[^>]*>).*?(</h1>)", html, new)


def _intro(html: str, new: str) -> str | None:
    return _first(r'(<p class="lead">).*?(</p>)', html, new) or _first(
        r"(<h1\b.*?</h1>\s*<p\b[^>]*>).*?(</p>)", html, new
    )


def _button(html: str, new: str) -> str | None:
    return _first(r'(<(?:a|button)\b[^>]*class="button"[^>]*>).*?(</(?:a|button)>)', html, new)


def _name(html: str, new: str) -> str | None:
    """The brand wherever it stands, the page's title too; without a brand the title and the headline."""
    brand = re.search(r'<a class="(?:brand|name)"[^>]*>([^<]+)</a>', html)
    if brand:
        return re.sub(rf"(?<![\w-]){re.escape(brand[1])}(?![\w-])", lambda _: new, html)
    titled = _first(r"(<title>).*?(</title>)", html, new)
    return (_headline(titled, new) or titled) if titled else None


def _first(pattern: str, html: str, new: str) -> str | None:
    changed, count = re.subn(pattern, lambda found: found[1] + new + found[2], html, count=1, flags=re.S)
    return changed if count else None


def _replace(site: Site, old: str, new: str) -> Change | Cannot | None:
    """Only text between tags, and only when it is there as it was quoted."""
    pattern = re.compile(rf"(?<=>)([^<]*?){re.escape(escape(old, quote=False))}", re.I)
    if len(old) < 2 or not pattern.search(site.html):
        return None
    fresh = escape(new, quote=False)
    return _done(site, pattern.sub(lambda found: found[1] + fresh, site.html), "text", new)


def _done(site: Site, html: str, part: str, new: str) -> Change | Cannot:
    if html == site.html:
        return Cannot(text("demo.same"))
    words = {kind: text(f"demo.{part}_{kind}", new=new) for kind in ("title", "said", "done")}
    return Change(site.with_html(html), **words, check=text("demo.wording_check"))


def _unquoted(given: str) -> str:
    quoted = re.search(rf"[{_QUOTES}](.+?)[{_QUOTES}]\W*$", given)
    value = quoted[1] if quoted and given.strip()[0] in _QUOTES else given.strip().rstrip(".")
    return value.strip(_QUOTES + " ").replace("'", "’")
