"""Takes secrets out of whatever is about to be logged: by their look, by the name they stand under, and by value."""

from __future__ import annotations

import re
from collections.abc import Mapping

MASK = "***"
LONGEST_TEXT = 2000
"""Characters of one text that are kept: a log line is for reading."""

_SECRET_NAMES = re.compile(r"(password|passwd|secret|token|api_?key|authorization|cookie|dsn)s?$", re.IGNORECASE)
_SECRET_LOOKS = (
    re.compile(r"\bsk-[A-Za-z0-9_-]{8,}"),  # Anthropic and others
    re.compile(r"\bsb_(?:secret|publishable)_[A-Za-z0-9_-]+"),  # Supabase
    re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"),  # JSON web tokens
    re.compile(r"(?<=[Bb]earer )\S+"),
    re.compile(r"(?<=://)[^\s/:@]*:[^\s/@]+(?=@)"),  # user:password in an address
    re.compile(r"(?<=/preview/)[^\s/\"'?]+"),  # the address of a preview is what opens it
    re.compile(r"(?<=\bglacia_[0-9a-f]{8}=)[^\s;,\"']+"),  # our cookie
    re.compile(r"(?i)(?<=\bpassword=)[^\s&\"']+"),
)


class Redactor:
    """Masks texts and values. `secrets` are masked wherever they stand, whatever they look like."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        """Very short secrets are left out: they would mask half of every line."""
        known = sorted({secret for secret in secrets if len(secret) >= 8}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        """One text, masked and not longer than LONGEST_TEXT."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for look in _SECRET_LOOKS:
            text = look.sub(MASK, text)
        return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"

    def value(self, value: object, name: str = "") -> object:
        """Anything that can stand in a log line, as JSON can hold it."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if _SECRET_NAMES.search(name):
            return MASK
        if isinstance(value, Mapping):
            return {str(key): self.value(item, str(key)) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item) for item in value]
        return self.text(str(value))
