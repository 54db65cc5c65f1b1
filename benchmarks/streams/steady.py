"""A model that writes a word every 20 ms, each with its number and the time at which it was sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import httpx2

from glacia_ui.claude.demo.wire import Frame, message_delta

TOKENS_PER_SECOND = 50
_HEAD = {
    "id": "msg_bench", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [],
    "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 10, "output_tokens": 1},
}  # fmt: skip


class Steady(httpx2.AsyncBaseTransport):
    """Answers every request with a text of `tokens` words."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The stream, whatever is asked."""
        headers = {"content-type": "text/event-stream", "request-id": "req_bench"}
        return httpx2.Response(200, headers=headers, stream=_Words(self._tokens), request=request)


class _Words(httpx2.AsyncByteStream):
    def __init__(self, tokens: int) -> None:
        self._tokens = tokens

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield Frame("message_start", {"message": _HEAD}).encode()
        yield Frame("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}).encode()
        began = time.monotonic()
        for number in range(self._tokens):
            await asyncio.sleep(max(0.0, began + number / TOKENS_PER_SECOND - time.monotonic()))
            text = f"{number}@{time.monotonic():.4f} "
            delta = {"type": "text_delta", "text": text}
            yield Frame("content_block_delta", {"index": 0, "delta": delta}).encode()
        yield Frame("content_block_stop", {"index": 0}).encode()
        yield message_delta("end_turn", self._tokens).encode()
        yield Frame("message_stop", {}).encode()
