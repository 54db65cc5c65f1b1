"""Plain pages for people when there is nothing better to show: not found, not allowed, failed."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import HTMLResponse
from starlette.types import Scope

from glacia_ui.errors import AppError, NotFoundError
from glacia_ui.web.csp import PLAIN_POLICY
from glacia_ui.web.problems import problem_response
from glacia_ui.web.scope import request_id
from glacia_ui.web.templating import render
from glacia_ui.web.wording import sentence


def error_page(scope: Scope, error: AppError) -> HTMLResponse:
    """The same as the problem document, as a page; headers such as Retry-After included."""
    problem = problem_response(scope, error)
    is_missing = isinstance(error, NotFoundError)
    page = render(
        "notice.html",
        title_key="page_missing_title" if is_missing else "page_failed_title",
        message=None if error.code == "not_found" else sentence(error),
        request_id=request_id(scope) if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else None,
    )
    headers = {name: value for name, value in problem.headers.items() if not name.startswith("content-")}
    return HTMLResponse(page, error.status, headers=headers | {"Content-Security-Policy": PLAIN_POLICY})
