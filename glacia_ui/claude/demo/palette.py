"""The colours of a page: a palette for a new one, and a new coat for the variables of an old one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from glacia_ui.claude.demo.colour import Colour

_ROOT = re.compile(r":root\s*\{[^}]*\}")
_VARIABLE = re.compile(r"(--(?P<name>[\w-]+)\s*:\s*)(?P<value>#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3}))(?=\s*[;}])")
_MEANING = re.compile(r"danger|error|warn|success|\bok\b")
_DARK_CARD = 0.225
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
        colours = {name: _inverted(colour, is_card=_is_card(name)) for name, colour in colours.items()}
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
    """Light becomes dark and dark light, at the same hues; greys too."""
    turned = _mapped(css, lambda _block, name, colour: _inverted(colour, is_card=_is_card(name)), greys=True)
    scheme = "dark" if is_dark(turned) else "light"
    return re.sub(r"(color-scheme\s*:\s*)(?:light dark|light|dark)", rf"\g<1>{scheme}", turned)


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


def _inverted(colour: Colour, *, is_card: bool = False) -> Colour:
    """Lightness turned over; white cards become a little lighter than the ground that they lie on, and back."""
    if is_card and colour.lightness > 0.995:
        return replace(colour, lightness=_DARK_CARD)
    if is_card and abs(colour.lightness - _DARK_CARD) < 0.005:
        return replace(colour, lightness=1.0)
    return replace(colour, lightness=min(1.0, max(0.15, 1.17 - colour.lightness)))


def _is_card(name: str) -> bool:
    return not name.startswith("on-") and not name.endswith(("-ink", "-text"))


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
