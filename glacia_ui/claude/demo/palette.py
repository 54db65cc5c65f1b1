"""The colours of a page: a palette for a new one, and a new coat for the variables of an old one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from glacia_ui.claude.demo.colour import Colour

_ROOT = re.compile(r":root\s*\{[^}]*\}")
_VARIABLE = re.compile(r"(--(?P<name>[\w-]+)\s*:\s*)(?P<value>#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3}))(?=\s*[;}])")
_MEANING = re.compile(r"danger|error|warn|success|\bok\b")
_DARK_MEDIA = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{\s*\Z")
_DARK_CARD = 0.275
_GREY = 0.004
"""Chroma below which a colour has no hue to turn: white, black and true greys stay as they are."""


def palette(hue: float, *, accent: Colour | None = None, is_dark: bool = False) -> dict[str, str]:
    """The variables of a new page, by name: tinted neutrals of one hue, and an accent that white text can stand on."""
    strong = accent or Colour(0.46, 0.12, hue)
    paper = hue + 20 if 10 <= hue <= 75 else hue  # under a warm accent cream looks better than pink
    colours = {
        "ground": Colour(0.985, 0.009, paper),
        "surface": Colour(1.0, 0.0, paper),
        "tint": Colour(0.950, 0.025, paper),
        "line": Colour(0.885, 0.030, paper),
        "ink": Colour(0.26, 0.040, hue),
        "muted": Colour(0.45, 0.035, hue),
        "accent": replace(strong, lightness=min(strong.lightness, 0.52)),
        "on-accent": Colour(1.0, 0.0, hue),
        "glow": Colour(0.83, 0.10, strong.hue),
    }
    if is_dark:
        ground = colours["ground"]
        colours = {name: _turned_over(name, colour, ground) for name, colour in colours.items()}
    return {name: colour.hex() for name, colour in colours.items()}


def is_recolourable(css: str) -> bool:
    """Whether the colours are variables in `:root`."""
    return any(_VARIABLE.search(block[0]) for block in _ROOT.finditer(css))


def in_colour(css: str, target: Colour) -> str:
    """All variables in the target's hue; the strongest becomes the target itself, as far as text on it allows."""
    name = _accent(css)

    def turned(block: str, variable: str, colour: Colour) -> Colour:
        accent = _value(block, name)
        if accent and (variable == name or variable in (f"{name}-hover", f"{name}-strong", f"{name}-dark")):
            lightness = _readable(target.lightness, accent.lightness) + colour.lightness - accent.lightness
            return replace(target, lightness=min(1.0, max(0.0, lightness)))
        return Colour(
            colour.lightness, min(colour.chroma, 0.006) if target.chroma < 0.02 else colour.chroma, target.hue
        )

    return _mapped(css, turned)


def towards(css: str, hue: float, *, chroma: float = 1.0, pull: float = 0.45) -> str:
    """Every hue pulled part of the way towards another ("warmer"), and more or less of it ("softer")."""

    def pulled(_block: str, _variable: str, colour: Colour) -> Colour:
        turn = (hue - colour.hue + 180) % 360 - 180
        return Colour(colour.lightness, colour.chroma * chroma, (colour.hue + pull * turn) % 360)

    return _mapped(css, pulled)


def inverted(css: str) -> str:
    """Light becomes dark and dark light, at the same hues; greys too. A page that knows both takes the other one."""
    if both := _both_schemes(css):
        return both
    name = background_variable(css)
    ground = (_value(css, name) if name else None) or Colour(1.0, 0.0, 0.0)
    turned = _mapped(css, lambda _block, variable, colour: _turned_over(variable, colour, ground), greys=True)
    scheme = "dark" if is_dark(turned) else "light"
    return re.sub(r"(color-scheme\s*:\s*)(?:light dark|light|dark)", rf"\g<1>{scheme}", turned)


