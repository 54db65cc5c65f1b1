"""`/health` for people, load balancers and process managers: open to all, and nothing in it is a secret."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from glacia_ui.services.health import HealthReport
from glacia_ui.web.context import context_of

router = APIRouter()


@router.get("/api/health", tags=["health"])
@router.api_route("/health", methods=["GET", "HEAD"], include_in_schema=False)
async def read_health(request: Request, response: Response) -> HealthReport:
    """Whether Glacia works: 503 when it does not."""
    report = await context_of(request).services.health.check()
    response.headers["Cache-Control"] = "no-store"
    if not report.success:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return report
