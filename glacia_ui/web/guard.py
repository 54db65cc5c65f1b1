"""Stands in front of Gradio: only people who are signed in get through, only to what our pages use, only as themselves.

Gradio's own `auth_dependency` leaves a dozen endpoints open and lets any user take over another's session, so nothing
is left to it. Inside, `request.state.admission` says who is there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glacia_ui.errors import AppError, AuthenticationError, NotFoundError, ValidationError
from glacia_ui.web.context import Context, cookie_token
from glacia_ui.web.gradio_sessions import GradioSessions
from glacia_ui.web.notices import error_page
from glacia_ui.web.problems import problem_response
from glacia_ui.web.scope import client_address, is_api, wants_page

_OPEN = ("/assets/", "/static/", "/svelte/")
"""Gradio's own scripts and styles: the same for everybody, and in every installation."""
_ENDPOINTS = re.compile(
    r"/config|/theme\.css|/gradio_api/("
    r"queue/(join|data|status)|run/[\w-]+|cancel|reset|component_server|heartbeat/[\w-]+|info|app_id|startup-events"
    r"|theme\.css|login_check|upload_progress)/?"
)
"""What a page of ours needs of Gradio. No upload, no file, no stream, no login, no monitoring."""
_NOT_PAGES = re.compile(
    r"/(gradio_api|login|logout|monitoring|pwa_icon|config|theme\.css|openapi\.json|docs|redoc|mcp|custom_component)(/|$)"
)


def guard_pages(app: FastAPI, context: Context) -> None:
    """Put the guard around what `mount_gradio_app` has mounted last. Raises LookupError when there is no mount."""
    for route in reversed(app.router.routes):
        if isinstance(route, Mount):
            route.app = PagesGuard(route.app, context)
            return
    raise LookupError("Gradio is not mounted")


class PagesGuard:
    """ASGI around Gradio."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self.app = app
        self._context = context
        self._sessions = GradioSessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed; answer the rest."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            try:
                await self._admit(scope, receive, send)
            except AppError as error:
                await _refusal(scope, error)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if is_api(scope) or path.startswith("/preview/"):
            # Ours, but no route took it (a line break in a path fits none): Gradio has nothing to say to it.
            raise NotFoundError
        if path.startswith(_OPEN) and scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        token = cookie_token(request)
        if not token:
            raise AuthenticationError("no cookie")
        admission = await self._context.sessions.glance(token, client_address(scope))
        request.state.admission = admission
        if not _ENDPOINTS.fullmatch(path) and _NOT_PAGES.match(path):
            raise NotFoundError("not an endpoint of our pages")
        body = await request.body() if scope["method"] == "POST" else None
        for session_hash in _session_hashes(request, body):
            if not self._sessions.is_owned(session_hash, admission.user.id):
                raise NotFoundError("somebody else's session")
        await self.app(scope, receive if body is None else _replayed(body, receive), _page_send(scope, receive, send))


def _session_hashes(request: Request, body: bytes | None) -> Iterator[str]:
    """Every place where Gradio looks for one. Raises ValidationError for a body that is not a JSON object."""
    yield from request.query_params.getlist("session_hash")
    path = request.scope["path"]
    if path.startswith("/gradio_api/heartbeat/"):
        yield path.split("/")[3]
    if body is not None:
        found = _parsed(body).get("session_hash")
        if isinstance(found, str):
            yield found


def _parsed(body: bytes) -> dict[str, Any]:
    """As Gradio will read it. Forms are refused: Gradio would look for the hash in them, too."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValidationError("not JSON", code="body_not_json") from error
    if not isinstance(value, dict):
        raise ValidationError("not an object", code="body_not_object")
    return value


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read here once more, and then what really comes."""
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _page_send(scope: Scope, receive: Receive, send: Send) -> Send:
    """Shows our own page where Gradio says 404 in JSON, and keeps pages out of shared caches."""
    if not wants_page(scope):
        return send
    is_missing = False

    async def send_page(message: Message) -> None:
        nonlocal is_missing
        if message["type"] == "http.response.start":
            is_missing = message["status"] == 404
            MutableHeaders(scope=message).setdefault("Cache-Control", "private, no-cache")
            if is_missing:
                await error_page(scope, NotFoundError())(scope, receive, send)
        if not is_missing:
            await send(message)

    return send_page


def _refusal(scope: Scope, error: AppError) -> Response:
    if not wants_page(scope):
        return problem_response(scope, error)
    return _to_sign_in(scope) if isinstance(error, AuthenticationError) else error_page(scope, error)


def _to_sign_in(scope: Scope) -> RedirectResponse:
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    address = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
