"""Links of mails that work in any browser: a page with a button, because a mail scanner's visit must not use them up.

No flow of this browser vouches for such a link, so somebody else may have sent it. Afterwards the page says whose
account this is before anything can be done in it.
"""

from __future__ import annotations

from typing import Annotated, cast, get_args

from fastapi import APIRouter, Query, Request, Response

from glacia_ui.errors import AppError, AuthenticationError, NotFoundError
from glacia_ui.identity.model import LinkKind
from glacia_ui.web.callback import expired
from glacia_ui.web.context import context_of
from glacia_ui.web.entrance import Field, door_page, enter, go, inside, who_is_here
from glacia_ui.web.flows import MAILED, find_flow
from glacia_ui.web.new_password import enter_to_choose
from glacia_ui.web.scope import client_address

KINDS: tuple[str, ...] = get_args(LinkKind)
_LONGEST_HASH = 200
Part = Annotated[str, Query()]

router = APIRouter(include_in_schema=False)


@router.get("/auth/confirm")
async def show_confirm(request: Request, token_hash: Part = "", type: Part = "", next: Part = "/") -> Response:  # noqa: A002
    """What pressing the button will do, and whose session it ends. Raises NotFoundError for what is not such a link."""
    return await _confirm(request, token_hash, type, next)


@router.post("/auth/confirm")
async def confirm(request: Request, token_hash: Field = "", type: Field = "", next: Field = "/") -> Response:  # noqa: A002
    """In. Raises NotFoundError for what is not such a link."""
    flow = find_flow(request, *MAILED)
    try:
        kind = _checked(token_hash, type)
        identity = context_of(request).services.identity
        signed_in = await identity.verify_link(token_hash, kind, client_address(request.scope))
    except AuthenticationError:
        return expired(request, flow)
    except NotFoundError:
        raise
    except AppError as error:
        return await _confirm(request, token_hash, type, next, error)
    if kind == "recovery":
        return await enter_to_choose(request, signed_in, flow.next if flow else next)
    if flow is not None and flow.email == signed_in.user.email:
        return await enter(request, go(flow.next), signed_in)
    page = door_page(request, "signed_in.html", email=signed_in.user.email, next=inside(next))
    return await enter(request, page, signed_in)


async def _confirm(request: Request, token: str, kind: str, next_: str, error: AppError | None = None) -> Response:
    checked = _checked(token, kind)
    here = await who_is_here(request)
    return door_page(
        request,
        "confirm.html",
        error,
        token_hash=token,
        kind=checked,
        next=inside(next_),
        is_signed_in=here is not None,
        who=here.user.email if here else None,
    )


def _checked(token: str, kind: str) -> LinkKind:
    """The kind of the link. Raises NotFoundError when it is not one that a mail of ours carries."""
    if not token.isascii() or not token.isprintable() or not 0 < len(token) <= _LONGEST_HASH:
        raise NotFoundError
    if kind not in KINDS:
        raise NotFoundError
    return cast(LinkKind, kind)
