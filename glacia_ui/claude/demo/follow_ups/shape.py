"""Corners, text size and typeface: one variable of the style sheet each."""

from __future__ import annotations

import re

from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

SERIF = '"Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif'
SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'

_ROUND = re.compile(r"\bround(?:ed|er)?\b|\bsofter corners\b|\bpill\b", re.I)
_SQUARE = re.compile(
    r"\bsquare(?:r|d)?\b|\bsharp(?:er)?\b|\b(?:no|without|remove (?:the )?) ?round(?:ed)? corners\b", re.I
)
_CORNERS = re.compile(r"\bcorners?\b|\bedges?\b|\bbuttons?\b|\bcards?\b|\bround", re.I)
_RADIUS = re.compile(r"((?:--radius|border-radius)\s*:\s*)([^;}]*\dpx[^;}]*)")
_CORNER_SIZE = re.compile(r"(?<!\d)[1-9]\d?(?=px)")
"""Up to 99 px: larger ones are pills and circles, and stay."""
_BIGGER = re.compile(r"\b(?:bigger|larger|increase|enlarge|more readable|easier to read)\b", re.I)
_SMALLER = re.compile(r"\b(?:smaller|decrease|shrink|reduce|tinier)\b", re.I)
_TEXT = re.compile(r"\b(?:text|font|letters?|type|words|writing|everything|it)\b", re.I)
_FONT = re.compile(
    r"\b(?P<sans>sans(?:-| )?serif|modern font|clean font)\b|\b(?P<serif>serif|classic font|elegant font|bookish)\b",
    re.I,
)


def change_corners(site: Site, wish: str) -> Change | Cannot | None:
    """Rounder, or square."""
    is_square = bool(_SQUARE.search(wish))
    if not (is_square or _ROUND.search(wish)) or not _CORNERS.search(wish):
        return None

    def changed(size: re.Match[str]) -> str:
        present = int(size[0])
        return "2" if is_square else str(max(24, present + 8)) if present >= 10 else str(present + 6)

    css, count = _RADIUS.subn(lambda found: found[1] + _CORNER_SIZE.sub(changed, found[2]), site.css)
    return _done(site, css, "square" if is_square else "round") if count else Cannot(text("demo.no_radius"))


def change_text_size(site: Site, wish: str) -> Change | Cannot | None:
    """Larger or smaller, by an eighth, and never below 14 px."""
    is_bigger = bool(_BIGGER.search(wish))
    if not (is_bigger or _SMALLER.search(wish)) or not _TEXT.search(wish):
        return None
    size = (
        re.search(r"--size\s*:\s*(\d+)px", site.css)
        or re.search(r"\bbody\s*\{[^}]*?font(?:-size)?\s*:\s*(?:[\w ]*?\s)?(\d+)px", site.css)
        or re.search(r"\bhtml\s*\{[^}]*?font-size\s*:\s*(\d+)px", site.css)
    )
    if not size:
        return Cannot(text("demo.no_size"))
    present = int(size[1])
    wanted = max(14, min(26, round(present * (1.125 if is_bigger else 0.89))))
    return _done(site, _with_number(site.css, size, wanted), "bigger" if is_bigger else "smaller")


def change_font(site: Site, wish: str) -> Change | Cannot | None:
    """Headings with or without serifs."""
    found = _FONT.search(wish)
    if not found:
        return None
    if "--display" not in site.css:
        return Cannot(text("demo.no_font"))
    key = "sans" if found["sans"] else "serif"
    css = re.sub(r"(--display\s*:\s*)[^;]+", lambda m: m[1] + (SANS if key == "sans" else SERIF), site.css, count=1)
    return _done(site, css, key)


def _with_number(css: str, found: re.Match[str], number: int) -> str:
    return css[: found.start(1)] + str(number) + css[found.end(1) :]


def _done(site: Site, css: str, key: str) -> Change | Cannot:
    if css == site.css:
        return Cannot(text("demo.same"))
    words = {part: text(f"demo.{key}_{part}") for part in ("title", "said", "done")}
    return Change(site.with_css(css), **words, check=text("demo.shape_check"))
