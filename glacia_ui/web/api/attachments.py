"""Pictures and text files for prompts: upload, look at, throw away."""

from __future__ import annotations

import base64
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from glacia_ui.core.models import Attachment
from glacia_ui.web.api.types import Text
from glacia_ui.web.visit import CurrentVisit, VisitRoute

router = APIRouter(tags=["attachments"], route_class=VisitRoute)
_RAW = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.post(
    "/projects/{project_id}/attachments",
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": _RAW}},
)
async def upload_attachment(
    request: Request,
    visit: CurrentVisit,
    project_id: UUID,
    name: Annotated[Text, Query(description="The file's name; what is too long is cut.")] = "",
    content_type: Annotated[str, Header()] = "",
) -> Attachment:
    """The file itself as the body: a picture (PNG, JPEG, WebP, GIF) or a text in UTF-8, up to 5 MB.

    Name its id with a request within a day. Of a picture only the pixels are kept, at most 1568 on a side.
    """
    return await visit.services.attachments.upload(visit.caller, project_id, name, content_type, await request.body())


@router.get("/attachments/{attachment_id}", response_class=Response)
async def read_attachment(visit: CurrentVisit, attachment_id: UUID) -> Response:
    """The picture, or the text as plain text: nothing in it may run here."""
    found = await visit.services.attachments.get(visit.caller, attachment_id)
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(found.name, safe='')}",
    }
    media_type = f"{found.media_type}; charset=utf-8" if found.kind == "text" else found.media_type
    return Response(base64.b64decode(found.content), media_type=media_type, headers=headers)


@router.delete("/attachments/{attachment_id}", status_code=204)
async def drop_attachment(visit: CurrentVisit, attachment_id: UUID) -> None:
    """Throw it away. One that a request has used stays with it."""
    await visit.services.attachments.drop(visit.caller, attachment_id)
