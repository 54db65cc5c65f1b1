"""What a user has used, what it cost and what is left."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from glacia_ui.core.books import LedgerRow, UsageEvent, UsageRow
from glacia_ui.core.models import Me
from glacia_ui.db.transport import Caller
from glacia_ui.db.usage import Usage as UsageRows
from glacia_ui.errors import ValidationError

GROUPS = ("day", "model", "project", "outcome")
MOST_EVENTS = 100_000
"""More than one person can make in a year at any limit in use: sums and files are made of all rows, never of a part."""
_COLUMNS = (
    "at", "generation_id", "project", "model", "status", "outcome", "returned", "input_tokens", "output_tokens",
    "cache_read_tokens", "cache_write_tokens", "cost_usd", "simulated", "duration_ms",
)  # fmt: skip


class Usage:
    """Reads quota, windows, ledger and usage of the caller."""

    def __init__(self, rows: UsageRows) -> None:
        self._rows = rows

    async def me(self, caller: Caller) -> Me:
        """Who I am and what I have left."""
        return await self._rows.get_me(caller)

    async def usage(self, caller: Caller, from_: datetime, to: datetime, group_by: str) -> list[UsageRow]:
        """Sums per group over the half-open time [from_, to)."""
        _check_range(from_, to)
        if group_by not in GROUPS:
            raise ValidationError(code="invalid_group", params={"groups": ", ".join(GROUPS)})
        return await self._rows.get_usage(caller, from_, to, group_by)

    async def events(self, caller: Caller, from_: datetime, to: datetime) -> list[UsageEvent]:
        """One row per generation that ended in [from_, to), newest first."""
        _check_range(from_, to)
        return await self._rows.list_usage_events(caller, from_, to, MOST_EVENTS)

    async def csv(self, caller: Caller, from_: datetime, to: datetime) -> str:
        """The same rows as a table with a header, for a spreadsheet."""
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(_COLUMNS)
        for event in await self.events(caller, from_, to):
            writer.writerow(_cells(event))
        return buffer.getvalue()

    async def ledger(self, caller: Caller, limit: int = 200, before: int | None = None) -> list[LedgerRow]:
        """Movements of quota, newest first; `before` is the id to go on from."""
        return await self._rows.list_ledger(caller, limit, before)


def _check_range(from_: datetime, to: datetime) -> None:
    if from_.tzinfo is None or to.tzinfo is None or from_ >= to:
        raise ValidationError(code="invalid_range")


def _cells(event: UsageEvent) -> list[object]:
    usage = event.usage
    return [
        event.at.isoformat(), event.generation_id, _plain(event.project_name or ""), event.model, event.status,
        event.outcome, event.is_returned, usage.input_tokens, usage.output_tokens, usage.cache_read_tokens,
        usage.cache_write_tokens, usage.cost_usd, usage.is_simulated, event.duration_ms,
    ]  # fmt: skip


def _plain(text: str) -> str:
    """A spreadsheet must not take a project's name for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
