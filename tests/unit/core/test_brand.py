"""An operator's colours: they replace tokens and nothing else, in both themes, and stay readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from glacia_ui.core.brand import DARK_PAPER, brand_css

TOKENS = (Path(__file__).parents[3] / "glacia_ui/ui/tokens.css").read_text("utf-8")


def test_nothing_set_changes_nothing() -> None:
    assert brand_css() == ""


def test_only_tokens_that_exist_are_replaced() -> None:
    css = brand_css(primary="#a0f", background="#fff", surface="#eeeeee", text="#111", font="serif")
    assert set(re.findall(r"(--[a-z-]+):", css)) <= set(re.findall(r"(--[a-z-]+):", TOKENS))


@pytest.mark.parametrize(
    ("primary", "on_accent"), [("#0b687d", "#ffffff"), ("#ffcc00", "#0b1216"), ("#fff", "#0b1216")]
)
def test_text_on_the_accent_can_be_read(primary: str, on_accent: str) -> None:
    light = brand_css(primary=primary).splitlines()[0]
    assert f"--accent: {primary};" in light
    assert f"--on-accent: {on_accent};" in light


def test_the_dark_theme_keeps_its_own_paper() -> None:
    css = brand_css(background="#ffffff", text="#000000")
    designed = TOKENS[TOKENS.index("\n.dark {") :]
    assert all(f"{name}: {value};" in designed for name, value in DARK_PAPER.items())
    assert ".dark { --bg: #0a1115;" in css
    assert css.index(":root") < css.index(".dark")


def test_a_font_is_a_system_face() -> None:
    assert "Georgia, serif" in brand_css(font="serif")
    assert brand_css(font="sans serif") == ""