def _both_schemes(css: str) -> str | None:
    """A light page with colours for the system's dark mode takes those for good; None for any other page."""
    blocks = list(_ROOT.finditer(css))
    media = next((block for block in blocks[1:] if _DARK_MEDIA.search(css[: block.start()])), None)
    if media is None or is_dark(css):
        return None
    values = {found["name"]: found["value"] for found in _VARIABLE.finditer(media[0])}
    first = _VARIABLE.sub(lambda found: found[1] + values.get(found["name"], found["value"]), blocks[0][0])
    first = re.sub(r"(color-scheme\s*:\s*)[\w ]+", r"\g<1>dark", first)
    return first.join((css[: blocks[0].start()], css[blocks[0].end() :]))


def is_dark(css: str) -> bool:
    """Whether the page's ground is dark: the variable behind `body`, else the lightest in number."""
    values = [
        Colour.from_hex(found["value"]) for block in _ROOT.finditer(css) for found in _VARIABLE.finditer(block[0])
    ]
    ground = background_variable(css)
    colour = _value(css, ground) if ground else None
    return (colour or (values[0] if values else Colour(1, 0, 0))).lightness < 0.5


def background_variable(css: str) -> str | None:
    """The variable that is the background of `body`."""
    found = re.search(r"\bbody\s*\{[^}]*?background(?:-color)?\s*:[^;}]*?var\(--([\w-]+)", css)
    return found[1] if found else None


def with_variable(css: str, name: str, value: str) -> str:
    """One variable changed."""
    return re.sub(rf"(--{re.escape(name)}\s*:\s*)[^;}}]+", rf"\g<1>{value}", css, count=1)


def _inverted(colour: Colour) -> Colour:
    """Lightness turned over. Grounds and lines are spread out, or they could not be told apart in the dark."""
    light = colour.lightness
    if light >= 0.8:
        turned = 0.17 + (1 - light) * 1.5
    elif light <= 0.36:
        turned = 1 - max(0.0, light - 0.17) / 1.5
    else:
        turned = 1.17 - light
    return replace(colour, lightness=turned)


def _inverted_card(colour: Colour, ground: Colour) -> Colour:
    """White becomes a little lighter than the ground that it lies on, in its hue; and back."""
    if colour.lightness > 0.995:
        return Colour(_DARK_CARD, min(ground.chroma, 0.015), ground.hue)
    if abs(colour.lightness - _DARK_CARD) < 0.004 and colour.chroma < 0.02:
        return Colour(1.0, 0.0, colour.hue)
    return _inverted(colour)


def _turned_over(name: str, colour: Colour, ground: Colour) -> Colour:
    is_text = name.startswith("on-") or name.endswith(("-ink", "-text"))
    return _inverted(colour) if is_text else _inverted_card(colour, ground)


def _readable(wanted: float, present: float) -> float:
    """The target's lightness, but on the side on which the present one is: the text on it stays as it is."""
    return min(wanted, 0.51) if present < 0.62 else max(wanted, 0.70)


def _accent(css: str) -> str:
    """The variable with the most colour in it that text is set on or in."""
    found = {
        match["name"]: Colour.from_hex(match["value"])
        for block in list(_ROOT.finditer(css))[:1]
        for match in _VARIABLE.finditer(block[0])
        if not _MEANING.search(match["name"])
    }
    for name in ("accent", "primary", "brand"):
        if name in found:
            return name
    strong = {name: c for name, c in found.items() if c.lightness < 0.72 and c.chroma > 0.03} or found
    return max(strong, key=lambda name: strong[name].chroma, default="")


def _value(css: str, name: str) -> Colour | None:
    found = next((match for match in _VARIABLE.finditer(css) if match["name"] == name), None)
    return Colour.from_hex(found["value"]) if found else None


def _mapped(css: str, change: Callable[[str, str, Colour], Colour], *, greys: bool = False) -> str:
    """The colour variables of every `:root` changed; those that mean something (danger) are not."""

    def variable(match: re.Match[str]) -> str:
        colour = Colour.from_hex(match["value"])
        if _MEANING.search(match["name"]) or (colour.chroma < _GREY and not greys):
            return match[0]
        return match[1] + change(match.string, match["name"], colour).hex()

    return _ROOT.sub(lambda block: _VARIABLE.sub(variable, block[0]), css)
