"""Sessions, by the SHA-256 of their token: the token itself never reaches the database. One method per SQL function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from glacia_ui.core.models import RateWindow, User
from glacia_ui.db.transport import SERVER, Transport
from glacia_ui.errors import AuthenticationError, PermissionDeniedError, RateLimitedError


@dataclass(frozen=True, slots=True)
class SealedTokens:
    """GoTrue's tokens behind a hosted session, as `identity/sealed.py` encrypts them."""

    sealed: str
    expire_at: datetime


@dataclass(frozen=True, slots=True)
class Admitted:
    """A session that stands. `rate` is the API's window after this request, if it counts."""

    user: User
    rate: RateWindow | None
    tokens: SealedTokens | None


class Sessions:
    """Called by the server only."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def open_session(self, user_id: UUID, token_sha256: str, seconds: int) -> None:
        """A session that ends `seconds` after its last use. Raises AuthenticationError for an unknown user."""
        args = {"p_user_id": user_id, "p_token_sha256": token_sha256, "p_seconds": seconds}
        await self._transport.rpc("open_session", args, SERVER)

    async def open_hosted_session(
        self, user_id: UUID, token_sha256: str, seconds: int, auth_session_id: UUID, tokens: SealedTokens
    ) -> None:
        """The same over a session of GoTrue's."""
        args = {
            "p_user_id": user_id,
            "p_token_sha256": token_sha256,
            "p_seconds": seconds,
            "p_auth_session_id": auth_session_id,
            "p_sealed_tokens": tokens.sealed,
            "p_tokens_expire_at": tokens.expire_at,
        }
        await self._transport.rpc("open_hosted_session", args, SERVER)

    async def admit(self, token_sha256: str, address: str, *, is_counted: bool) -> Admitted:
        """Whose session this is. Raises AuthenticationError without one, PermissionDeniedError (`suspended`), and
        RateLimitedError (policy `api`).
        """
        args = {"p_token_sha256": token_sha256, "p_address": address, "p_is_counted": is_counted}
        return _admitted(await self._transport.rpc("admit", args, SERVER))

    async def admit_token(self, user_id: UUID, auth_session_id: UUID, *, is_counted: bool) -> Admitted:
        """The same for a token of GoTrue's that has been verified."""
        args = {"p_user_id": user_id, "p_auth_session_id": auth_session_id, "p_is_counted": is_counted}
        return _admitted(await self._transport.rpc("admit_token", args, SERVER))

    async def claim_renewal(self, token_sha256: str, seen: str) -> tuple[UUID | None, SealedTokens]:
        """(the claim, if the caller is the one to renew `seen`; the tokens as they are). Raises AuthenticationError."""
        args = {"p_token_sha256": token_sha256, "p_seen": seen}
        answer = await self._transport.rpc("claim_renewal", args, SERVER)
        tokens = _tokens(answer)
        if tokens is None:
            raise AuthenticationError("no such session")
        claim = answer["claim"]
        return UUID(claim) if claim else None, tokens

    async def store_renewal(self, token_sha256: str, claim: UUID, tokens: SealedTokens | None) -> bool:
        """What a renewal brought; None gives the claim back. False, and nothing stored, if another claims it by now."""
        args = {
            "p_token_sha256": token_sha256,
            "p_claim": claim,
            "p_sealed_tokens": tokens and tokens.sealed,
            "p_tokens_expire_at": tokens and tokens.expire_at,
        }
        return bool((await self._transport.rpc("store_renewal", args, SERVER))["ok"])

    async def close_session(self, token_sha256: str) -> None:
        """End it; one that has ended already is fine."""
        await self._transport.rpc("close_session", {"p_token_sha256": token_sha256}, SERVER)

    async def close_sessions(self, user_id: UUID, *, but: str | None = None) -> None:
        """End every session of a user, except the one whose token has the SHA-256 `but`."""
        await self._transport.rpc("close_sessions", {"p_user_id": user_id, "p_except_sha256": but}, SERVER)


def _admitted(answer: Mapping[str, Any]) -> Admitted:
    if answer["ok"]:
        rate = answer["rate"]
        window = RateWindow.model_validate(rate) if rate else None
        return Admitted(User.model_validate(answer["user"]), window, _tokens(answer))
    if answer["reason"] == "no_session":
        raise AuthenticationError("no such session")
    if answer["reason"] == "suspended":
        raise PermissionDeniedError(code="suspended")
    rate = RateWindow.model_validate(answer["rate"])
    raise RateLimitedError(
        params={"policy": rate.name, "limit": rate.limit, "window_seconds": rate.window_seconds},
        retry_after=rate.retry_after,
    )


def _tokens(answer: Mapping[str, Any]) -> SealedTokens | None:
    sealed = answer.get("sealed_tokens")
    return SealedTokens(sealed, datetime.fromisoformat(answer["tokens_expire_at"])) if sealed else None
