"""Takes a snapshot home as a ZIP archive."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from uuid import UUID

from glacia_ui.core.models import File
from glacia_ui.db.files import Files
from glacia_ui.db.projects import Projects as ProjectRows
from glacia_ui.db.transport import Caller


class Exports:
    """Archives of snapshots."""

    def __init__(self, projects: ProjectRows, files: Files) -> None:
        self._projects = projects
        self._files = files

    async def zip(self, caller: Caller, project_id: UUID, snapshot: int | None = None) -> tuple[str, bytes]:
        """(file name, archive). The same snapshot always gives the same bytes."""
        project = await self._projects.get_project(caller, project_id)
        number, files = await self._files.get_snapshot_files(caller, project_id, snapshot)
        archive = await asyncio.to_thread(_archive, files)
        return f"{_slug(project.name)}-version-{number}.zip", archive


def _archive(files: list[File]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            info = zipfile.ZipInfo(file.path, file.updated_at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, file.content)
    return buffer.getvalue()


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "project"
