"""Rights of accounts, wherever they are kept: GoTrue's or our own (`local_accounts.py`)."""

from __future__ import annotations

from glacia_ui.db.transport import SERVER, Transport


class Accounts:
    """Called by the server and by commands only."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def grant_admin(self, email: str) -> bool:
        """Make the user with this confirmed address an admin. False when there is none."""
        answer = await self._transport.rpc("grant_admin", {"p_email": email}, SERVER)
        return bool(answer["ok"])
