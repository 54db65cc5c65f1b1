"""Whether an access token is one of the project's own: checked here, against its published keys, without asking it.

The algorithm is decided by us and held against the kind of the key, never taken from the token alone: otherwise a token
“signed” with a public key as if it were a shared secret, or with none at all, would pass.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import jwt

from glacia_ui.errors import AuthenticationError, UnavailableError

_KEY_TYPES = {"ES256": "EC", "RS256": "RSA"}
_KEYS_SECONDS = 600.0
"""How long published keys are believed; hosted projects publish a new one long before they sign with it."""
_AGAIN_SECONDS = 30.0
"""How often an unknown key id may make us look again: anybody can make one up."""
_LEEWAY_SECONDS = 10
_REQUIRED = ["exp", "sub", "iss", "aud", "role", "session_id"]


@dataclass(frozen=True, slots=True)
class Claims:
    """A verified token of a signed-in user."""

    user_id: UUID
    session_id: UUID
    all: dict[str, Any]


class Verifier:
    """Checks tokens of one project. Use inside one event loop."""

    def __init__(
        self,
        auth_url: str,
        http: httpx.AsyncClient,
        *,
        legacy_secret: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`auth_url` is GoTrue's address, the issuer. HS256 is accepted only with the project's `legacy_secret`."""
        self._issuer = auth_url
        self._http = http
        self._legacy_secret = legacy_secret
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def verify(self, token: str) -> Claims:
        """Raises AuthenticationError; UnavailableError when the keys are needed and cannot be had."""
        try:
            header = jwt.get_unverified_header(token)
            key, algorithm = await self._key(header)
            claims = jwt.decode(
                token,
                key,
                [algorithm],
                audience="authenticated",
                issuer=self._issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": _REQUIRED},
            )
            return _user_claims(claims)
        except (jwt.PyJWTError, ValueError) as error:
            raise AuthenticationError(f"token refused: {type(error).__name__}") from error

    async def _key(self, header: dict[str, Any]) -> tuple[Any, str]:
        algorithm = header.get("alg")
        if algorithm == "HS256" and self._legacy_secret is not None:
            return self._legacy_secret, algorithm
        if algorithm not in _KEY_TYPES:
            raise AuthenticationError("token refused: algorithm")
        key = await self._published(str(header.get("kid", "")))
        if key is None or key.key_type != _KEY_TYPES[algorithm]:
            raise AuthenticationError("token refused: no such key")
        return key.key, algorithm

    async def _published(self, kid: str) -> jwt.PyJWK | None:
        """The key of this id; looked up again when it is unknown or what we have is old."""
        async with self._lock:
            age = self._clock() - self._asked_at
            if age >= _KEYS_SECONDS or (kid not in self._keys and age >= _AGAIN_SECONDS):
                await self._look_up()
            return self._keys.get(kid)

    async def _look_up(self) -> None:
        try:
            answer = await self._http.get(f"{self._issuer}/.well-known/jwks.json")
            answer.raise_for_status()
            listed = answer.json()["keys"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            if self._keys:
                return  # what we have is still right, as far as anybody knows
            raise UnavailableError(f"keys: {type(error).__name__}", code="sign_in_unavailable") from error
        self._asked_at = self._clock()
        signing = [each for each in listed if each.get("kty") in _KEY_TYPES.values() and each.get("kid")]
        self._keys = {each["kid"]: jwt.PyJWK(each) for each in signing}


def _user_claims(claims: dict[str, Any]) -> Claims:
    """Of a person with an account. Keys of the project and guests of other apps on it are no users of ours."""
    if claims["role"] != "authenticated" or claims.get("is_anonymous"):
        raise AuthenticationError("token refused: role")
    return Claims(UUID(claims["sub"]), UUID(claims["session_id"]), claims)
