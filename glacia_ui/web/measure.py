"""Counts and times every request, by area: what it is about, not where exactly it went."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glacia_ui.telemetry.metrics import Metrics

_AREAS = (
    ("/api/v1/", "api"),
    ("/page/v1/", "page_data"),
    ("/preview/", "preview"),
    ("/assets/", "asset"),
    ("/gradio_api/", "gradio"),
    ("/health", "health"),
    ("/api/health", "health"),
    ("/metrics", "metrics"),
)


class MeasureMiddleware:
    """Feeds `Metrics`."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count it when it has ended."""
        if scope["type"] != "http":
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
            is_stream = scope["path"].endswith("/events") or scope["path"].startswith("/gradio_api/queue/data")
            seconds = None if is_stream else time.perf_counter() - begun
            self._metrics.request_ended(_area(scope["path"]), status, seconds)


def _area(path: str) -> str:
    return next((area for prefix, area in _AREAS if path.startswith(prefix)), "page")
