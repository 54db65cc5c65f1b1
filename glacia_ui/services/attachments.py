"""Pictures and text files for prompts: taken in, looked at again, thrown away."""

from __future__ import annotations

import asyncio
from uuid import UUID

from glacia_ui.core.attachments import MAX_UPLOAD_BYTES, clean_name
from glacia_ui.core.models import Attachment, AttachmentContent
from glacia_ui.db.attachments import Attachments as AttachmentRows
from glacia_ui.db.projects import Projects as ProjectRows
from glacia_ui.db.transport import Caller
from glacia_ui.errors import TooLargeError
from glacia_ui.services.pictures import prepare

_DECODERS = 1
"""Pictures decoded at once: one may take 250 MB for a moment."""


class Attachments:
    """The caller's own. Others' raise NotFoundError."""

    def __init__(self, rows: AttachmentRows, projects: ProjectRows) -> None:
        self._rows = rows
        self._projects = projects
        self._decoders = asyncio.Semaphore(_DECODERS)

    async def upload(self, caller: Caller, project_id: UUID, name: str, media_type: str, data: bytes) -> Attachment:
        """Take in one file, for a prompt of the next 24 hours.

        Raises ValidationError (as `services.pictures.prepare`), TooLargeError, NotFoundError, and ConflictError when
        too much is kept already (`too_many_unused`, `attachments_full`).
        """
        await self._projects.get_project(caller, project_id)
        if len(data) > MAX_UPLOAD_BYTES:
            raise TooLargeError(code="attachment_too_large", params={"limit": MAX_UPLOAD_BYTES // 1024 // 1024})
        async with self._decoders:
            prepared = await asyncio.to_thread(prepare, data, name, media_type)
        return await self._rows.store_attachment(
            caller,
            project_id,
            kind=prepared.kind,
            media_type=prepared.media_type,
            name=clean_name(name, "picture" if prepared.kind == "image" else "text"),
            content=prepared.content,
            size=(prepared.width, prepared.height),
        )

    async def get(self, caller: Caller, attachment_id: UUID) -> AttachmentContent:
        """One with its content."""
        return await self._rows.get_attachment(caller, attachment_id)

    async def drop(self, caller: Caller, attachment_id: UUID) -> None:
        """Throw it away, unless a prompt has used it."""
        await self._rows.drop_attachment(caller, attachment_id)
