"""Refuses what another website makes a visitor's browser send.

A browser names the site that a request comes from (`Origin`, `Sec-Fetch-Site`), and a page cannot forge that. So a
request that names another site gets no further than this, whatever it asks for; only following a link to one of our
pages is fine. Scripts name none and pass: they hold a token that no other site has.

A server that only this machine can reach also asks under which name it is called: a website can let its own name lead
to 127.0.0.1 (DNS rebinding), and would then be of the same origin.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from glacia_ui.errors import PermissionDeniedError
from glacia_ui.web.problems import problem_response
from glacia_ui.web.scope import is_api, is_safe, own_origin

_OPEN = ("/preview/", "/assets/")
"""A preview has no origin of its own, and holds nothing but what its address already gives."""
_PAGES = ("/api/docs",)
"""Pages for people among the addresses for programs: a link may lead there."""
_OWN_SITES = (None, "same-origin", "none")


class OriginMiddleware:
    """Same-origin or not from a browser at all."""

    def __init__(self, app: ASGIApp, *, public_origin: str | None = None, is_local_only: bool = False) -> None:
        """`public_origin` is ours as well: a proxy may show us under another name."""
        self.app = app
        self._is_local_only = is_local_only
        self._public_origin = public_origin and _origin(public_origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 403."""
        code = self._objection(scope) if scope["type"] == "http" else None
        if code is None:
            await self.app(scope, receive, send)
        else:
            await problem_response(scope, PermissionDeniedError(code=code))(scope, receive, send)

    def _objection(self, scope: Scope) -> str | None:
        if self._is_local_only and not _means_this_machine(own_origin(scope)):
            return "wrong_host"
        return "wrong_origin" if self._is_foreign(scope) else None

    def _is_foreign(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if scope["path"].startswith(_OPEN) and scope["method"] in ("GET", "HEAD"):
            return False
        origins = headers.getlist("origin")
        if origins:
            return not all(self._is_ours(origin, scope) for origin in origins)
        if headers.get("sec-fetch-site") in _OWN_SITES:
            # An old browser may name only the page that a form was on.
            return not is_safe(scope) and "referer" in headers and not self._is_ours(headers["referer"], scope)
        is_for_programs = is_api(scope) and scope["path"] not in _PAGES
        return is_for_programs or not is_safe(scope) or headers.get("sec-fetch-mode") != "navigate"

    def _is_ours(self, address: str, scope: Scope) -> bool:
        found = _origin(address)
        return found is not None and found in (_origin(own_origin(scope)), self._public_origin)


def _means_this_machine(address: str) -> bool:
    """Whether an address has a name that no other machine can have."""
    found = _origin(address)
    if found is None:
        return False
    try:
        return ip_address(found[1]).is_loopback
    except ValueError:
        return found[1] == "localhost" or found[1].endswith(".localhost")


def _origin(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address, or None when it has none (as `null`)."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}[parts.scheme]
