"""A new password: for whoever came by a password link, and for whoever knows the old one.

A session alone is not enough, or a browser left open for a minute would cost its owner the account.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from glacia_ui.core.models import User
from glacia_ui.errors import AppError, PermissionDeniedError
from glacia_ui.identity.model import SignedIn
from glacia_ui.identity.passwords import SHORTEST
from glacia_ui.identity.tokens import token_hash
from glacia_ui.web.context import context_of, cookie_token
from glacia_ui.web.entrance import Field, check_fields, door_page, enter, go, inside, who_is_here
from glacia_ui.web.flows import Flow, find_flow, forget_flow, keep_flow
from glacia_ui.web.scope import client_address

router = APIRouter(include_in_schema=False)


async def enter_to_choose(request: Request, signed_in: SignedIn, next_: str) -> Response:
    """Into the session that a password link has opened, and on to the form, which then asks for no old password."""
    response = await enter(request, go("/new-password"), signed_in)
    proof = token_hash(signed_in.access_token)
    keep_flow(request, response, Flow("new_password", proof, signed_in.user.email or "", inside(next_)))
    return response


@router.get("/new-password")
async def show_new_password(request: Request, next: Annotated[str, Query()] = "/") -> Response:  # noqa: A002
    """The form. Raises PermissionDeniedError (`guest_password`) for a guest, who has no password."""
    if (user := await _user(request)) is None:
        return go("/sign-in?next=/new-password")
    proof = _proof(request)
    return _form(request, user, proof, proof.next if proof else next)


@router.post("/new-password")
async def set_new_password(
    request: Request,
    current: Field = "",
    password: Field = "",
    next: Field = "/",  # noqa: A002
) -> Response:
    """Sets it, ends every other session, and says so. Raises PermissionDeniedError as the form does."""
    if (user := await _user(request)) is None:
        return go("/sign-in?next=/new-password")
    proof = _proof(request)
    try:
        signed_in = None if proof else await _sign_in_again(request, user, current, password)
        token = signed_in.access_token if signed_in else cookie_token(request)
        await _set(request, token, user, password)
    except AppError as error:
        return _form(request, user, proof, next, error)
    response = door_page(request, "password_changed.html", next=inside(next), email=user.email)
    forget_flow(request, response)
    return await enter(request, response, signed_in) if signed_in else response


async def _user(request: Request) -> User | None:
    admission = await who_is_here(request)
    if admission is not None and admission.user.is_guest:
        raise PermissionDeniedError(code="guest_password")
    return admission.user if admission else None


def _proof(request: Request) -> Flow | None:
    """Of a password link that has opened this very session a moment ago."""
    flow = find_flow(request, "new_password")
    return flow if flow is not None and flow.secret == token_hash(cookie_token(request)) else None


async def _sign_in_again(request: Request, user: User, current: str, password: str) -> SignedIn:
    """Who knows the old password may choose a new one; guesses are counted as at sign-in."""
    check_fields(current=current, password=password)
    identity = context_of(request).services.identity
    return await identity.sign_in(user.email or "", current, client_address(request.scope))


async def _set(request: Request, token: str, user: User, password: str) -> None:
    sessions = context_of(request).sessions
    try:
        check_fields(password=password)
        await sessions.set_new_password(token, user.id, password)
    except AppError:
        if token != cookie_token(request):
            await sessions.sign_out(token)
        raise


def _form(request: Request, user: User, proof: Flow | None, next_: str, error: AppError | None = None) -> Response:
    return door_page(
        request,
        "new_password.html",
        error,
        email=user.email,
        is_proven=proof is not None,
        next=inside(next_),
        shortest=SHORTEST,
        offers=context_of(request).services.identity.offers,
    )
