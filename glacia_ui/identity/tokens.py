"""Access tokens: random, opaque, and known to the database only by their hash."""

from __future__ import annotations

import hashlib
import re
import secrets

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """256 random bits in 43 characters that fit a cookie and a header."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether `text` can be a token at all: what cannot need not be looked up."""
    return _SHAPE.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """SHA-256 in hex. A slow hash would add nothing: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
