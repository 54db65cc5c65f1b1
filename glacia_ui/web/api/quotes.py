"""Before a request is sent: which models there are, and what it will probably cost and take."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from glacia_ui.core.attachments import MAX_ATTACHMENTS
from glacia_ui.core.models import Mode
from glacia_ui.services.quotes import ModelChoice, Quote
from glacia_ui.web.api.types import Body, Prompt, Text
from glacia_ui.web.visit import CurrentVisit, UncountedRoute, VisitRoute

router = APIRouter(tags=["quotes"], route_class=VisitRoute)
uncounted = APIRouter(tags=["quotes"], route_class=UncountedRoute)


class WantedQuote(Body):
    """What would be sent, in which mode, with which attachments, to which model (the default one if left out)."""

    prompt: Prompt
    mode: Mode = "build"
    attachments: Annotated[list[UUID], Field(max_length=MAX_ATTACHMENTS)] = Field(default_factory=list)
    model: Annotated[Text, Field(max_length=100)] | None = None


@router.get("/models")
async def list_models(visit: CurrentVisit) -> list[ModelChoice]:
    """Models to choose from, dearest first, with their prices."""
    return visit.services.quotes.models()


@uncounted.post("/projects/{project_id}/quote")
async def quote_request(visit: CurrentVisit, project_id: UUID, wanted: WantedQuote) -> Quote:
    """A range for cost and time, which four of five results fall into. Not counted as a call; 60 a minute at most."""
    return await visit.services.quotes.quote(
        visit.caller,
        project_id,
        wanted.prompt,
        model=wanted.model,
        mode=wanted.mode,
        attachments=wanted.attachments,
    )
