"""A request by somebody: who it is, checked before a byte of the body is read.

`/api/v1` takes a cookie or a Bearer token, asks the database each time and counts the call; event streams there are not
counted. `/page/v1` is the same routes for our own pages: cookie only, not counted, and a session is believed for 5 s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from glacia_ui.core.models import RateWindow, User
from glacia_ui.db.transport import Caller
from glacia_ui.errors import AuthenticationError
from glacia_ui.web.context import context_of, cookie_token
from glacia_ui.web.problems import window_headers
from glacia_ui.web.scope import client_address

if TYPE_CHECKING:
    from glacia_ui.services.container import Services

API = "/api/v1"
PAGE = "/page/v1"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, and what they may use to get an answer. `root` is the prefix of the addresses to hand out."""

    services: Services
    user: User
    caller: Caller
    token: str
    rate: RateWindow | None
    root: str


async def _current(request: Request) -> Visit:
    return cast(Visit, request.state.visit)


CurrentVisit = Annotated[Visit, Depends(_current)]


class VisitRoute(APIRoute):
    """A route for people who are signed in. Strangers get 401 whatever else is wrong with their request."""

    is_counted = True

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, behind the door."""
        handle = super().get_route_handler()
        is_counted = self.is_counted

        async def visited(request: Request) -> Response:
            visit = await open_visit(request, is_counted=is_counted)
            request.state.visit = visit
            response = await handle(StrictRequest(request.scope, request.receive))
            for name, value in window_headers(visit.rate).items():
                response.headers.setdefault(name, value)
            return response

        return visited


class UncountedRoute(VisitRoute):
    """The same for what is no call of the hundred a minute: event streams, and quotes with a limit of their own."""

    is_counted = False


class PublicRoute(APIRoute):
    """A route that needs no session."""

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, reading JSON strictly."""
        handle = super().get_route_handler()

        async def public(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return public


class StrictRequest(Request):
    """Reads JSON as the standard has it, and reports whatever it cannot read as one kind of error."""

    async def json(self) -> Any:
        """Raises JSONDecodeError, also for NaN, a number of 5000 digits, or brackets a thousand deep."""
        try:
            return json.loads(await self.body(), parse_constant=_refuse)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(type(error).__name__, "", 0) from error


async def open_visit(request: Request, *, is_counted: bool = False) -> Visit:
    """Check the session. Raises AuthenticationError and RateLimitedError."""
    context, address = context_of(request), client_address(request.scope)
    root = PAGE if request.scope["path"].startswith(f"{PAGE}/") else API
    token = cookie_token(request) if root == PAGE else _bearer(request) or cookie_token(request)
    if not token:
        raise AuthenticationError("no token")
    if root == PAGE:
        admission = await context.sessions.glance(token, address)
    else:
        admission = await context.sessions.admit(token, address, is_counted=is_counted)
    request.state.admission = admission
    return Visit(context.services, admission.user, admission.caller, token, admission.rate, root)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
