"""Colours: of the whole page, its ground, its headline or its buttons; warmer, softer, dark. Variables only."""

from __future__ import annotations

import re
from dataclasses import replace

from glacia_ui.claude.demo import palette
from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.colour import Colour, find_colour
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

_DARK = re.compile(r"\bdark (?:mode|theme|version|look|design|background)\b|\bdarker\b|\bdark\b\W*$|\bdarken\b", re.I)
_LIGHT = re.compile(
    r"\blight (?:mode|theme|version|look|design|background)\b|\blighter\b|\blight\b\W*$|\blighten\b", re.I
)
_MOODS: tuple[tuple[re.Pattern[str], str, float, float, float], ...] = (  # words, name, hue, chroma, pull
    (re.compile(r"\bwarm(?:er)?\b|\bcosi?er\b|\bcozier\b", re.I), "warmer", 58, 1.1, 0.6),
    (re.compile(r"\bcool(?:er)?\b|\bcolder\b|\bfresher\b", re.I), "cooler", 235, 1.0, 0.6),
    (
        re.compile(r"\bsofter\b|\bpastel\b|\bcalmer\b|\bmore muted\b|\bless (?:colou?rful|bright)\b", re.I),
        "softer",
        0,
        0.6,
        0,
    ),
    (
        re.compile(r"\bmore colou?r(?:ful|s)?\b|\bmore vivid\b|\bbrighter\b|\bbolder colou?rs\b", re.I),
        "stronger",
        0,
        1.35,
        0,
    ),
)
_ANY = re.compile(r"\b(?:other|different|new|change the|change) colou?rs?(?: scheme)?\b|\bcolou?r scheme\b", re.I)
_GROUND = re.compile(r"\bbackground\b", re.I)
_HEADLINE = re.compile(r"\b(?:headline|heading|headings|title)\b", re.I)
_BUTTON = re.compile(r"\bbuttons?\b", re.I)


def change_colours(site: Site, wish: str) -> Change | Cannot | None:
    """Anything about colour."""
    found = find_colour(wish)
    mood = next((entry for entry in _MOODS if entry[0].search(wish)), None)
    wants_turn = _DARK.search(wish) or _LIGHT.search(wish)
    if not (found or mood or wants_turn or _ANY.search(wish)):
        return None
    if not palette.is_recolourable(site.css):
        return Cannot(text("demo.no_variables"))
    if found:
        return _named(site, wish, *found)
    if mood:
        _, name, hue, chroma, pull = mood
        return _change(site, palette.towards(site.css, hue, chroma=chroma, pull=pull), f"mood_{name}", name)
    if wants_turn:
        return _turned(site, is_to_dark=bool(_DARK.search(wish)))
    return _change(site, palette.towards(site.css, _opposite(site.css), pull=1.0), "other_colours", "")


def _named(site: Site, wish: str, name: str, colour: Colour) -> Change | Cannot:
    if _GROUND.search(wish):
        return _ground(site, name, colour)
    if _HEADLINE.search(wish):
        return _rule(site, "h1", "color", name, colour)
    if _BUTTON.search(wish):
        return _rule(site, ".button", "background", name, colour)
    return _change(site, palette.in_colour(site.css, colour), "colour", name)


def _turned(site: Site, *, is_to_dark: bool) -> Change | Cannot:
    if palette.is_dark(site.css) == is_to_dark:
        return Cannot(text("demo.is_dark" if is_to_dark else "demo.is_light"))
    return _change(site, palette.inverted(site.css), "to_dark" if is_to_dark else "to_light", "")


def _ground(site: Site, name: str, colour: Colour) -> Change | Cannot:
    """The ground takes the hue, and stays as light or dark as the text on it needs."""
    variable = palette.background_variable(site.css)
    if not variable:
        return Cannot(text("demo.no_variables"))
    is_dark = palette.is_dark(site.css)
    lightness = min(colour.lightness, 0.24) if is_dark else 0.94
    tone = replace(colour, lightness=lightness, chroma=min(colour.chroma, 0.05))
    return _change(site, palette.with_variable(site.css, variable, tone.hex()), "ground", name)


def _rule(site: Site, selector: str, attribute: str, name: str, colour: Colour) -> Change | Cannot:
    """One declaration of one rule, in place when it is there."""
    rule = re.search(rf"(?m)^{re.escape(selector)}\s*\{{(?P<body>[^}}]*)\}}", site.css)
    if not rule:
        return Cannot(text("demo.no_rule", selector=selector))
    is_light_needed = selector == "h1" and palette.is_dark(site.css)
    lightness = max(colour.lightness, 0.75) if is_light_needed else min(colour.lightness, 0.51)
    body = _declared(rule["body"], attribute, replace(colour, lightness=lightness).hex())
    if attribute == "background":
        body = _declared(body, "color", "#ffffff")
    css = site.css[: rule.start("body")] + body + site.css[rule.end("body") :]
    return _change(site, css, "headline_colour" if selector == "h1" else "button_colour", name)


def _declared(body: str, attribute: str, value: str) -> str:
    """A rule's body with one declaration changed, or added at its end."""
    declared = re.search(rf"(?<![\w-]){attribute}(?:-color)?\s*:\s*([^;]+)", body)
    if declared:
        return body[: declared.start(1)] + value + body[declared.end(1) :]
    if "\n" in body:
        return f"{body.rstrip()}\n  {attribute}: {value};\n"
    return f"{body.rstrip().rstrip(';')}; {attribute}: {value}; "


def _change(site: Site, css: str, key: str, name: str) -> Change | Cannot:
    if css == site.css:
        return Cannot(text("demo.same"))
    words = {
        part: text(f"demo.{key}_{part}", colour=name, Colour=name.capitalize()) for part in ("title", "said", "done")
    }
    return Change(site.with_css(css), **words, check=text("demo.colour_check"))


def _opposite(css: str) -> float:
    """A hue far from the present accent's."""
    accent = re.search(r"--accent\s*:\s*(#[0-9a-fA-F]{3,6})", css)
    return (Colour.from_hex(accent[1]).hue + 150) % 360 if accent else 255.0
