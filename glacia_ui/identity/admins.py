"""GLACIA_ADMINS: whoever has one of these addresses, and has confirmed it, is an admin from their next sign-in on."""

from __future__ import annotations

from collections.abc import Collection

from glacia_ui.core.models import User
from glacia_ui.db.accounts import Accounts
from glacia_ui.db.transport import Transport


class Admins:
    """The addresses of the setting, in lower case."""

    def __init__(self, transport: Transport, addresses: Collection[str] = ()) -> None:
        self._accounts = Accounts(transport)
        self._addresses = frozenset(addresses)

    async def welcome(self, user: User) -> User:
        """The user as they are after this: an admin if the setting names them. SQL refuses unconfirmed addresses."""
        if user.role == "admin" or user.email not in self._addresses or user.email is None:
            return user
        is_granted = await self._accounts.grant_admin(user.email)
        return user.model_copy(update={"role": "admin"}) if is_granted else user

    async def appoint(self) -> None:
        """At the start: those who have an account already."""
        for address in sorted(self._addresses):
            await self._accounts.grant_admin(address)
