"""What a user has left, has used, and every movement of their quota. One method per SQL function."""

from __future__ import annotations

from datetime import datetime

from glacia_ui.core.books import LedgerRow, UsageEvent, UsageRow
from glacia_ui.core.models import Me
from glacia_ui.db.transport import Caller, Transport


class Usage:
    """The caller's own numbers. Ranges are half-open, [from_, to); a bad one raises ValidationError."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get_me(self, caller: Caller) -> Me:
        """Who they are, their quota and their windows (`generation` with its hits, `api`)."""
        return Me.model_validate((await self._transport.rpc("get_me", {}, caller))["me"])

    async def get_usage(self, caller: Caller, from_: datetime, to: datetime, group_by: str) -> list[UsageRow]:
        """Sums per `day` (UTC, as an ISO date), `model`, `project` (its name) or `outcome`, in the group's order."""
        args = {"p_from": from_, "p_to": to, "p_group_by": group_by}
        return [UsageRow.model_validate(row) for row in (await self._transport.rpc("get_usage", args, caller))["rows"]]

    async def list_usage_events(
        self, caller: Caller, from_: datetime, to: datetime, limit: int = 1000
    ) -> list[UsageEvent]:
        """One for each generation that ended, newest first."""
        args = {"p_from": from_, "p_to": to, "p_limit": limit}
        answer = await self._transport.rpc("list_usage_events", args, caller)
        return [UsageEvent.model_validate(row) for row in answer["events"]]

    async def list_ledger(self, caller: Caller, limit: int = 200, before: int | None = None) -> list[LedgerRow]:
        """Movements, newest first; `before` is the id to go on below."""
        args = {"p_limit": limit, "p_before": before}
        return [
            LedgerRow.model_validate(row) for row in (await self._transport.rpc("list_ledger", args, caller))["rows"]
        ]
