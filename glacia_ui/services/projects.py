"""Projects, their versions, and how any two of them differ."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

from glacia_ui.core.diff import FileDiff, diff_files
from glacia_ui.core.models import (
    ChangeCard,
    File,
    FileInfo,
    FileLock,
    FileStat,
    Message,
    Project,
    ProjectStats,
    Snapshot,
)
from glacia_ui.core.texts import text
from glacia_ui.db.files import Files
from glacia_ui.db.projects import Projects as ProjectRows
from glacia_ui.db.transport import Caller
from glacia_ui.errors import ConflictError, NotFoundError, ValidationError
from glacia_ui.services.templates import Template, Templates

NAME_LIMIT = 120
_RESTORE_TRIES = 3


class Projects:
    """What a user can do with projects. SQL decides what is whose; a stranger's id is not found."""

    def __init__(self, rows: ProjectRows, files: Files, templates: Templates) -> None:
        self._rows = rows
        self._files = files
        self._templates = templates

    async def create(self, caller: Caller, name: str, template: str | None = None) -> Project:
        """A new project: empty, or with a template's files as version 1."""
        name = _checked_name(name)
        if template is None:
            return await self._rows.create_project(caller, name)
        contents = self._templates.files(template)
        title = text("versions.template", title=self._templates.get(template).title)
        card = await asyncio.to_thread(_card, title, {}, contents)
        return await self._rows.create_project(caller, name, template=template, files=contents, card=card)

    async def list_all(self, caller: Caller) -> list[Project]:
        """My projects, the one that changed last first."""
        return await self._rows.list_projects(caller)

    async def get(self, caller: Caller, project_id: UUID) -> Project:
        """Raises NotFoundError."""
        return await self._rows.get_project(caller, project_id)

    async def rename(self, caller: Caller, project_id: UUID, name: str) -> Project:
        """Raises NotFoundError and ValidationError."""
        return await self._rows.update_project(caller, project_id, _checked_name(name))

    async def delete(self, caller: Caller, project_id: UUID) -> None:
        """For good. Raises ConflictError while a generation runs in it."""
        await self._rows.delete_project(caller, project_id)

    async def messages(self, caller: Caller, project_id: UUID) -> list[Message]:
        """The chat, oldest first."""
        return await self._rows.list_messages(caller, project_id)

    async def snapshots(self, caller: Caller, project_id: UUID) -> list[Snapshot]:
        """Every version, newest first."""
        return await self._rows.list_snapshots(caller, project_id)

    async def stats(self, caller: Caller, project_id: UUID) -> ProjectStats:
        """Number and sizes of the current files."""
        return await self._rows.get_project_stats(caller, project_id)

    async def files(self, caller: Caller, project_id: UUID, snapshot: int | None = None) -> tuple[int, list[FileInfo]]:
        """(version, its files in path order); the newest version unless one is named."""
        return await self._files.list_files(caller, project_id, snapshot)

    async def file(self, caller: Caller, project_id: UUID, path: str, snapshot: int | None = None) -> File:
        """One file with its content. Raises NotFoundError."""
        return await self._files.get_file(caller, project_id, path, snapshot)

    async def snapshot_files(
        self, caller: Caller, project_id: UUID, snapshot: int | None = None
    ) -> tuple[int, list[File]]:
        """(version, its files with their contents)."""
        return await self._files.get_snapshot_files(caller, project_id, snapshot)

    async def locks(self, caller: Caller, project_id: UUID) -> list[FileLock]:
        """The files that nothing changes, in path order."""
        return await self._files.list_file_locks(caller, project_id)

    async def lock(self, caller: Caller, project_id: UUID, path: str) -> None:
        """Let nothing change this file of the newest version. Raises NotFoundError."""
        await self._files.set_file_lock(caller, project_id, path, is_locked=True)

    async def unlock(self, caller: Caller, project_id: UUID, path: str) -> None:
        """Let it change again. Raises NotFoundError."""
        await self._files.set_file_lock(caller, project_id, path, is_locked=False)

    async def diff(
        self, caller: Caller, project_id: UUID, from_: int, to: int, path: str | None = None
    ) -> list[FileDiff]:
        """How version `to` differs from version `from_` (0 is empty), in any order, per file."""
        old, new = await asyncio.gather(
            self._contents(caller, project_id, from_), self._contents(caller, project_id, to)
        )
        if path is not None and path not in old and path not in new:
            raise NotFoundError(code="file_not_found")
        return await asyncio.to_thread(diff_files, _only(old, path), _only(new, path))

    async def restore(self, caller: Caller, project_id: UUID, snapshot: int, path: str | None = None) -> Snapshot:
        """Bring back a version, or one file of it, as a new version.

        Raises NotFoundError, and ConflictError while a generation runs, when nothing would change, and when a locked
        file would (`file_locked`).
        """
        for attempt in range(_RESTORE_TRIES):
            project = await self._rows.get_project(caller, project_id)
            card = await self._restore_card(caller, project, snapshot, path)
            try:
                return await self._rows.restore_snapshot(
                    caller, project_id, snapshot, path=path, base_snapshot=project.latest_snapshot, card=card
                )
            except ConflictError as error:
                # Somebody made a version between our reading and our writing: compute the facts again.
                if error.code != "stale_snapshot" or attempt == _RESTORE_TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    async def save_draft(self, caller: Caller, project_id: UUID, prompt: str | None) -> None:
        """Keep what was typed; None or empty forgets it."""
        await self._rows.save_draft(caller, project_id, prompt)

    def templates(self) -> list[Template]:
        """The starter projects."""
        return self._templates.all()

    async def _contents(self, caller: Caller, project_id: UUID, snapshot: int) -> dict[str, str]:
        _, files = await self._files.get_snapshot_files(caller, project_id, snapshot)
        return {file.path: file.content for file in files}

    async def _restore_card(self, caller: Caller, project: Project, snapshot: int, path: str | None) -> ChangeCard:
        old, new = await asyncio.gather(
            self._contents(caller, project.id, project.latest_snapshot), self._contents(caller, project.id, snapshot)
        )
        if path is not None and path not in old and path not in new:
            raise NotFoundError(code="file_not_found")
        key = "versions.restored" if path is None else "versions.restored_file"
        card = await asyncio.to_thread(
            _card, text(key, version=snapshot, path=path or ""), _only(old, path), _only(new, path)
        )
        if not card.files:
            raise ConflictError(code="nothing_to_restore", params={"version": snapshot})
        return card


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LIMIT:
        raise ValidationError(code="invalid_name", params={"limit": NAME_LIMIT})
    return name


def _only(contents: Mapping[str, str], path: str | None) -> Mapping[str, str]:
    return contents if path is None else {key: value for key, value in contents.items() if key == path}


def _card(title: str, old: Mapping[str, str], new: Mapping[str, str]) -> ChangeCard:
    diffs = diff_files(old, new)
    stats = [
        FileStat(path=d.path, change=d.change, added=d.added, removed=d.removed, old_path=d.old_path) for d in diffs
    ]
    return ChangeCard(
        title=title, files=stats, added=sum(s.added for s in stats), removed=sum(s.removed for s in stats)
    )
