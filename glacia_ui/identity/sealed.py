"""GoTrue's tokens, encrypted for the database: a copy of the sessions table opens nothing without GLACIA_SECRET_KEY."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"glacia: tokens of hosted sessions"
"""So that the key which signs preview links is another one."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What GoTrue gives at sign-in and at each renewal. A refresh token is good for one use."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


class Sealer:
    """Encrypts and authenticates (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret)
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, pair: TokenPair, token_sha256: str) -> str:
        """Text for the row of the session with that token, and for no other."""
        content = [token_sha256, pair.access_token, pair.refresh_token]
        return self._fernet.encrypt(json.dumps(content).encode()).decode()

    def unseal(self, sealed: str, token_sha256: str) -> TokenPair | None:
        """None when it was sealed with another key or for another session, or is damaged.

        Otherwise whoever can write to the table could copy somebody's tokens into their own session.
        """
        try:
            sealed_for, *tokens = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            return None
        return TokenPair(*tokens) if sealed_for == token_sha256 else None
