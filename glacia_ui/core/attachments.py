"""Pictures and text files that go with a prompt: their limits, their names, and how the model is shown them."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from glacia_ui.core.models import AttachmentContent

MAX_ATTACHMENTS = 5
"""With one prompt; SQL holds the same rule."""
MAX_UPLOAD_BYTES = 5 * 1024 * 1024
"""Of one file as it is sent to us. What is kept of a picture is smaller."""
MAX_TEXT_CHARACTERS = 100_000
"""Of a text file, as of a prompt."""
MAX_NAME = 200
_UNNAMEABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff<>]+")


def clean_name(name: str, fallback: str) -> str:
    """The last part of a file's name without what could not be shown, 1 to 200 characters."""
    last = _UNNAMEABLE.sub(" ", re.split(r"[\\/]", name)[-1])
    return " ".join(last.split())[:MAX_NAME].strip() or fallback


def attachment_blocks(attachments: Sequence[AttachmentContent]) -> list[dict[str, Any]]:
    """Blocks of the Messages API, each file under its name, in the order in which they were attached."""
    return [block for attachment in attachments for block in _blocks(attachment)]


def _blocks(attachment: AttachmentContent) -> list[dict[str, Any]]:
    name = escape(attachment.name)
    if attachment.kind == "text":
        text = base64.b64decode(attachment.content).decode("utf-8", "replace")
        return [{"type": "text", "text": f'<attached name="{name}">\n{text}\n</attached>'}]
    source = {"type": "base64", "media_type": attachment.media_type, "data": attachment.content}
    return [{"type": "text", "text": f'<attached picture="{name}">'}, {"type": "image", "source": source}]
