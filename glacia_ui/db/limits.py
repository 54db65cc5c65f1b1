"""Limits: attempts to sign in and up, what admins set, the quota's two primitives. One method per SQL function."""

from __future__ import annotations

from uuid import UUID

from glacia_ui.db.migrate import find_migrations
from glacia_ui.db.transport import SERVER, Caller, Transport
from glacia_ui.errors import RateLimitedError


class Limits:
    """Methods that take a caller are for admins: everybody else raises PermissionDeniedError."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def note_attempt(self, policy: str, subject: str) -> None:
        """Count an attempt of an address or an account. Raises RateLimitedError when its window is full.

        Policies: sign_in_account, sign_in_address, sign_up_address, mail_account, mail_address.
        """
        answer = await self._transport.rpc("note_attempt", {"p_policy": policy, "p_subject": subject}, SERVER)
        if not answer["ok"]:
            raise RateLimitedError(
                params={"policy": policy, "limit": answer["limit"], "window_seconds": answer["window_seconds"]},
                retry_after=answer["retry_after"],
            )

    async def clear_attempts(self, policy: str, subject: str) -> None:
        """Forget the attempts of a subject."""
        await self._transport.rpc("clear_attempts", {"p_policy": policy, "p_subject": subject}, SERVER)

    async def set_rate_policy(self, caller: Caller, name: str, limit: int, window_seconds: int) -> None:
        """Change a window for everybody, at once. Raises NotFoundError (`policy_not_found`), ValidationError."""
        args = {"p_name": name, "p_limit": limit, "p_window_seconds": window_seconds}
        await self._transport.rpc("set_rate_policy", args, caller)

    async def set_quota_limit(self, caller: Caller, user_id: UUID | None, limit: int) -> None:
        """Generations per month of one user, or (None) of users who come later. Raises NotFoundError, ValidationError.

        `remaining` may become negative when more than the new limit was used already.
        """
        await self._transport.rpc("set_quota_limit", {"p_user_id": user_id, "p_limit": limit}, caller)

    async def decrement_quota(self, user_id: UUID) -> tuple[bool, int]:
        """Reserve one outside of a generation. (whether there was one, what remains)."""
        answer = await self._transport.rpc("decrement_quota", {"p_user_id": user_id}, SERVER)
        return answer["ok"], answer["remaining"]

    async def increment_quota(self, user_id: UUID) -> tuple[bool, int]:
        """Give back one that `decrement_quota` reserved. (whether there was one, what remains)."""
        answer = await self._transport.rpc("increment_quota", {"p_user_id": user_id}, SERVER)
        return answer["ok"], answer["remaining"]

    async def find_missing_migrations(self) -> list[str]:
        """Names of the migrations that this version comes with and the database has not, oldest first."""
        applied = set((await self._transport.rpc("applied_migrations", {}, SERVER))["versions"])
        return [migration.path.name for migration in find_migrations() if migration.version not in applied]

    async def ping(self) -> None:
        """A sign of life. Raises UnavailableError."""
        await self._transport.rpc("ping", {}, SERVER)
