"""What the web layer of one app is made of, and how a request finds it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from starlette.requests import HTTPConnection

from glacia_ui.web.options import WebOptions
from glacia_ui.web.sessions import Sessions

if TYPE_CHECKING:
    from glacia_ui.services.container import Services


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by `create_app`. `closing` is set when the process is about to stop: streams end then."""

    services: Services
    options: WebOptions
    sessions: Sessions
    closing: asyncio.Event = field(default_factory=asyncio.Event)


def context_of(connection: HTTPConnection) -> Context:
    """The context of the app that serves this request."""
    return cast(Context, connection.app.state.context)


def cookie_token(connection: HTTPConnection) -> str:
    """The access token of the cookie, or an empty text."""
    return connection.cookies.get(context_of(connection).options.cookie_name, "")
