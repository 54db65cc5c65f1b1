"""Sessions, by the SHA-256 of their token: the token itself never reaches the database. One method per SQL function."""

from __future__ import annotations

from uuid import UUID

from glacia_ui.core.models import RateWindow, User
from glacia_ui.db.transport import SERVER, Transport
from glacia_ui.errors import AuthenticationError, PermissionDeniedError, RateLimitedError


class Sessions:
    """Called by the server only."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def open_session(self, user_id: UUID, token_sha256: str, seconds: int) -> None:
        """A session that ends `seconds` after its last use. Raises AuthenticationError for an unknown user."""
        args = {"p_user_id": user_id, "p_token_sha256": token_sha256, "p_seconds": seconds}
        await self._transport.rpc("open_session", args, SERVER)

    async def admit(self, token_sha256: str, address: str, *, is_counted: bool) -> tuple[User, RateWindow | None]:
        """Whose session this is and, if the request counts, the API window after it.

        Raises AuthenticationError without a session, PermissionDeniedError (`suspended`), and RateLimitedError
        (policy `api`).
        """
        args = {"p_token_sha256": token_sha256, "p_address": address, "p_is_counted": is_counted}
        answer = await self._transport.rpc("admit", args, SERVER)
        if answer["ok"]:
            rate = answer["rate"]
            return User.model_validate(answer["user"]), rate and RateWindow.model_validate(rate)
        if answer["reason"] == "no_session":
            raise AuthenticationError("no such session")
        if answer["reason"] == "suspended":
            raise PermissionDeniedError(code="suspended")
        rate = RateWindow.model_validate(answer["rate"])
        raise RateLimitedError(
            params={"policy": rate.name, "limit": rate.limit, "window_seconds": rate.window_seconds},
            retry_after=rate.retry_after,
        )

    async def close_session(self, token_sha256: str) -> None:
        """End it; one that has ended already is fine."""
        await self._transport.rpc("close_session", {"p_token_sha256": token_sha256}, SERVER)

    async def close_sessions(self, user_id: UUID, *, but: str | None = None) -> None:
        """End every session of a user, except the one whose token has the SHA-256 `but`."""
        await self._transport.rpc("close_sessions", {"p_user_id": user_id, "p_except_sha256": but}, SERVER)
