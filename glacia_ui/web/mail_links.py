"""Links by mail: to choose a new password, and to come in without one.

Every answer is the same whether or not the address has an account, so nobody learns it from here. The link works in
this browser only (`flows.py`), which the page says.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from glacia_ui.errors import AppError, NotFoundError
from glacia_ui.identity.model import MailSent
from glacia_ui.web.context import context_of
from glacia_ui.web.entrance import Field, check_fields, door_page, go, inside, typed
from glacia_ui.web.flows import MAILED, Flow, Purpose, find_flow, keep_flow
from glacia_ui.web.scope import client_address
from glacia_ui.web.sign_in import sign_in_form

router = APIRouter(include_in_schema=False)


@router.get("/forgot-password")
async def show_forgot_password(
    request: Request,
    next: Annotated[str, Query()] = "/",  # noqa: A002
    email: Annotated[str, Query()] = "",
) -> Response:
    """Asks for the address. Raises NotFoundError where no mail can be sent."""
    if not context_of(request).services.identity.offers.mail_links:
        raise NotFoundError
    return _forgot_password(request, email, next)


@router.post("/forgot-password")
async def forgot_password(request: Request, email: Field = "", next: Field = "/") -> Response:  # noqa: A002
    """Sends the link, and says so."""
    try:
        return await _send(request, "password", email, next)
    except AppError as error:
        return _forgot_password(request, email, next, error)


@router.post("/sign-in-link")
async def send_sign_in_link(request: Request, email: Field = "", next: Field = "/") -> Response:  # noqa: A002
    """The same for a link that signs in."""
    try:
        return await _send(request, "sign_in_link", email, next)
    except AppError as error:
        return sign_in_form(request, "sign_in", next, email, error)


@router.get("/check-mail")
async def show_check_mail(request: Request) -> Response:
    """Which address, and what to do when nothing comes."""
    flow = find_flow(request, *MAILED)
    return door_page(request, "check_mail.html", flow=flow, is_again=False) if flow else go("/sign-in")


@router.post("/check-mail")
async def send_again(request: Request) -> Response:
    """Once more, as soon as the limit allows it."""
    flow = find_flow(request, *MAILED)
    if flow is None:
        return go("/sign-in")
    try:
        sent = await _mail(request, flow.purpose, flow.email)
    except AppError as error:
        return door_page(request, "check_mail.html", error, flow=flow, is_again=False)
    renewed = Flow(flow.purpose, sent.flow, flow.email, flow.next)
    response = door_page(request, "check_mail.html", flow=renewed, is_again=True)
    keep_flow(request, response, renewed)
    return response


async def _send(request: Request, purpose: Purpose, email: str, next_: str) -> Response:
    check_fields(email=email)
    sent = await _mail(request, purpose, email)
    response = go("/check-mail")
    keep_flow(request, response, Flow(purpose, sent.flow, sent.email, inside(next_)))
    return response


async def _mail(request: Request, purpose: Purpose, email: str) -> MailSent:
    """For an account that is not confirmed yet, a link that signs in confirms it as well."""
    identity, address = context_of(request).services.identity, client_address(request.scope)
    if purpose == "password":
        return await identity.send_password_link(email, address)
    return await identity.send_sign_in_link(email, address)


def _forgot_password(request: Request, email: str, next_: str, error: AppError | None = None) -> Response:
    return door_page(request, "forgot_password.html", error, email=typed(email), next=inside(next_))
