"""Colours and palettes: back and forth without loss, and readable whatever is asked for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.claude.demo import palette
from glacia_ui.claude.demo.colour import NAMED, Colour, contrast, find_colour

READ_ON = [
    ("ink", "ground"),
    ("ink", "tint"),
    ("muted", "tint"),
    ("muted", "surface"),
    ("accent", "ground"),
    ("accent", "tint"),
    ("on-accent", "accent"),
]


def style(colours: dict[str, str]) -> str:
    lines = "".join(f"  --{name}: {value};\n" for name, value in colours.items())
    return f":root {{\n  color-scheme: light;\n{lines}}}\nbody {{ background: var(--ground); }}\n"


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", css))


def hardest(css: str) -> float:
    """The lowest contrast of any text on its ground."""
    colours = variables(css)
    return min(contrast(colours[text], colours[ground]) for text, ground in READ_ON)


@given(st.integers(0, 0xFFFFFF))
def test_hex_goes_there_and_back(value: int) -> None:
    text = f"#{value:06x}"
    assert Colour.from_hex(text).hex() == text


def test_short_hex_and_contrast() -> None:
    assert Colour.from_hex("#fff").hex() == "#ffffff"
    assert contrast("#000", "#fff") == pytest.approx(21)


def test_colours_the_screen_cannot_show_lose_chroma_not_hue() -> None:
    shown = Colour.from_hex(Colour(0.7, 0.4, 150).hex())
    assert shown.hue == pytest.approx(150, abs=4)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("make it dark green", "dark green"),
        ("a Navy look", "navy"),
        ("use #B0413E please", "#b0413e"),
        ("light-blue", "light-blue"),
        ("nothing coloured", None),
        ("reduce it", None),
    ],
)
def test_the_first_colour_in_a_text(said: str, name: str | None) -> None:
    found = find_colour(said)
    assert (found[0] if found else None) == name


def test_dark_is_darker_and_light_is_lighter() -> None:
    dark, plain, light = (find_colour(f"{word}green") for word in ("dark ", "", "light "))
    assert dark
    assert plain
    assert light
    assert dark[1].lightness < plain[1].lightness < light[1].lightness


@given(st.floats(0, 360), st.booleans())
def test_new_pages_are_readable_in_any_hue(hue: float, is_dark: bool) -> None:
    assert hardest(style(palette.palette(hue, is_dark=is_dark))) >= 4.5


@pytest.mark.parametrize("adjective", ["", "dark ", "light ", "pale ", "vivid "])
@pytest.mark.parametrize("name", NAMED)
def test_recoloured_pages_stay_readable(name: str, adjective: str) -> None:
    found = find_colour(adjective + name)
    assert found
    css = palette.in_colour(style(palette.palette(58)), found[1])
    assert hardest(css) >= 4.5
    assert hardest(palette.inverted(css)) >= 4.5
    assert palette.is_dark(palette.inverted(css))


def test_only_colour_variables_change() -> None:
    css = style(palette.palette(58)) + "  --radius: 4px;\n.x { color: #123456; }\n"
    recoloured = palette.in_colour(css, NAMED["green"])
    pairs = zip(css.splitlines(), recoloured.splitlines(), strict=True)
    changed = [old.strip().split(":")[0] for old, new in pairs if old != new]
    assert changed == ["--ground", "--tint", "--line", "--ink", "--muted", "--accent", "--glow"]


def test_what_means_something_keeps_its_colour() -> None:
    css = ":root { --danger: #b3261e; --accent: #834604; }"
    assert variables(palette.in_colour(css, NAMED["blue"]))["danger"] == "#b3261e"


def test_dark_and_back_is_nearly_where_it_was() -> None:
    css = style(palette.palette(200))
    back = palette.inverted(palette.inverted(css))
    assert "color-scheme: light" in back
    assert not palette.is_dark(back)
    for name, value in variables(css).items():
        assert Colour.from_hex(variables(back)[name]).lightness == pytest.approx(
            Colour.from_hex(value).lightness, abs=0.1
        )


def test_a_page_with_its_own_dark_colours_takes_those() -> None:
    css = (
        ":root { color-scheme: light dark; --bg: #ffffff; --ink: #111111; }\n"
        "@media (prefers-color-scheme: dark) {\n  :root { --bg: #101010; --ink: #eeeeee; }\n}\n"
        "body { background: var(--bg) }"
    )
    dark = palette.inverted(css)
    assert dark.startswith(":root { color-scheme: dark; --bg: #101010; --ink: #eeeeee; }")
    assert dark.count("#101010") == 2


def test_warmer_turns_hues_towards_orange() -> None:
    css = style(palette.palette(240))
    warm = palette.towards(css, 58, pull=0.6)
    before, after = (Colour.from_hex(variables(text)["accent"]).hue for text in (css, warm))
    assert abs((after - 58 + 180) % 360 - 180) < abs((before - 58 + 180) % 360 - 180)
