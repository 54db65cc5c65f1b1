"""Projects: what a user works on, its chat and its versions. One method per SQL function."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from glacia_ui.core.models import ChangeCard, Message, Project, ProjectStats, Snapshot
from glacia_ui.db.transport import Caller, Transport


class Projects:
    """A caller's own projects; somebody else's raise NotFoundError (`project_not_found`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create_project(
        self,
        caller: Caller,
        name: str,
        *,
        template: str | None = None,
        files: Mapping[str, str] | None = None,
        card: ChangeCard | None = None,
    ) -> Project:
        """An empty project, or one with `files` (content by path) as snapshot 1. Raises ValidationError."""
        args = {
            "p_name": name,
            "p_template": template,
            "p_files": [{"path": path, "content": content} for path, content in (files or {}).items()],
            "p_card": card and card.model_dump(mode="json"),
        }
        return Project.model_validate((await self._transport.rpc("create_project", args, caller))["project"])

    async def list_projects(self, caller: Caller) -> list[Project]:
        """The one that changed last first."""
        answer = await self._transport.rpc("list_projects", {}, caller)
        return [Project.model_validate(row) for row in answer["projects"]]

    async def get_project(self, caller: Caller, project_id: UUID) -> Project:
        """Raises NotFoundError."""
        answer = await self._transport.rpc("get_project", {"p_project_id": project_id}, caller)
        return Project.model_validate(answer["project"])

    async def update_project(self, caller: Caller, project_id: UUID, name: str) -> Project:
        """Rename it. Raises NotFoundError and ValidationError."""
        args = {"p_project_id": project_id, "p_name": name}
        return Project.model_validate((await self._transport.rpc("update_project", args, caller))["project"])

    async def delete_project(self, caller: Caller, project_id: UUID) -> None:
        """For good; what is queued comes back. Raises NotFoundError, ConflictError (`generation_running`)."""
        await self._transport.rpc("delete_project", {"p_project_id": project_id}, caller)

    async def save_draft(self, caller: Caller, project_id: UUID, prompt: str | None) -> None:
        """Keep what was typed; None or '' forgets it. Raises NotFoundError and ValidationError."""
        await self._transport.rpc("save_draft", {"p_project_id": project_id, "p_prompt": prompt}, caller)

    async def list_messages(self, caller: Caller, project_id: UUID) -> list[Message]:
        """The chat, oldest first: each request, then its answer. Raises NotFoundError."""
        answer = await self._transport.rpc("list_messages", {"p_project_id": project_id}, caller)
        return [Message.model_validate(row) for row in answer["messages"]]

    async def list_snapshots(self, caller: Caller, project_id: UUID) -> list[Snapshot]:
        """Newest first. Raises NotFoundError."""
        answer = await self._transport.rpc("list_snapshots", {"p_project_id": project_id}, caller)
        return [Snapshot.model_validate(row) for row in answer["snapshots"]]

    async def restore_snapshot(
        self,
        caller: Caller,
        project_id: UUID,
        snapshot: int,
        *,
        base_snapshot: int,
        card: ChangeCard,
        path: str | None = None,
    ) -> Snapshot:
        """Make everything, or one file, as it was in `snapshot`, as a new snapshot.

        `card` was computed against `base_snapshot`. Raises NotFoundError (project, `snapshot_not_found`,
        `file_not_found`), ConflictError (`generation_running`, `stale_snapshot`, `file_locked` with params path).
        """
        args = {
            "p_project_id": project_id,
            "p_snapshot": snapshot,
            "p_base_snapshot": base_snapshot,
            "p_card": card.model_dump(mode="json"),
            "p_path": path,
        }
        return Snapshot.model_validate((await self._transport.rpc("restore_snapshot", args, caller))["snapshot"])

    async def get_project_stats(self, caller: Caller, project_id: UUID) -> ProjectStats:
        """Number and sizes of the current files. Raises NotFoundError."""
        answer = await self._transport.rpc("get_project_stats", {"p_project_id": project_id}, caller)
        return ProjectStats.model_validate(answer["stats"])
