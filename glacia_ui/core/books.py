"""What is written down about money: movements of quota, the bill of each generation, and sums of bills."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from glacia_ui.core.models import GenerationStatus, Model, Outcome, Usage

LedgerKind = Literal["grant", "reserve", "settle", "refund", "expire"]


class LedgerRow(Model):
    """One movement of quota: grant +n, reserve −1, settle 0, refund +1, expire −rest. `balance` after it."""

    id: int
    at: datetime
    kind: LedgerKind
    amount: int
    balance: int
    reason: str
    generation_id: UUID | None
    project_id: UUID | None
    project_name: str | None


class UsageRow(Model):
    """Sums over one group (a day, a model, a project or an outcome)."""

    group: str
    generations: int
    returned: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    cost_usd: Decimal
    duration_ms: int


class UsageEvent(Model):
    """The bill of one generation that ended."""

    at: datetime
    generation_id: UUID
    project_id: UUID | None
    project_name: str | None
    model: str
    status: GenerationStatus
    outcome: Outcome
    is_returned: bool
    usage: Usage
    duration_ms: int
    day: date
