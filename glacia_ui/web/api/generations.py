"""Generations: ask Claude, follow what happens, stop it, let the queue go on."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field

from glacia_ui.core.attachments import MAX_ATTACHMENTS
from glacia_ui.core.models import Generation, GenerationDraft, GenerationStatus, Mode, Model, Snapshot
from glacia_ui.core.replay import Replay
from glacia_ui.web.api.types import Body, EventNumber, Prompt, Text
from glacia_ui.web.events import event_stream, html_of
from glacia_ui.web.markdown import GrowingText
from glacia_ui.web.visit import CurrentVisit, UncountedRoute, VisitRoute

router = APIRouter(tags=["generations"], route_class=VisitRoute)
streams = APIRouter(tags=["generations"], route_class=UncountedRoute)


class NewGeneration(Body):
    """What to build or change, in 1 to 100,000 characters. In mode `ask` it is answered and nothing changes.

    `attachments` are ids of uploads. The same key with the same prompt, mode and attachments is the same generation.
    """

    prompt: Prompt
    idempotency_key: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    model: Annotated[Text, Field(max_length=100)] | None = None
    mode: Mode = "build"
    attachments: Annotated[list[UUID], Field(max_length=MAX_ATTACHMENTS)] = Field(default_factory=list)


class QueueChange(Body):
    """Another text, another place in the queue (from 1), or both."""

    prompt: Prompt | None = None
    position: Annotated[int, Field(ge=1, le=1000)] | None = None


class Accepted(Model):
    """It runs or waits its turn (`position` in the queue); follow it at `events_url`."""

    id: UUID
    status: GenerationStatus
    position: int
    events_url: str


@router.post("/projects/{project_id}/generations", status_code=202)
async def begin_generation(visit: CurrentVisit, project_id: UUID, new: NewGeneration) -> Accepted:
    """Ask. When the window (429) or the quota (402) is used up, the prompt is kept as the project's draft."""
    generation = await visit.services.generations.begin(
        visit.caller,
        project_id,
        new.prompt,
        idempotency_key=new.idempotency_key,
        model=new.model,
        mode=new.mode,
        attachments=new.attachments,
    )
    return Accepted(
        id=generation.id,
        status=generation.status,
        position=generation.position,
        events_url=f"{visit.root}/generations/{generation.id}/events",
    )


@router.post("/projects/{project_id}/generations/continue", status_code=204)
async def continue_queue(visit: CurrentVisit, project_id: UUID) -> None:
    """Go on with what waits behind a generation that failed."""
    await visit.services.generations.continue_queue(visit.caller, project_id)


@router.get("/generations/{generation_id}")
async def read_generation(visit: CurrentVisit, generation_id: UUID) -> Generation:
    """How it stands."""
    return await visit.services.generations.get(visit.caller, generation_id)


@router.patch("/generations/{generation_id}")
async def change_generation(visit: CurrentVisit, generation_id: UUID, change: QueueChange) -> Generation:
    """Change one that waits. When it has started, it is refused with 409 `already_started`."""
    return await visit.services.generations.change(
        visit.caller, generation_id, prompt=change.prompt, position=change.position
    )


@router.get("/generations/{generation_id}/replay")
async def read_replay(
    visit: CurrentVisit, generation_id: UUID, render: Annotated[Literal["html"] | None, Query()] = None
) -> Replay:
    """All that happened in one that has ended, with times; 409 before. With `render=html` as in its event stream."""
    replay = await visit.services.generations.replay(visit.caller, generation_id)
    return await asyncio.to_thread(_rendered, replay) if render == "html" else replay


@router.post("/generations/{generation_id}/cancel")
async def cancel_generation(visit: CurrentVisit, generation_id: UUID) -> Generation:
    """Stop it within a second, or take it out of the queue. One that has ended stays as it is."""
    return await visit.services.generations.cancel(visit.caller, generation_id)


@router.get("/projects/{project_id}/generation-drafts")
async def list_generation_drafts(visit: CurrentVisit, project_id: UUID) -> list[GenerationDraft]:
    """What requests that ended on their way had come to, newest first, until you keep or discard it."""
    return await visit.services.generations.drafts(visit.caller, project_id)


@router.post("/generations/{generation_id}/draft/keep")
async def keep_draft(visit: CurrentVisit, generation_id: UUID) -> Snapshot:
    """Make it a version, at no further cost. Asked again, it is the same version."""
    return await visit.services.generations.keep_draft(visit.caller, generation_id)


@router.post("/generations/{generation_id}/draft/discard", status_code=204)
async def discard_draft(visit: CurrentVisit, generation_id: UUID) -> None:
    """Forget it."""
    await visit.services.generations.discard_draft(visit.caller, generation_id)


@streams.get(
    "/generations/{generation_id}/events",
    response_class=Response,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        204: {"description": "It has ended and there is nothing more to come."},
    },
)
async def follow_generation(
    request: Request,
    visit: CurrentVisit,
    generation_id: UUID,
    after: Annotated[EventNumber, Query(description="The last number you have.")] = 0,
    render: Annotated[Literal["html"] | None, Query()] = None,
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """What happens, as Server-Sent Events, from the start or after a number that you have. Not counted as a call."""
    # EventSource sends the header when it reconnects by itself, and keeps the address it was made with.
    number = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 10 else after
    return await event_stream(request, visit, generation_id, number, as_html=render == "html")


def _rendered(replay: Replay) -> Replay:
    """With what the page places in it. Thousands of pieces take a while: not for the event loop."""
    text = GrowingText()
    events = [
        event.model_copy(update={"data": event.data | html_of(event.type, event.data, text)}) for event in replay.events
    ]
    return replay.model_copy(update={"events": events})
