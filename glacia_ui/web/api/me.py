"""Who I am and what I have left."""

from __future__ import annotations

from fastapi import APIRouter

from glacia_ui.core.models import Me
from glacia_ui.web.visit import CurrentVisit, VisitRoute

router = APIRouter(tags=["me"], route_class=VisitRoute)


@router.get("/me")
async def read_me(visit: CurrentVisit) -> Me:
    """User, quota of this month, and rate windows."""
    return await visit.services.usage.me(visit.caller)
