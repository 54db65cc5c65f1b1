"""The body of a request to the Messages API, as it is sent and as its tokens are counted before that."""

from __future__ import annotations

from typing import Any

from glacia_ui.core.prompt import MAX_OUTPUT_TOKENS, ModelRequest, first_messages, system_blocks
from glacia_ui.core.tools import tools_for


def message_body(request: ModelRequest, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """One request of a generation; `messages` is its conversation so far."""
    return {**_told(request, messages), "max_tokens": MAX_OUTPUT_TOKENS}


def counted_body(request: ModelRequest) -> dict[str, Any]:
    """The first request of a generation, as `/v1/messages/count_tokens` takes it."""
    return _told(request, first_messages(request))


def _told(request: ModelRequest, messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "model": request.model,
        "system": system_blocks(request.mode),
        "messages": messages,
        "tools": tools_for(request.mode),
        "thinking": {"type": "adaptive", "display": "summarized"},
    }
