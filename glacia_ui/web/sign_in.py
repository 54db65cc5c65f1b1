"""The door, as pages: sign in, create an account, come in as a guest, leave. Plain forms that work without a script."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from glacia_ui.core.texts import text
from glacia_ui.errors import AppError, AuthenticationError, PermissionDeniedError, ValidationError
from glacia_ui.identity.model import MailSent, SignedIn
from glacia_ui.identity.passwords import SHORTEST
from glacia_ui.web.context import context_of, cookie_token
from glacia_ui.web.cookies import clear_session_cookie, set_session_cookie
from glacia_ui.web.csp import PLAIN_POLICY
from glacia_ui.web.problems import problem_response
from glacia_ui.web.scope import client_address
from glacia_ui.web.templating import render
from glacia_ui.web.wording import sentence

Mode = Literal["sign_in", "sign_up"]
Field = Annotated[str, Form()]
_INSIDE = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]*")
_LONGEST_FIELD = 300
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def show_sign_in(request: Request, next: Annotated[str, Query()] = "/") -> Response:  # noqa: A002
    """The form, or on to where one was going when there is a session already."""
    return await _show(request, "sign_in", next)


@router.get("/sign-up")
async def show_sign_up(request: Request, next: Annotated[str, Query()] = "/") -> Response:  # noqa: A002
    """The same for a new account."""
    return await _show(request, "sign_up", next)


@router.post("/sign-in")
async def sign_in(request: Request, email: Field = "", password: Field = "", next: Field = "/") -> Response:  # noqa: A002
    """On to the app, or the form again with what went wrong."""
    try:
        _check(email, password)
        identity = context_of(request).services.identity
        signed_in = await identity.sign_in(email, password, client_address(request.scope))
    except AppError as error:
        return _form(request, "sign_in", next, email, error)
    return await _enter(request, signed_in, next)


@router.post("/sign-up")
async def sign_up(request: Request, email: Field = "", password: Field = "", next: Field = "/") -> Response:  # noqa: A002
    """The same for a new account, or a page that says to look for the mail that confirms the address."""
    try:
        _check(email, password)
        identity = context_of(request).services.identity
        outcome = await identity.sign_up(email, password, client_address(request.scope))
    except AppError as error:
        return _form(request, "sign_up", next, email, error)
    return _mail_sent(outcome) if isinstance(outcome, MailSent) else await _enter(request, outcome, next)


@router.post("/guest")
async def enter_as_guest(request: Request, next: Field = "/") -> Response:  # noqa: A002
    """One click."""
    try:
        signed_in = await context_of(request).services.identity.guest(client_address(request.scope))
    except AppError as error:
        return _form(request, "sign_in", next, "", error)
    return await _enter(request, signed_in, next)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Ends the session here at once, and everywhere within seconds."""
    if token := cookie_token(request):
        await context_of(request).sessions.sign_out(token)
    response = RedirectResponse("/sign-in", 303, headers={"Cache-Control": "no-store"})
    clear_session_cookie(request, response)
    return response


def inside(address: str) -> str:
    """The address when it is a path of ours, else the start page: nobody is sent to another site from here."""
    return address if _INSIDE.fullmatch(address) else "/"


async def _show(request: Request, mode: Mode, next_: str) -> Response:
    if token := cookie_token(request):
        try:
            await context_of(request).sessions.glance(token, client_address(request.scope))
        except (AuthenticationError, PermissionDeniedError):
            pass
        else:
            return RedirectResponse(inside(next_), 303, headers={"Cache-Control": "no-store"})
    return _form(request, mode, next_)


def _check(email: str, password: str) -> None:
    """What no database can store is refused before anybody looks at it."""
    for field, value in ((text("auth.email"), email), (text("auth.password"), password)):
        if not value:
            raise ValidationError(code="field_missing", params={"field": field})
        if len(value) > _LONGEST_FIELD:
            raise ValidationError(code="field_too_long", params={"field": field, "limit": _LONGEST_FIELD})
        if _UNSTORABLE.search(value):
            raise ValidationError(code="text_unreadable", params={"field": field})


async def _enter(request: Request, signed_in: SignedIn, next_: str) -> Response:
    """Into the new session; the one that this browser had before is closed, because nobody could end it any more."""
    if old := cookie_token(request):
        await context_of(request).sessions.sign_out(old)
    response = RedirectResponse(inside(next_), 303, headers={"Cache-Control": "no-store"})
    set_session_cookie(request, response, signed_in.access_token)
    return response


def _mail_sent(sent: MailSent) -> HTMLResponse:
    page = render("notice.html", title_key="mail_sent_title", message=text("auth.mail_sent", email=sent.email))
    return HTMLResponse(page, headers={"Content-Security-Policy": PLAIN_POLICY, "Cache-Control": "no-store"})


def _form(request: Request, mode: Mode, next_: str, email: str = "", error: AppError | None = None) -> HTMLResponse:
    page = render(
        "sign_in.html",
        mode=mode,
        next=inside(next_),
        email="" if _UNSTORABLE.search(email) else email[:_LONGEST_FIELD],
        message=sentence(error) if error else None,
        offers=context_of(request).services.identity.offers,
        shortest=SHORTEST,
    )
    headers = {"Content-Security-Policy": PLAIN_POLICY, "Cache-Control": "no-store"}
    if error:
        found = problem_response(request.scope, error).headers
        headers |= {
            name: value for name, value in found.items() if name in ("retry-after", "ratelimit", "ratelimit-policy")
        }
    return HTMLResponse(page, error.status if error else 200, headers=headers)
