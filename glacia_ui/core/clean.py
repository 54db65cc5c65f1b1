"""Text from a model, made storable: NUL cannot enter the database, and half a surrogate pair is no character at all.

Both become U+FFFD (�) and are counted, so that the change card can say so. Works on a stream: a pair that is split over
two pieces is put together, which is why half a pair at the end of a piece is held back.
"""

from __future__ import annotations

import re
from typing import Any

REPLACEMENT = "�"

_BROKEN = re.compile("[\x00\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Scrubber:
    """Cleans one stream of text, piece by piece. `replaced` counts the characters that were lost."""

    def __init__(self) -> None:
        self.replaced = 0
        self._held = ""

    def feed(self, piece: str) -> str:
        """The piece without broken characters; a trailing half pair waits for the next piece."""
        if not self._held and not _BROKEN.search(piece):
            return piece
        text, self._held = self._held + piece, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        return self._clean(text)

    def close(self) -> str:
        """What was held back: a replacement character, or nothing."""
        text, self._held = self._held, ""
        return self._clean(text)

    def _clean(self, text: str) -> str:
        text = _PAIR.sub(_joined, text)
        text, count = _BROKEN.subn(REPLACEMENT, text)
        self.replaced += count
        return text


def scrub(value: Any) -> Any:
    """A JSON value with every string in it cleaned, keys included."""
    if isinstance(value, str):
        scrubber = Scrubber()
        return scrubber.feed(value) + scrubber.close()
    if isinstance(value, list):
        return [scrub(item) for item in value]
    if isinstance(value, dict):
        return {scrub(key): scrub(item) for key, item in value.items()}
    return value


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
