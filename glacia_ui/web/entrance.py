"""What all ways in share: the pages at the door, what a form may hold, and the step into a new session."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Form, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from glacia_ui.core.texts import text
from glacia_ui.errors import AppError, AuthenticationError, PermissionDeniedError, ValidationError
from glacia_ui.identity.model import Admission, SignedIn
from glacia_ui.web.context import context_of, cookie_token
from glacia_ui.web.cookies import set_session_cookie
from glacia_ui.web.csp import PLAIN_POLICY
from glacia_ui.web.flows import forget_flow
from glacia_ui.web.problems import problem_response
from glacia_ui.web.scope import client_address
from glacia_ui.web.templating import render
from glacia_ui.web.wording import sentence

Field = Annotated[str, Form()]
_INSIDE = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]*")
_LONGEST_FIELD = 300
_LONGEST_ADDRESS = 1000
"""It travels in a cookie, which has 4 KB in all."""
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_NO_STORE = {"Cache-Control": "no-store"}


def inside(address: str) -> str:
    """The address when it is a path of ours, else the start page: nobody is sent to another site from here."""
    return address if len(address) <= _LONGEST_ADDRESS and _INSIDE.fullmatch(address) else "/"


def check_fields(**fields: str) -> None:
    """What no database can store is refused before anybody looks at it. Names are those of the catalogue.

    Raises ValidationError.
    """
    for name, value in fields.items():
        field = text(f"auth.{name}")
        if not value:
            raise ValidationError(code="field_missing", params={"field": field})
        if len(value) > _LONGEST_FIELD:
            raise ValidationError(code="field_too_long", params={"field": field, "limit": _LONGEST_FIELD})
        if _UNSTORABLE.search(value):
            raise ValidationError(code="text_unreadable", params={"field": field})


def typed(value: str) -> str:
    """What somebody typed, fit to be shown in the form again."""
    return "" if _UNSTORABLE.search(value) else value[:_LONGEST_FIELD]


def door_page(
    request: Request, template: str, error: AppError | None = None, status: int = 200, **values: object
) -> HTMLResponse:
    """A page at the door. With an error it says what went wrong, and has that error's status and headers."""
    page = render(template, message=sentence(error) if error else None, **values)
    headers = {"Content-Security-Policy": PLAIN_POLICY, **_NO_STORE}
    if error:
        found = problem_response(request.scope, error).headers
        shown = ("retry-after", "ratelimit", "ratelimit-policy")
        headers |= {name: value for name, value in found.items() if name in shown}
    return HTMLResponse(page, error.status if error else status, headers=headers)


def go(address: str) -> RedirectResponse:
    """On to a page of ours, as a GET."""
    return RedirectResponse(inside(address), 303, headers=_NO_STORE)


async def enter(request: Request, response: Response, signed_in: SignedIn) -> Response:
    """Into the new session; the one that this browser had before is closed, because nobody could end it any more."""
    if old := cookie_token(request):
        await context_of(request).sessions.sign_out(old)
    set_session_cookie(request, response, signed_in.access_token)
    forget_flow(request, response)
    return response


async def who_is_here(request: Request) -> Admission | None:
    """The session that this browser has, if it has one that still lasts."""
    if not (token := cookie_token(request)):
        return None
    try:
        return await context_of(request).sessions.glance(token, client_address(request.scope))
    except (AuthenticationError, PermissionDeniedError):
        return None
