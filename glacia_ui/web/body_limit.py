"""Refuses bodies over a limit without keeping them.

A length that is announced is refused at once. What the visitor sends all the same is read and thrown away for a moment,
because closing a connection with unread bytes in it would also destroy our answer.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glacia_ui.errors import TooLargeError
from glacia_ui.web.problems import problem_response

_DRAINED_BYTES = 64_000_000
_DRAIN_SECONDS = 5.0


class BodyLimitMiddleware:
    """413 for a request body of more than `limit` bytes; `larger` ones where the whole path matches."""

    def __init__(self, app: ASGIApp, *, limit: int, larger: Mapping[re.Pattern[str], int] | None = None) -> None:
        self.app = app
        self._limit = limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a `receive` that counts, or refuse at once."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit_for(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced[:19]) > limit:
            await self._refuse(scope, receive, send)
            return
        await self.app(scope, self._counted(receive, limit), send)

    def _limit_for(self, path: str) -> int:
        return max([self._limit, *(limit for route, limit in self._larger.items() if route.fullmatch(path))])

    def _counted(self, receive: Receive, limit: int) -> Receive:
        total = 0

        async def counting() -> Message:
            nonlocal total
            message = await receive()
            if message["type"] == "http.request":
                total += len(message.get("body", b""))
                if total > limit:
                    # The only kind of error that FastAPI lets through while it reads a body.
                    raise HTTPException(413)
            return message

        return counting

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = problem_response(scope, TooLargeError())
        response.headers["Connection"] = "close"
        await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
        await send({"type": "http.response.body", "body": response.body, "more_body": True})
        with suppress(TimeoutError):
            await asyncio.wait_for(_drain(receive), _DRAIN_SECONDS)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _drain(receive: Receive) -> None:
    read = 0
    while read < _DRAINED_BYTES:
        message = await receive()
        read += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return
