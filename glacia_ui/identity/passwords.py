"""Passwords: what is accepted, and argon2 outside the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from glacia_ui.errors import ValidationError

T = TypeVar("T")
SHORTEST = 8
LONGEST = 256
"""In characters. The upper end only keeps somebody from making us hash a book."""
_WORKERS = 2
"""Each takes 64 MiB and one core while it runs."""


def check_length(password: str) -> None:
    """Raises ValidationError (`password_too_short`, `password_too_long`)."""
    if len(password) < SHORTEST:
        raise ValidationError(code="password_too_short", params={"limit": SHORTEST})
    if len(password) > LONGEST:
        raise ValidationError(code="password_too_long", params={"limit": LONGEST})


class Passwords:
    """Hashes and checks with argon2id at the library's own defaults (RFC 9106, low memory)."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="argon2")
        self._decoy = self._hasher.hash("nobody's password")

    async def hash(self, password: str) -> str:
        """Argon2's text form of a new password. Raises ValidationError when it is too short or too long."""
        check_length(password)
        return await self._run(partial(self._hasher.hash, password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether they belong together. Without a hash (nobody has that address) it takes as long, and says no."""
        is_right = await self._run(partial(self._check, password_hash or self._decoy, password[: LONGEST + 1]))
        return is_right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _check(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: partial[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)
