"""Projects: make, list, rename, delete; their chat, versions, numbers and draft; go back to a version."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from glacia_ui.core.models import Message, Model, Project, ProjectStats, Snapshot
from glacia_ui.services.templates import Template
from glacia_ui.web.api.types import AtSnapshot, Body, FilePath, Prompt, SnapshotNumber, Text
from glacia_ui.web.markdown import render
from glacia_ui.web.visit import CurrentVisit, VisitRoute

router = APIRouter(tags=["projects"], route_class=VisitRoute)


class NewProject(Body):
    """A name of 1 to 120 characters and, if wanted, a template to start from."""

    name: Annotated[Text, Field(max_length=1000)]
    template: Annotated[Text, Field(max_length=100)] | None = None


class ProjectChange(Body):
    """A new name."""

    name: Annotated[Text, Field(max_length=1000)]


class Draft(Body):
    """What was typed and not sent; null forgets it."""

    prompt: Prompt | None


class Restore(Body):
    """The version to bring back, all of it or one file."""

    snapshot: SnapshotNumber
    path: FilePath | None = None


class PreviewLink(Model):
    """Where a version can be seen running. Whoever has the address can see it, until it expires."""

    url: str


@router.get("/templates")
async def list_templates(visit: CurrentVisit) -> list[Template]:
    """Starter projects."""
    return visit.services.projects.templates()


@router.get("/projects")
async def list_projects(visit: CurrentVisit) -> list[Project]:
    """Mine, the one that changed last first."""
    return await visit.services.projects.list_all(visit.caller)


@router.post("/projects", status_code=201)
async def create_project(visit: CurrentVisit, new: NewProject) -> Project:
    """An empty one, or one that starts from a template."""
    return await visit.services.projects.create(visit.caller, new.name, new.template)


@router.get("/projects/{project_id}")
async def read_project(visit: CurrentVisit, project_id: UUID) -> Project:
    """One of mine."""
    return await visit.services.projects.get(visit.caller, project_id)


@router.patch("/projects/{project_id}")
async def rename_project(visit: CurrentVisit, project_id: UUID, change: ProjectChange) -> Project:
    """Give it another name."""
    return await visit.services.projects.rename(visit.caller, project_id, change.name)


@router.delete("/projects/{project_id}", status_code=204)
async def delete_project(visit: CurrentVisit, project_id: UUID) -> None:
    """For good, with everything in it. Refused while Claude works on it."""
    await visit.services.projects.delete(visit.caller, project_id)


@router.get("/projects/{project_id}/messages", response_model=list[Message])
async def list_messages(
    visit: CurrentVisit,
    project_id: UUID,
    render_as: Annotated[Literal["html"] | None, Query(alias="render")] = None,
) -> Any:
    """The chat, oldest first. With `render=html` each message also has its text as safe `html`."""
    messages = await visit.services.projects.messages(visit.caller, project_id)
    if render_as is None:
        return messages
    return JSONResponse([message.model_dump(mode="json") | {"html": render(message.text)} for message in messages])


@router.get("/projects/{project_id}/snapshots")
async def list_snapshots(visit: CurrentVisit, project_id: UUID) -> list[Snapshot]:
    """Its versions, newest first."""
    return await visit.services.projects.snapshots(visit.caller, project_id)


@router.get("/projects/{project_id}/stats")
async def read_stats(visit: CurrentVisit, project_id: UUID) -> ProjectStats:
    """Number and sizes of its files."""
    return await visit.services.projects.stats(visit.caller, project_id)


@router.post("/projects/{project_id}/restore", status_code=201)
async def restore(visit: CurrentVisit, project_id: UUID, wanted: Restore) -> Snapshot:
    """Bring back a version as a new one."""
    return await visit.services.projects.restore(visit.caller, project_id, wanted.snapshot, wanted.path)


@router.put("/projects/{project_id}/draft", status_code=204)
async def save_draft(visit: CurrentVisit, project_id: UUID, draft: Draft) -> None:
    """Keep what was typed."""
    await visit.services.projects.save_draft(visit.caller, project_id, draft.prompt)


@router.get("/projects/{project_id}/preview")
async def read_preview_link(visit: CurrentVisit, project_id: UUID, snapshot: AtSnapshot = None) -> PreviewLink:
    """A link to look at a version."""
    return PreviewLink(url=await visit.services.previews.link(visit.caller, project_id, snapshot))
