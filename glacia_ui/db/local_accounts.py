"""Accounts in the embedded database: the SQL functions of `shim/30_local_accounts.sql`, one method each."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from glacia_ui.db.transport import SERVER, Transport
from glacia_ui.errors import ConflictError, NotFoundError


@dataclass(frozen=True, slots=True)
class LocalAccount:
    """Somebody with a password. The hash is argon2's own text form."""

    id: UUID
    password_hash: str = field(repr=False)


class LocalAccounts:
    """Makes and finds accounts. Addresses are compared as they are: callers pass them in lower case."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create(self, email: str, password_hash: str) -> UUID:
        """Raises ConflictError (`email_taken`)."""
        args = {"p_email": email, "p_encrypted_password": password_hash}
        answer = await self._transport.rpc("create_local_account", args, SERVER)
        if not answer["ok"]:
            raise ConflictError(code="email_taken")
        return UUID(answer["id"])

    async def create_guest(self) -> UUID:
        """Somebody without address and password."""
        answer = await self._transport.rpc("create_local_guest", {}, SERVER)
        return UUID(answer["id"])

    async def find(self, email: str) -> LocalAccount | None:
        """The account of an address, or None. Guests are never found."""
        answer = await self._transport.rpc("find_local_account", {"p_email": email}, SERVER)
        if answer["id"] is None or answer["encrypted_password"] is None:
            return None
        return LocalAccount(UUID(answer["id"]), answer["encrypted_password"])

    async def confirm(self, email: str) -> None:
        """Believe that the address is its owner's. Raises NotFoundError (`account_not_found`)."""
        answer = await self._transport.rpc("confirm_local_account", {"p_email": email}, SERVER)
        if not answer["ok"]:
            raise NotFoundError(code="account_not_found")

    async def set_password(self, email: str, password_hash: str) -> None:
        """Raises NotFoundError (`account_not_found`)."""
        args = {"p_email": email, "p_encrypted_password": password_hash}
        answer = await self._transport.rpc("set_local_password", args, SERVER)
        if not answer["ok"]:
            raise NotFoundError(code="account_not_found")
