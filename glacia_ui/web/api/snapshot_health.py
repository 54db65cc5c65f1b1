"""The health of versions: what went wrong in their previews, and asking Claude to fix it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from glacia_ui.core.health import ErrorKind, PreviewError, SnapshotHealth
from glacia_ui.web.api.generations import Accepted
from glacia_ui.web.api.types import Body, SnapshotNumber, Text
from glacia_ui.web.visit import CurrentVisit, VisitRoute

router = APIRouter(tags=["projects"], route_class=VisitRoute)


_Place = Annotated[int, Field(ge=0, lt=10**9)]


class SeenError(Body):
    """Something that went wrong in a preview: an error, a rejected promise, a file, or a line on the console."""

    kind: ErrorKind
    message: Annotated[Text, Field(max_length=500)]
    file: Annotated[Text, Field(max_length=500)] | None = None
    line: _Place | None = None
    column: _Place | None = None


class SeenErrors(Body):
    """What went wrong in a preview, at most 20 errors; an empty list says that it was looked at and went well."""

    errors: Annotated[list[SeenError], Field(max_length=20)]


class Fix(Body):
    """The version whose errors are to be fixed: the newest one."""

    snapshot: SnapshotNumber
    idempotency_key: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    model: Annotated[Text, Field(max_length=100)] | None = None


@router.get("/projects/{project_id}/snapshots/{snapshot}/health")
async def read_health(visit: CurrentVisit, project_id: UUID, snapshot: SnapshotNumber) -> SnapshotHealth:
    """What previews of a version have shown so far."""
    return await visit.services.fixes.health(visit.caller, project_id, snapshot)


@router.post("/projects/{project_id}/snapshots/{snapshot}/health")
async def note_health(
    visit: CurrentVisit, project_id: UUID, snapshot: SnapshotNumber, seen: SeenErrors
) -> SnapshotHealth:
    """Add what a preview has shown. A version that has shown an error stays broken: it never changes."""
    errors = [PreviewError.model_validate(error.model_dump()) for error in seen.errors]
    return await visit.services.fixes.note(visit.caller, project_id, snapshot, errors)


@router.post("/projects/{project_id}/fix", status_code=202)
async def begin_fix(visit: CurrentVisit, project_id: UUID, fix: Fix) -> Accepted:
    """Ask Claude to fix the newest version, as an ordinary request that counts.

    When that was tried and the same error is still there, it is refused (409 `fix_loop`) with the last version that
    worked (`last_working`).
    """
    generation = await visit.services.fixes.begin(
        visit.caller, project_id, fix.snapshot, idempotency_key=fix.idempotency_key, model=fix.model
    )
    return Accepted(
        id=generation.id,
        status=generation.status,
        position=generation.position,
        events_url=f"{visit.root}/generations/{generation.id}/events",
    )
