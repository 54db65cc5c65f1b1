"""GoTrue's tokens behind a session, renewed before they expire, by one process at a time.

A refresh token is good for one use: GoTrue takes a second one for theft and ends the session. So whoever renews claims
it first in SQL, and the others wait for what is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from loguru import logger
from supabase_auth.types import Session

from glacia_ui.db.sessions import SealedTokens, Sessions
from glacia_ui.errors import AuthenticationError, ExternalAPIError, RateLimitedError, UnavailableError
from glacia_ui.identity.sealed import Sealer, TokenPair

AHEAD_SECONDS = 60.0
"""Tokens that last no longer than this are renewed when they are asked for."""
_PATIENCE_SECONDS = 25.0
_PAUSE_SECONDS = 0.2
_NOT_NOW = (ExternalAPIError, RateLimitedError, UnavailableError)


class Refresher(Protocol):
    """What is needed of GoTrue."""

    async def refresh(self, refresh_token: str) -> Session:
        """The next pair. Raises AuthenticationError when the session is over."""
        ...


class Renewals:
    """Use inside one event loop."""

    def __init__(
        self,
        sessions: Sessions,
        gotrue: Refresher,
        sealer: Sealer,
        *,
        ahead_seconds: float = AHEAD_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sessions = sessions
        self._gotrue = gotrue
        self._sealer = sealer
        self._ahead = timedelta(seconds=ahead_seconds)
        self._clock = clock

    def seal(self, token_sha256: str, session: Session) -> SealedTokens:
        """A new pair for that row of the database. It expires by our clock, however GoTrue's is set."""
        pair = TokenPair(session.access_token, session.refresh_token)
        return SealedTokens(
            self._sealer.seal(pair, token_sha256), self._clock() + timedelta(seconds=session.expires_in)
        )

    async def fresh(self, token_sha256: str, tokens: SealedTokens) -> TokenPair:
        """Tokens that can be used now.

        Raises AuthenticationError when the session is over (it is closed then, too), UnavailableError and others when
        the tokens have expired and GoTrue cannot be asked.
        """
        if tokens.expire_at - self._clock() > self._ahead:
            return await self._open(token_sha256, tokens)
        deadline = self._clock() + timedelta(seconds=_PATIENCE_SECONDS)
        while self._clock() < deadline:
            # Shielded: a visitor who leaves meanwhile must not take along the claim, or the only copy of new tokens.
            pair, current = await asyncio.shield(self._claim_and_renew(token_sha256, tokens))
            if pair is not None:
                return pair
            if current.sealed != tokens.sealed or self._is_valid(tokens):
                return await self._open(token_sha256, current)
            await asyncio.sleep(_PAUSE_SECONDS)
        raise UnavailableError("another process did not renew in time", code="sign_in_unavailable")

    async def _claim_and_renew(self, token_sha256: str, tokens: SealedTokens) -> tuple[TokenPair | None, SealedTokens]:
        """(new tokens, if it was ours to renew; what was stored before)."""
        claim, current = await self._sessions.claim_renewal(token_sha256, tokens.sealed)
        pair = None if claim is None else await self._renew(token_sha256, claim, current)
        return pair, current

    async def _renew(self, token_sha256: str, claim: UUID, tokens: SealedTokens) -> TokenPair:
        pair = await self._open(token_sha256, tokens)
        try:
            session = await self._gotrue.refresh(pair.refresh_token)
        except AuthenticationError:
            await self._sessions.close_session(token_sha256)
            raise
        except _NOT_NOW as error:
            await self._sessions.store_renewal(token_sha256, claim, None)
            if not self._is_valid(tokens):
                raise
            logger.warning("tokens could not be renewed yet: {}", error)
            return pair
        if not await self._sessions.store_renewal(token_sha256, claim, self.seal(token_sha256, session)):
            logger.warning("tokens came too late to be stored: another process renews them by now")
        return TokenPair(session.access_token, session.refresh_token)

    async def _open(self, token_sha256: str, tokens: SealedTokens) -> TokenPair:
        pair = self._sealer.unseal(tokens.sealed, token_sha256)
        if pair is None:  # GLACIA_SECRET_KEY has changed, or the text is another row's
            await self._sessions.close_session(token_sha256)
            raise AuthenticationError("the session was sealed with another key, or is another one's")
        return pair

    def _is_valid(self, tokens: SealedTokens) -> bool:
        return tokens.expire_at > self._clock()
