"""The outermost edge: whatever nobody expected is logged with the request id and answered in one plain sentence.

If the answer has begun, the error goes on to the server, which cuts the connection: pretending that it ended well
would be worse.
"""

from __future__ import annotations

from loguru import logger
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glacia_ui.errors import AppError
from glacia_ui.web.notices import error_page
from glacia_ui.web.problems import problem_response
from glacia_ui.web.scope import wants_page


class CatchErrorsMiddleware:
    """Turns exceptions that reach it into a problem, or a page for people."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer for whatever comes back as an exception."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def watch(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            return  # nobody is there to be told
        except Exception as error:
            if has_begun:
                raise
            if not isinstance(error, AppError):
                logger.opt(exception=error).error("unexpected error")
                error = AppError(type(error).__name__)
            response = error_page(scope, error) if wants_page(scope) else problem_response(scope, error)
            await response(scope, receive, send)
