"""The door, as pages: sign in, create an account, come in as a guest, leave. Plain forms that work without a script."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse

from glacia_ui.errors import AppError
from glacia_ui.identity.model import MailSent
from glacia_ui.identity.passwords import SHORTEST
from glacia_ui.web.context import context_of, cookie_token
from glacia_ui.web.cookies import clear_session_cookie
from glacia_ui.web.entrance import Field, check_fields, door_page, enter, go, inside, typed, who_is_here
from glacia_ui.web.flows import Flow, forget_flow, keep_flow
from glacia_ui.web.scope import client_address

Mode = Literal["sign_in", "sign_up"]

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def show_sign_in(request: Request, next: Annotated[str, Query()] = "/") -> Response:  # noqa: A002
    """The form, or on to where one was going when there is a session already."""
    return go(next) if await who_is_here(request) else sign_in_form(request, "sign_in", next)


@router.get("/sign-up")
async def show_sign_up(request: Request, next: Annotated[str, Query()] = "/") -> Response:  # noqa: A002
    """The same for a new account."""
    return go(next) if await who_is_here(request) else sign_in_form(request, "sign_up", next)


@router.post("/sign-in")
async def sign_in(request: Request, email: Field = "", password: Field = "", next: Field = "/") -> Response:  # noqa: A002
    """On to the app, or the form again with what went wrong."""
    try:
        check_fields(email=email, password=password)
        identity = context_of(request).services.identity
        signed_in = await identity.sign_in(email, password, client_address(request.scope))
    except AppError as error:
        return sign_in_form(request, "sign_in", next, email, error)
    return await enter(request, go(next), signed_in)


@router.post("/sign-up")
async def sign_up(request: Request, email: Field = "", password: Field = "", next: Field = "/") -> Response:  # noqa: A002
    """The same for a new account, or first to the mailbox when the address has to be confirmed."""
    try:
        check_fields(email=email, password=password)
        identity = context_of(request).services.identity
        result = await identity.sign_up(email, password, client_address(request.scope))
    except AppError as error:
        return sign_in_form(request, "sign_up", next, email, error)
    if isinstance(result, MailSent):
        response = go("/check-mail")
        keep_flow(request, response, Flow("sign_up", result.flow, result.email, inside(next)))
        return response
    return await enter(request, go(next), result)


@router.post("/guest")
async def enter_as_guest(request: Request, next: Field = "/") -> Response:  # noqa: A002
    """One click."""
    try:
        signed_in = await context_of(request).services.identity.guest(client_address(request.scope))
    except AppError as error:
        return sign_in_form(request, "sign_in", next, "", error)
    return await enter(request, go(next), signed_in)


@router.post("/sign-out")
async def sign_out(request: Request, everywhere: Field = "") -> Response:
    """Ends the session here at once, and in other processes within seconds; or all sessions of this person."""
    sessions, token = context_of(request).sessions, cookie_token(request)
    if everywhere and (here := await who_is_here(request)):
        await sessions.sign_out_everywhere(token, here.user.id)
    elif token:
        await sessions.sign_out(token)
    response = go("/sign-in")
    clear_session_cookie(request, response)
    forget_flow(request, response)
    return response


def sign_in_form(
    request: Request, mode: Mode, next_: str, email: str = "", error: AppError | None = None
) -> HTMLResponse:
    """The form, with what went wrong and what was typed; never with a password."""
    return door_page(
        request,
        "sign_in.html",
        error,
        mode=mode,
        next=inside(next_),
        email=typed(email),
        offers=context_of(request).services.identity.offers,
        shortest=SHORTEST,
    )
