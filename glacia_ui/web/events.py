"""A generation's events as Server-Sent Events: `id` is the number, `event` the type, `data` one line of JSON.

A reader who comes back names the last number it has (`Last-Event-ID`, or `?after=`) and gets exactly the rest, byte for
byte what an uncut stream would have been; keep-alive comments are not events. 204 tells EventSource that there is
nothing more to come. With `?render=html` the deltas of the message also carry what the page places.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import anyio
from fastapi import Request, Response
from loguru import logger
from starlette.types import Receive, Scope, Send

from glacia_ui.core.events import Event, EventType
from glacia_ui.errors import AppError, AuthenticationError, PermissionDeniedError
from glacia_ui.web.context import Context, context_of
from glacia_ui.web.markdown import GrowingText
from glacia_ui.web.scope import client_address
from glacia_ui.web.visit import Visit

KEEP_ALIVE_SECONDS = 15.0
RECHECK_SECONDS = 5.0
"""How often an open stream asks whether its session still stands."""
_KEEP_ALIVE = b": still here\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def event_stream(request: Request, visit: Visit, generation_id: UUID, after: int, *, as_html: bool) -> Response:
    """The stream, or 204 when it has ended and `after` is its last number. Raises NotFoundError."""
    generations = visit.services.generations
    events = await generations.follow(visit.caller, generation_id, after)
    if events is None:
        return Response(status_code=204, headers=_HEADERS)
    if as_html:
        # What is placed depends on all the text before it, so that is read again, and not sent.
        events = with_html(await generations.follow(visit.caller, generation_id, 0) or events, after)
    return EventStream(events, context_of(request), visit.token, client_address(request.scope))


def encode(event: Event) -> bytes:
    """One event on the wire."""
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"), default=str)
    return f"id: {event.seq}\nevent: {event.type}\ndata: {data}\n\n".encode("utf-8", "replace")


async def with_html(events: AsyncIterator[Event], after: int) -> AsyncIterator[Event]:
    """The events above number `after`, deltas of the message with `blocks` that are finished and the `open` one."""
    text = GrowingText()
    async for event in events:
        placed = html_of(event.type, event.data, text, is_sent=event.seq > after)
        if event.seq > after:
            yield event.model_copy(update={"data": event.data | placed}) if placed else event


def html_of(kind: EventType, data: Mapping[str, Any], text: GrowingText, *, is_sent: bool = True) -> dict[str, Any]:
    """What an event adds to the page, besides its data. `text` holds the message so far, and grows by this event."""
    if kind != "message.delta":
        return {}
    blocks = text.add(data["text"])
    if not is_sent:
        return {}
    return {"blocks": [{"index": b.index, "html": b.html} for b in blocks], "open": text.open_html}


class EventStream(Response):
    """Sends events as they come; ends with them, with the reader, with the session or with the process."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[Event], context: Context, token: str, address: str) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers(_HEADERS)
        del self.headers["content-length"]
        self._events = events
        self._context = context
        self._token = token
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run until the first of the ways to end."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with self._context.sessions.watch(self._token) as signed_out:
            ends: tuple[Callable[[], Awaitable[object]], ...] = (
                partial(self._send_events, send),
                partial(_disconnected, receive),
                self._session_ended,
                signed_out.wait,
                self._context.closing.wait,
            )
            async with anyio.create_task_group() as tasks:

                async def run(end: Callable[[], Awaitable[object]]) -> None:
                    await end()
                    tasks.cancel_scope.cancel()

                for end in ends:
                    tasks.start_soon(run, end)
                tasks.start_soon(_keep_alive, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_events(self, send: Send) -> None:
        try:
            async for event in self._events:
                await send({"type": "http.response.body", "body": encode(event), "more_body": True})
        except AppError as error:
            # The answer has begun, so it cannot become a problem: the reader comes back with its last number.
            logger.opt(exception=error).error("event stream ended: {}", error)

    async def _session_ended(self) -> None:
        """Return when the session is over elsewhere; being unable to ask is no reason to end a stream."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self._context.sessions.glance(self._token, self._address)
            except (AuthenticationError, PermissionDeniedError):
                return
            except AppError as error:
                logger.warning("session could not be checked: {}", error)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _keep_alive(send: Send) -> None:
    """So that no proxy takes a long thought for a dead connection."""
    while True:
        await asyncio.sleep(KEEP_ALIVE_SECONDS)
        await send({"type": "http.response.body", "body": _KEEP_ALIVE, "more_body": True})
