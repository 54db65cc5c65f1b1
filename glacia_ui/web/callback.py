"""Back from a mail or from another site's sign-in page, with a code or with what went wrong there.

A code without the flow of this browser is refused untouched: it may be somebody else's, sent to make a visitor work in
a foreign account, and a mail scanner that follows every link must not use it up either.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from glacia_ui.errors import AppError, AuthenticationError
from glacia_ui.web.context import context_of
from glacia_ui.web.entrance import door_page, enter, go
from glacia_ui.web.flows import MAILED, Flow, find_flow
from glacia_ui.web.new_password import enter_to_choose
from glacia_ui.web.scope import client_address
from glacia_ui.web.sign_in import sign_in_form

Part = Annotated[str, Query()]
_REFUSED, _BAD, _GONE = 403, 400, 410
_EXPIRED = ("otp_expired", "flow_state_expired", "flow_state_not_found")

router = APIRouter(include_in_schema=False)


@router.get("/auth/callback")
async def come_back(request: Request, code: Part = "", error: Part = "", error_code: Part = "") -> Response:
    """In, or a page that says what happened and what to do. The other side's own words are never shown."""
    flow = find_flow(request, *MAILED, "oauth")
    if error or error_code:
        return _failed(request, flow, error, error_code)
    if not code:
        return door_page(request, "link_broken.html", status=_BAD, reason="incomplete", offers=_offers(request))
    if flow is None:
        return door_page(request, "link_broken.html", status=_REFUSED, reason="elsewhere", offers=_offers(request))
    try:
        identity = context_of(request).services.identity
        signed_in = await identity.finish_flow(code, flow.secret, client_address(request.scope))
    except AuthenticationError:
        return expired(request, flow)
    except AppError as problem:
        return sign_in_form(request, "sign_in", flow.next, flow.email, problem)
    if flow.purpose == "password":
        return await enter_to_choose(request, signed_in, flow.next)
    return await enter(request, go(flow.next), signed_in)


def expired(request: Request, flow: Flow | None) -> Response:
    """The link is too old or was used. Offers a new one; a sign-in elsewhere is just begun again."""
    if flow is not None and flow.purpose == "oauth":
        return sign_in_form(request, "sign_in", flow.next, "", AuthenticationError(code="oauth_failed"))
    return door_page(
        request,
        "link_expired.html",
        status=_GONE,
        purpose=flow.purpose if flow else "",
        email=flow.email if flow else "",
        next=flow.next if flow else "/",
        offers=_offers(request),
    )


def _failed(request: Request, flow: Flow | None, error: str, error_code: str) -> Response:
    if error_code in _EXPIRED or (flow is not None and flow.purpose in MAILED):
        return expired(request, flow)
    code = "oauth_refused" if error == "access_denied" else "oauth_failed"
    return sign_in_form(request, "sign_in", flow.next if flow else "/", "", AuthenticationError(code=code))


def _offers(request: Request) -> object:
    return context_of(request).services.identity.offers
