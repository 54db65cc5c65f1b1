"""What I used and what it cost: sums, rows for a spreadsheet, and the ledger of my quota."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from glacia_ui.core.books import LedgerRow, UsageRow
from glacia_ui.web.api.files import attachment
from glacia_ui.web.api.types import Moment
from glacia_ui.web.visit import CurrentVisit, VisitRoute

router = APIRouter(tags=["usage"], route_class=VisitRoute)
_DEFAULT_DAYS = 30
From = Annotated[Moment | None, Query(alias="from", description="First moment; 30 days before `to` if left out.")]
To = Annotated[Moment | None, Query(description="First moment that no longer counts; now if left out.")]


@router.get("/usage")
async def read_usage(
    visit: CurrentVisit,
    from_: From = None,
    to: To = None,
    group_by: Literal["day", "model", "project", "outcome"] = "day",
) -> list[UsageRow]:
    """Sums per group over [from, to)."""
    return await visit.services.usage.usage(visit.caller, *_period(from_, to), group_by)


@router.get("/usage.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def read_usage_csv(visit: CurrentVisit, from_: From = None, to: To = None) -> Response:
    """One row per generation that ended in [from, to)."""
    first, last = _period(from_, to)
    table = await visit.services.usage.csv(visit.caller, first, last)
    name = f"glacia-usage-{first:%Y-%m-%d}-to-{last:%Y-%m-%d}.csv"
    return Response(table, media_type="text/csv", headers={"Content-Disposition": attachment(name)})


@router.get("/ledger")
async def read_ledger(
    visit: CurrentVisit,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    before: Annotated[int | None, Query(ge=0, le=2**63 - 1, description="The id to go on from.")] = None,
) -> list[LedgerRow]:
    """Every movement of my quota, newest first."""
    return await visit.services.usage.ledger(visit.caller, limit, before)


def _period(from_: datetime | None, to: datetime | None) -> tuple[datetime, datetime]:
    last = to or datetime.now(UTC)
    return from_ or last - timedelta(days=_DEFAULT_DAYS), last
