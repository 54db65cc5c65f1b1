"""One log line per request that is worth one: what was asked, how it ended, how long it took.

The path of a preview is left out, because whoever knows it may look at the preview. Assets and Gradio's own traffic
would drown the rest.
"""

from __future__ import annotations

import time

from loguru import logger
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SILENT = (
    "/assets/",
    "/static/",
    "/svelte/",
    "/gradio_api/",
    "/favicon",
    "/health",
    "/api/health",
    "/theme.css",
    "/metrics",
)
_SECRET = "/preview/"  # noqa: S105  a path, not a password


class AccessLogMiddleware:
    """Logs method, path, status, duration, user and problem code; no query, no body, no header."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and write its line when it has ended."""
        if scope["type"] != "http" or scope["path"].startswith(_SILENT):
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, note_status)
        finally:
            _write(scope, status, round((time.perf_counter() - begun) * 1000))


def _write(scope: Scope, status: int, duration_ms: int) -> None:
    state = scope.get("state", {})
    admission = state.get("admission")
    logger.bind(
        method=scope["method"],
        path=_SECRET if scope["path"].startswith(_SECRET) else scope["path"],
        status=status,
        duration_ms=duration_ms,
        user_id=str(admission.user.id) if admission else None,
        code=state.get("problem"),
    ).info("request")
