"""An operator's own colours, as CSS that goes after the design tokens and replaces a few of them.

Streamlit's `[theme]` has one set of colours, Glacia two themes: the accent goes into both (lighter in the dark one),
the other colours into the light theme only, so that dark stays readable.
"""

from __future__ import annotations

FONTS = {
    "serif": '"Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif',
    "monospace": "var(--font-mono)",
}
"""By Streamlit's names; "sans serif" is what the design has anyway. System faces only: nothing is fetched."""


DARK_PAPER = {"--bg": "#0a1115", "--surface": "#10191f", "--text": "#e8f0f4"}
"""What tokens.css says for `.dark`, said again because our `:root` comes after it."""


def brand_css(
    *,
    primary: str | None = None,
    background: str | None = None,
    surface: str | None = None,
    text: str | None = None,
    font: str | None = None,
) -> str:
    """Rules for `<style>`, or "" when nothing is set. Colours are `#rgb` or `#rrggbb` and have been checked."""
    light = {"--bg": background, "--surface": surface, "--text": text, "--font-ui": FONTS.get(font or "")}
    rules = [_rule(":root", light | _accent(primary, towards="black"))]
    if primary:
        rules.append(_rule(".dark", _accent(primary, towards="white")))
    if background or surface or text:
        rules.append(_rule(".dark", dict(DARK_PAPER)))
    return "\n".join(filter(None, rules))


def _accent(primary: str | None, *, towards: str) -> dict[str, str | None]:
    """The accent tokens: fills, their hover and press, and soft tints to put text on."""
    if primary is None:
        return {}
    is_dark = towards == "white"
    fill = f"color-mix(in srgb, {primary} 60%, white)" if is_dark else primary
    paper = "#10191f" if is_dark else "white"
    return {
        "--accent": fill,
        "--accent-hover": f"color-mix(in srgb, {fill} 84%, {towards})",
        "--accent-press": f"color-mix(in srgb, {fill} 68%, {towards})",
        "--on-accent": "#0b1216" if is_dark or _luminance(primary) > 0.4 else "#ffffff",
        "--accent-soft": f"color-mix(in srgb, {fill} 14%, {paper})",
        "--accent-softer": f"color-mix(in srgb, {fill} 7%, {paper})",
        "--accent-line": f"color-mix(in srgb, {fill} 36%, {paper})",
        "--accent-text": f"color-mix(in srgb, {fill} 78%, {towards})",
        "--focus": fill,
    }


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it: 0 is black, 1 is white."""
    digits = colour.lstrip("#")
    parts = [digit * 2 for digit in digits] if len(digits) == 3 else [digits[i : i + 2] for i in (0, 2, 4)]
    shares = [int(part, 16) / 255 for part in parts]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _rule(selector: str, tokens: dict[str, str | None]) -> str:
    """One CSS rule; nothing when no token has a value."""
    declared = "; ".join(f"{name}: {value}" for name, value in tokens.items() if value)
    return f"{selector} {{ {declared} }}" if declared else ""
