"""Colours as people see them: OKLCH, where equal lightness looks equally light and a change of hue keeps the contrast.

That is why a whole page can be recoloured by turning the hue of its variables: text stays readable.
Conversion after Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")


@dataclass(frozen=True, slots=True)
class Colour:
    """`lightness` 0–1, `chroma` 0 (grey) to about 0.3, `hue` in degrees (30 red, 60 orange, 145 green, 255 blue)."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def from_hex(cls, text: str) -> Colour:
        """Of `#rrggbb` or `#rgb`."""
        digits = text.removeprefix("#")
        digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
        red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
        l_ = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
        m_ = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
        s_ = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
        lightness = 0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_
        a = 1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_
        b = 0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_
        return cls(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)

    def hex(self) -> str:
        """As `#rrggbb`; chroma is lowered until the screen can show it."""
        chroma, channels = self.chroma, _rgb(self)
        while any(not -0.001 <= channel <= 1.001 for channel in channels) and chroma > 0:
            chroma = max(0.0, chroma - 0.004)
            channels = _rgb(replace(self, chroma=chroma))
        return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, channel)))):02x}" for channel in channels)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG for two hex colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


NAMED: dict[str, Colour] = {
    "red": Colour(0.50, 0.17, 27),
    "crimson": Colour(0.46, 0.17, 20),
    "burgundy": Colour(0.38, 0.12, 15),
    "wine": Colour(0.38, 0.12, 10),
    "terracotta": Colour(0.52, 0.13, 40),
    "orange": Colour(0.56, 0.14, 52),
    "brown": Colour(0.42, 0.08, 55),
    "gold": Colour(0.55, 0.11, 85),
    "golden": Colour(0.55, 0.11, 85),
    "yellow": Colour(0.56, 0.12, 95),
    "olive": Colour(0.46, 0.09, 115),
    "lime": Colour(0.54, 0.14, 130),
    "green": Colour(0.48, 0.12, 150),
    "mint": Colour(0.50, 0.09, 168),
    "teal": Colour(0.46, 0.08, 195),
    "turquoise": Colour(0.50, 0.09, 200),
    "cyan": Colour(0.50, 0.09, 215),
    "blue": Colour(0.48, 0.15, 258),
    "navy": Colour(0.35, 0.11, 262),
    "indigo": Colour(0.43, 0.16, 278),
    "purple": Colour(0.46, 0.16, 305),
    "violet": Colour(0.46, 0.17, 295),
    "lilac": Colour(0.54, 0.12, 310),
    "magenta": Colour(0.50, 0.18, 335),
    "pink": Colour(0.54, 0.16, 355),
    "rose": Colour(0.52, 0.15, 5),
    "grey": Colour(0.42, 0.005, 250),
    "gray": Colour(0.42, 0.005, 250),
    "black": Colour(0.20, 0.0, 0),
}
"""What a colour's name means as the accent of a page: dark enough for white text on it."""

_ADJECTIVES: dict[str, tuple[float, float]] = {  # lightness added, chroma multiplied
    "very dark": (-0.16, 0.9),
    "dark": (-0.10, 0.9),
    "deep": (-0.08, 1.1),
    "light": (0.06, 0.8),
    "pale": (0.06, 0.5),
    "pastel": (0.06, 0.55),
    "soft": (0.02, 0.65),
    "muted": (0.0, 0.55),
    "bright": (0.04, 1.3),
    "vivid": (0.02, 1.3),
    "warm": (0.0, 1.0),
    "forest": (-0.08, 0.9),
    "sky": (0.04, 0.8),
}
_NAME = re.compile(
    rf"\b(?:(?P<adjective>{'|'.join(sorted(_ADJECTIVES, key=len, reverse=True))})[ -])?"
    rf"(?P<name>{'|'.join(sorted(NAMED, key=len, reverse=True))})(?:ish)?\b",
    re.IGNORECASE,
)


def find_colour(text: str) -> tuple[str, Colour] | None:
    """The first colour that a text speaks of, with the words for it: a name with an adjective, or a hex value."""
    named, exact = _NAME.search(text), HEX.search(text)
    if exact and (not named or exact.start() < named.start()):
        return exact[0].lower(), Colour.from_hex(exact[0])
    if not named:
        return None
    colour = NAMED[named["name"].lower()]
    lighter, chroma = _ADJECTIVES.get((named["adjective"] or "").lower(), (0.0, 1.0))
    return named[0].lower(), replace(colour, lightness=colour.lightness + lighter, chroma=colour.chroma * chroma)


def _rgb(colour: Colour) -> tuple[float, float, float]:
    a = colour.chroma * math.cos(math.radians(colour.hue))
    b = colour.chroma * math.sin(math.radians(colour.hue))
    l_ = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(text: str) -> float:
    digits = text.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
