"""A text of the model, made ready to be read by rules: its own plain sentences, with file names as marks.

Code, quotations and addresses are taken out, because they are not what the model says; emphasis is dropped. A file name
becomes `⟦n⟧`, so that its dots end no sentence and rules need not know what names look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FILE = r"⟦\d+⟧"
LONGEST = 600
"""Characters of a sentence that is read: what is longer is no plain sentence, and slow to look through."""

_EXTENSIONS = "html?|css|m?js|json|svg|md|txt|xml|csv|webmanifest|png|jpe?g|gif|webp|ico"
_NAME = re.compile(rf"(?<![\w./@⟦-])(?:\./|/)?((?:[\w-][\w.-]*/)*[\w-][\w.-]*\.(?:{_EXTENSIONS}))(?![\w/-]|\.\w)", re.I)
_OURS = str.maketrans("⟦⟧’", "[]'")
"""The marks are ours alone: a text that holds some must not be read as if it named files."""
_LIBRARY = re.compile(
    r"(?:alpine|anime|backbone|chart|d3|ember|express|gsap|jquery|moment|next|node|nuxt|p5|react|three|vue)\.js", re.I
)
_NOISE = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)"  # code
    r"|^[ \t]*>.*?$"  # a quotation
    r"|https?://\S+|\bwww\.\S+"
    r"|<[^<>\n]{1,200}>",
    re.DOTALL | re.MULTILINE,
)
_QUOTED = re.compile(
    r"“[^”\n]{0,300}”|„[^“”\n]{0,300}[“”]|«[^»\n]{0,300}»|\"[^\"\n]{0,300}\"|`[^`\n]{0,300}`"
    r"|\[([^\]\n]{0,300})\]\([^)\n]{0,300}\)"
)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s+")
_END = re.compile(r"(?<=[.!?…])[\"'”)]*\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` with marks for `names`; `is_item` for the first one of an item of a list."""

    text: str
    names: tuple[str, ...]
    is_item: bool

    @property
    def is_question(self) -> bool:
        """It asks, so it says nothing."""
        return self.text.rstrip(" \"')”*_").endswith("?")

    def files(self, part: str) -> list[str]:
        """The names behind the marks in a part of it, as they were written."""
        return [self.names[int(number)] for number in re.findall(r"⟦(\d+)⟧", part)]


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text, in order; very long ones are passed over."""
    clean = _QUOTED.sub(_unquoted, _NOISE.sub(" ", text.translate(_OURS)))
    for line in clean.split("\n"):
        names: list[str] = []

        def mark(found: re.Match[str], names: list[str] = names) -> str:
            if _LIBRARY.fullmatch(found[1]):
                return found[0]
            names.append(found[1])
            return f"⟦{len(names) - 1}⟧"

        marked = _NAME.sub(mark, line)
        is_item = bool(_BULLET.match(marked))
        plain = re.sub(r"[*_`#|]+", "", _BULLET.sub("", marked)).strip()
        for number, part in enumerate(_END.split(plain)):
            if 0 < len(part) <= LONGEST:
                yield Sentence(part, tuple(names), is_item and number == 0)


def _unquoted(quoted: re.Match[str]) -> str:
    """A name in quotation marks is a name; a link is its words; anything else in them is not the model's own word."""
    said = quoted[1] if quoted[1] is not None else quoted[0][1:-1]
    return said if quoted[1] is not None or _NAME.fullmatch(said.strip()) else "‹›"
