"""The files of a version: list, read, compare, take home; and which of the newest ones are locked."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from glacia_ui.core.diff import FileDiff, unified
from glacia_ui.core.models import FileInfo, FileLock
from glacia_ui.web.api.types import AtSnapshot, FilePath, SnapshotNumber
from glacia_ui.web.highlight import highlighted_lines
from glacia_ui.web.visit import CurrentVisit, VisitRoute

router = APIRouter(prefix="/projects/{project_id}", tags=["files"], route_class=VisitRoute)
_DIFF = "text/x-diff"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+")


@router.get("/files")
async def list_files(
    visit: CurrentVisit, project_id: UUID, response: Response, snapshot: AtSnapshot = None
) -> list[FileInfo]:
    """In path order. `X-Snapshot` says which version that is."""
    number, files = await visit.services.projects.files(visit.caller, project_id, snapshot)
    response.headers["X-Snapshot"] = str(number)
    return files


@router.get("/files/{path:path}", response_class=PlainTextResponse)
async def read_file(
    visit: CurrentVisit,
    project_id: UUID,
    path: Annotated[FilePath, Path()],
    snapshot: AtSnapshot = None,
    highlight: Annotated[Literal["html"] | None, Query()] = None,
) -> Response:
    """The content, as plain text: nothing in it may run here. With `highlight=html` its `lines` as coloured HTML."""
    file = await visit.services.projects.file(visit.caller, project_id, path, snapshot)
    headers = {"X-File-Version": str(file.version)}
    if highlight is None:
        return PlainTextResponse(file.content, headers=headers)
    lines = await asyncio.to_thread(highlighted_lines, path, file.content)
    return JSONResponse({"lines": lines}, headers=headers)


@router.get("/locks")
async def list_locks(visit: CurrentVisit, project_id: UUID) -> list[FileLock]:
    """Files that nothing changes until you unlock them, in path order."""
    return await visit.services.projects.locks(visit.caller, project_id)


@router.put("/locks/{path:path}", status_code=204)
async def lock_file(visit: CurrentVisit, project_id: UUID, path: Annotated[FilePath, Path()]) -> None:
    """Lock a file of the newest version. Twice is as good as once."""
    await visit.services.projects.lock(visit.caller, project_id, path)


@router.delete("/locks/{path:path}", status_code=204)
async def unlock_file(visit: CurrentVisit, project_id: UUID, path: Annotated[FilePath, Path()]) -> None:
    """Unlock it."""
    await visit.services.projects.unlock(visit.caller, project_id, path)


@router.get(
    "/diff",
    response_model=list[FileDiff],
    responses={200: {"content": {_DIFF: {"schema": {"type": "string"}}}}},
)
async def read_diff(
    visit: CurrentVisit,
    project_id: UUID,
    old: Annotated[SnapshotNumber, Query(alias="from")],
    new: Annotated[SnapshotNumber, Query(alias="to")],
    path: Annotated[FilePath | None, Query()] = None,
    accept: Annotated[str, Header()] = "",
) -> Any:
    """From one version to another, 0 being empty: JSON if that is asked for, else a patch that `git apply` takes."""
    diffs = await visit.services.projects.diff(visit.caller, project_id, old, new, path)
    if prefers_json(accept):
        return JSONResponse([diff.model_dump(mode="json") for diff in diffs], headers={"Vary": "Accept"})
    return Response(unified(diffs), media_type=_DIFF, headers={"Vary": "Accept"})


@router.get("/export.zip", response_class=Response, responses={200: {"content": {"application/zip": {}}}})
async def export(visit: CurrentVisit, project_id: UUID, snapshot: AtSnapshot = None) -> Response:
    """All files of a version as an archive."""
    name, archive = await visit.services.exports.zip(visit.caller, project_id, snapshot)
    return Response(archive, media_type="application/zip", headers={"Content-Disposition": attachment(name)})


def prefers_json(accept: str) -> bool:
    """Whether JSON is asked for by name, and not less than a patch."""
    weights = {"application/json": 0.0, _DIFF: 0.0}
    for part in accept.split(","):
        media_type, _, parameters = part.partition(";")
        found = re.search(r"q\s*=\s*([01](?:\.\d*)?)", parameters)
        if media_type.strip().lower() in weights:
            weights[media_type.strip().lower()] = float(found[1]) if found else 1.0
    return weights["application/json"] > weights[_DIFF]


def attachment(name: str) -> str:
    """Content-Disposition for a download of any name."""
    plain = name if _PLAIN_NAME.fullmatch(name) else "download"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
