"""The last route below `/api` and `/page`: whatever no other took is a problem in our words, not Gradio's.

A wrong method on an address that exists is 405 and says which ones it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from glacia_ui.errors import AppError, MethodNotAllowedError, NotFoundError
from glacia_ui.web.problems import problem_response

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class UnknownRoute:
    """Answers for addresses that are nobody's."""

    def __init__(self, routes: Callable[[], Sequence[BaseRoute]]) -> None:
        """`routes` are all that come before this one."""
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """404 or 405."""
        allowed = [method for method in _METHODS if self._takes(scope, method)]
        error: AppError = MethodNotAllowedError(params={"allow": ", ".join(allowed)}) if allowed else NotFoundError()
        await problem_response(scope, error)(scope, receive, send)

    def _takes(self, scope: Scope, method: str) -> bool:
        asked = {**scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in self._routes())
