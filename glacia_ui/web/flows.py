"""What a browser must bring back from a detour: out of a mail, or from another site's sign-in page.

A link that arrives proves that somebody asked for it, not that this browser did: whoever can send one could sign a
visitor in to a foreign account. So what the link must be paired with stays here, in a short-lived cookie that no script
reads, signed so that it can be neither made up nor used for another purpose. The newest detour replaces the one before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import asdict, dataclass, field
from typing import Literal

from fastapi import Request, Response

from glacia_ui.web.context import context_of
from glacia_ui.web.cookies import is_https

Purpose = Literal["sign_up", "sign_in_link", "password", "oauth", "new_password"]
LIFETIMES: dict[Purpose, int] = {
    "sign_up": 24 * 3600,
    "sign_in_link": 3600,
    "password": 3600,
    "oauth": 600,
    "new_password": 900,
}
"""In seconds. For mails as long as the link in them may work; the rest is done in one sitting."""
MAILED: tuple[Purpose, ...] = ("sign_up", "sign_in_link", "password")
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Flow:
    """One detour. `secret` is what the link must be paired with: a PKCE verifier, or for `new_password` the hash of the
    session that a password link has opened."""

    purpose: Purpose
    secret: str = field(repr=False)
    email: str = ""
    next: str = "/"


def keep_flow(request: Request, response: Response, flow: Flow) -> None:
    """Give it to the browser for as long as its purpose may take."""
    seconds = LIFETIMES[flow.purpose]
    payload = json.dumps({**asdict(flow), "expires_at": int(time.time()) + seconds}).encode()
    value = f"{_text(payload)}.{_text(_mac(request, payload))}"
    response.set_cookie(
        _name(request), value, max_age=seconds, path="/", secure=is_https(request), httponly=True, samesite="lax"
    )


def find_flow(request: Request, *purposes: Purpose) -> Flow | None:
    """The detour that this browser is on, or None: none of these, expired, or not written by us."""
    payload, _, mac = request.cookies.get(_name(request), "").partition(".")
    try:
        found = _bytes(payload)
        if not hmac.compare_digest(_bytes(mac), _mac(request, found)):
            return None
    except (binascii.Error, ValueError):
        return None
    # Signed, so it has the shape that `keep_flow` gave it.
    values = json.loads(found)
    if values.pop("expires_at") < time.time() or values["purpose"] not in purposes:
        return None
    return Flow(**values)


def forget_flow(request: Request, response: Response) -> None:
    """It is over: what it held must not work twice."""
    response.delete_cookie(_name(request), path="/", secure=is_https(request), httponly=True, samesite="lax")


def _name(request: Request) -> str:
    return f"{context_of(request).options.cookie_name}_flow"


def _mac(request: Request, payload: bytes) -> bytes:
    key = hashlib.sha256(b"flow-cookie:" + context_of(request).options.signing_key).digest()
    return hmac.new(key, payload, hashlib.sha256).digest()[:_MAC_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
