"""Sign-up, sign-in, guest and sign-out for scripts. The cookie is set as well; a script may ignore it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from glacia_ui.core.models import Model, User
from glacia_ui.identity.model import MailSent, SignedIn
from glacia_ui.web.api.types import Body, Text
from glacia_ui.web.context import context_of
from glacia_ui.web.cookies import clear_session_cookie, set_session_cookie
from glacia_ui.web.flows import Flow, keep_flow
from glacia_ui.web.scope import client_address
from glacia_ui.web.visit import CurrentVisit, PublicRoute, VisitRoute

public = APIRouter(prefix="/auth", tags=["auth"], route_class=PublicRoute)
router = APIRouter(prefix="/auth", tags=["auth"], route_class=VisitRoute)


class Credentials(Body):
    """An e-mail address and a password of 8 to 256 characters."""

    email: Annotated[Text, Field(max_length=254)]
    password: Annotated[Text, Field(max_length=256)]


class SignedInAnswer(Model):
    """Who you are now. The token goes into `Authorization: Bearer …` and ends with sign-out."""

    user: User
    access_token: str


class ConfirmationSent(Model):
    """A mail is on its way. The link in it confirms the address; after that, sign in."""

    status: Literal["confirmation_sent"] = "confirmation_sent"


_SIGN_UP_ANSWERS: dict[int | str, dict[str, Any]] = {201: {"model": SignedInAnswer}, 202: {"model": ConfirmationSent}}


@public.post("/sign-up", status_code=201, responses=_SIGN_UP_ANSWERS)
async def sign_up(request: Request, response: Response, credentials: Credentials) -> SignedInAnswer | ConfirmationSent:
    """A new account, signed in; where addresses are confirmed by mail, 202 and nobody is signed in yet."""
    identity = context_of(request).services.identity
    address = client_address(request.scope)
    outcome = await identity.sign_up(credentials.email, credentials.password, address)
    if isinstance(outcome, MailSent):
        response.status_code = 202
        keep_flow(request, response, Flow("sign_up", outcome.flow, outcome.email))
        return ConfirmationSent()
    return _answer(request, response, outcome)


@public.post("/sign-in")
async def sign_in(request: Request, response: Response, credentials: Credentials) -> SignedInAnswer:
    """A new session."""
    identity = context_of(request).services.identity
    address = client_address(request.scope)
    return _answer(request, response, await identity.sign_in(credentials.email, credentials.password, address))


@public.post("/guest", status_code=201)
async def guest(request: Request, response: Response) -> SignedInAnswer:
    """A new account without e-mail and password. Embedded database only."""
    identity = context_of(request).services.identity
    return _answer(request, response, await identity.guest(client_address(request.scope)))


@router.post("/sign-out", status_code=204)
async def sign_out(request: Request, response: Response, visit: CurrentVisit) -> None:
    """End this session."""
    await context_of(request).sessions.sign_out(visit.token)
    clear_session_cookie(request, response)


@router.post("/sign-out-everywhere", status_code=204)
async def sign_out_everywhere(request: Request, response: Response, visit: CurrentVisit) -> None:
    """End every session of yours, this one as well."""
    await context_of(request).sessions.sign_out_everywhere(visit.token, visit.user.id)
    clear_session_cookie(request, response)


def _answer(request: Request, response: Response, signed_in: SignedIn) -> SignedInAnswer:
    set_session_cookie(request, response, signed_in.access_token)
    return SignedInAnswer(user=signed_in.user, access_token=signed_in.access_token)
