"""Which session a request belongs to, and the news that one has ended.

An API call asks the database each time. A page is dozens of requests, so what is known about a session may be used for
five seconds; a sign-out in this process ends that at once, and with it every stream that the session has open.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from glacia_ui.identity.model import Admission, Identity
from glacia_ui.identity.tokens import token_hash

FRESH_SECONDS = 5.0
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    asked_at: float
    answer: asyncio.Future[Admission]


class Sessions:
    """Sessions of this process. Use inside one event loop."""

    def __init__(self, identity: Identity, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._identity = identity
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def admit(self, token: str, address: str, *, is_counted: bool) -> Admission:
        """Ask the database. Raises AuthenticationError and RateLimitedError."""
        return await self._identity.admit(token, address, is_counted=is_counted)

    async def glance(self, token: str, address: str) -> Admission:
        """What was known at most five seconds ago. Many at once make one question. Raises AuthenticationError."""
        key = token_hash(token)
        known = self._known.get(key)
        if known is None or self._clock() - known.asked_at >= FRESH_SECONDS or _has_failed(known.answer):
            question = self._identity.admit(token, address, is_counted=False)
            known = self._known[key] = _Known(self._clock(), asyncio.ensure_future(question))
            # Asked for, so that asyncio does not complain when everybody who waited has left.
            known.answer.add_done_callback(_has_failed)
            self._drop_old()
        # Shielded: a visitor who leaves must not cancel the answer that others wait for.
        return await asyncio.shield(known.answer)

    async def sign_out(self, token: str) -> None:
        """End a session everywhere, here at once."""
        try:
            await self._identity.sign_out(token)
        finally:
            self._forget(token_hash(token))

    async def sign_out_everywhere(self, token: str, user_id: UUID) -> None:
        """End every session of the user, whose token this is; those that were just used here, at once."""
        try:
            await self._identity.sign_out_everywhere(token)
        finally:
            self._forget(token_hash(token))
            self._forget_others(token, user_id)

    async def set_new_password(self, token: str, user_id: UUID, password: str) -> None:
        """A new password for the user, whose token this is; ends the other sessions. Raises what `Identity` does."""
        await self._identity.set_new_password(token, password)
        self._forget_others(token, user_id)

    @contextmanager
    def watch(self, token: str) -> Iterator[asyncio.Event]:
        """An event that is set when this session is signed out in this process."""
        key, ended = token_hash(token), asyncio.Event()
        self._watchers[key].add(ended)
        try:
            yield ended
        finally:
            self._watchers[key].discard(ended)
            if not self._watchers[key]:
                del self._watchers[key]

    def _forget_others(self, token: str, user_id: UUID) -> None:
        own = token_hash(token)
        for key, known in list(self._known.items()):
            if not known.answer.done():  # it may be about the user, and from before
                del self._known[key]
            elif key != own and not _has_failed(known.answer) and known.answer.result().user.id == user_id:
                self._forget(key)

    def _forget(self, key: str) -> None:
        self._known.pop(key, None)
        for ended in self._watchers.get(key, ()):
            ended.set()

    def _drop_old(self) -> None:
        if len(self._known) > _MOST_KEPT:
            limit = self._clock() - FRESH_SECONDS
            self._known = {key: known for key, known in self._known.items() if known.asked_at > limit}


def _has_failed(answer: asyncio.Future[Admission]) -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)
