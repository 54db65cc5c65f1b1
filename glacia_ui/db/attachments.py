"""Attachments: store, read, drop. One method per SQL function."""

from __future__ import annotations

import base64
from uuid import UUID

from glacia_ui.core.models import Attachment, AttachmentContent
from glacia_ui.db.transport import Caller, Transport


class Attachments:
    """Somebody else's attachment or project raises NotFoundError, as one that does not exist."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def store_attachment(
        self,
        caller: Caller,
        project_id: UUID,
        *,
        kind: str,
        media_type: str,
        name: str,
        content: bytes,
        size: tuple[int | None, int | None],
    ) -> Attachment:
        """Keep it for a prompt; `size` is (width, height) in pixels, of pictures only.

        Raises NotFoundError, ValidationError, and ConflictError (`too_many_unused`, `attachments_full`).
        """
        args = {
            "p_project_id": project_id,
            "p_kind": kind,
            "p_media_type": media_type,
            "p_name": name,
            "p_content": base64.b64encode(content).decode(),
            "p_width": size[0],
            "p_height": size[1],
        }
        answer = await self._transport.rpc("store_attachment", args, caller)
        return Attachment.model_validate(answer["attachment"])

    async def get_attachment(self, caller: Caller, attachment_id: UUID) -> AttachmentContent:
        """With its content in base64. Raises NotFoundError."""
        answer = await self._transport.rpc("get_attachment", {"p_attachment_id": attachment_id}, caller)
        return AttachmentContent.model_validate(answer["attachment"])

    async def drop_attachment(self, caller: Caller, attachment_id: UUID) -> bool:
        """Remove it; False when a prompt has used it, and it stays. Raises NotFoundError."""
        answer = await self._transport.rpc("drop_attachment", {"p_attachment_id": attachment_id}, caller)
        return bool(answer["ok"])
