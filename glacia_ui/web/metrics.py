"""`/metrics` for Prometheus: with the token that the operator has set, or without one from this machine only."""

from __future__ import annotations

import hmac
import ipaddress

from fastapi import APIRouter, Request, Response

from glacia_ui.errors import PermissionDeniedError
from glacia_ui.telemetry.metrics import CONTENT_TYPE
from glacia_ui.web.context import context_of
from glacia_ui.web.scope import client_address

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def read_metrics(request: Request) -> Response:
    """The numbers of this process. Raises PermissionDeniedError (`metrics_closed`)."""
    context = context_of(request)
    if not _may_read(request, context.options.metrics_token):
        raise PermissionDeniedError(code="metrics_closed")
    return Response(
        context.services.metrics.text(), headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    )


def _may_read(request: Request, token: str | None) -> bool:
    if token is not None:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    try:
        return ipaddress.ip_address(client_address(request.scope)).is_loopback
    except ValueError:
        return False
