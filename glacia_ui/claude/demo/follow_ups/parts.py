"""A button in the first section, a footer at the end."""

from __future__ import annotations

import re
from html import escape

from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

_ADD = re.compile(r"^(?:add|put|insert|include|give|show|i need|we need)\b", re.I)
_SAYS = re.compile(r"(?:says?|saying|called|labell?ed|with the text|reading)\s+[:\s]*[\"“'‘]?([^\"”'’]{2,40})", re.I)
_FOOT_RULE = "\n".join(
    (
        "footer {",
        "  padding: 2rem max(1.25rem, calc((100% - 66rem) / 2));",
        "  border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent);",
        "  opacity: 0.8;",
        "}",
    )
)


def add_footer(site: Site, wish: str) -> Change | Cannot | None:
    """With the page's name and the year."""
    if not _ADD.match(wish) or not re.search(r"\bfooter\b", wish, re.I):
        return None
    if "<footer" in site.html:
        return Cannot(text("demo.has_footer"))
    title = re.search(r"<title>(.*?)</title>", site.html, re.S)
    name = title[1].split(":")[0].strip() if title else ""
    block = f"  <footer>\n    <p>© 2026 {name}</p>\n  </footer>\n"
    html = re.sub(r"(?=[ \t]*(?:<script\b[^>]*></script>\s*)*</body>)", lambda _: block, site.html, count=1)
    changed = site.with_html(html).with_styles(_FOOT_RULE)
    return Change(changed, **_words("footer"), check=text("demo.footer_check"))


def add_button(site: Site, wish: str) -> Change | Cannot | None:
    """Beside or below the headline, leading to the last section."""
    if not _ADD.match(wish) or not re.search(r"\bbutton\b", wish, re.I):
        return None
    says = _SAYS.search(wish)
    label = (says[1] if says else text("demo.button_label")).strip().rstrip(".")
    target = (re.findall(r'<section id="([\w-]+)"', site.html) or ["main"])[-1]
    button = f'<a class="button" href="#{target}">{escape(label, quote=False)}</a>'
    html, count = re.subn(r'(?m)^([ \t]*)(<a class="button".*)$', rf"\g<1>\g<2>\n\g<1>{button}", site.html, count=1)
    if not count:
        html, count = re.subn(
            r"(?ms)^([ \t]*)(<h1\b.*?</h1>)", rf"\g<1>\g<2>\n\g<1><p>{button}</p>", site.html, count=1
        )
    if not count:
        return Cannot(text("demo.no_headline"))
    return Change(site.with_html(html), **_words("new_button", label=label), check=text("demo.button_check"))


def _words(key: str, **params: str) -> dict[str, str]:
    return {part: text(f"demo.{key}_{part}", **params) for part in ("title", "said", "done")}
