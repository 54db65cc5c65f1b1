"""Off to another site to sign in there. It sends the browser back to `/auth/callback`.

A form, so that no other site can start it; and a page that leads on by itself instead of a redirect, because Chromium
holds every redirect after a form to our `form-action`, through all the sites that follow.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from glacia_ui.errors import AppError, NotFoundError
from glacia_ui.web.context import context_of
from glacia_ui.web.entrance import Field, door_page, inside
from glacia_ui.web.flows import Flow, keep_flow
from glacia_ui.web.scope import client_address
from glacia_ui.web.sign_in import sign_in_form

router = APIRouter(include_in_schema=False)


@router.post("/auth/start/{provider}")
async def start_oauth(request: Request, provider: str, next: Field = "/") -> Response:  # noqa: A002
    """The page that leads there. Raises NotFoundError for a site that is not offered."""
    identity = context_of(request).services.identity
    if provider not in identity.offers.providers:
        raise NotFoundError
    try:
        departure = await identity.start_oauth(provider, client_address(request.scope))
    except AppError as error:
        return sign_in_form(request, "sign_in", next, "", error)
    response = door_page(request, "leaving.html", provider=provider, url=departure.url)
    keep_flow(request, response, Flow("oauth", departure.flow, next=inside(next)))
    return response
