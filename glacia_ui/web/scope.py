"""Small questions that several middlewares ask of a request before anything has parsed it."""

from __future__ import annotations

import ipaddress
import re

from starlette.datastructures import Headers
from starlette.types import Scope

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_API = ("/api/", "/page/", "/health")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def request_id(scope: Scope) -> str:
    """The id that `RequestIdMiddleware` gave this request."""
    return str(scope.get("state", {}).get("request_id", ""))


def host(scope: Scope) -> str:
    """The Host header, or an empty text when it is not a host: it ends up in addresses and policies that we send."""
    value = Headers(scope=scope).get("host", "")
    return value.lower() if _HOST.fullmatch(value) else ""


def own_origin(scope: Scope) -> str:
    """Scheme and host as the visitor sees them."""
    return f"{scope['scheme']}://{host(scope)}"


def client_address(scope: Scope) -> str:
    """Where the request comes from. An IPv6 visitor owns a whole /64, so that counts as one address."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def is_api(scope: Scope) -> bool:
    """Whether programs are answered here: errors are problem documents, never pages."""
    path: str = scope["path"]
    return path in ("/api", "/page") or path.startswith(_API)


def is_safe(scope: Scope) -> bool:
    """Whether the method promises to change nothing."""
    return scope["method"] in _SAFE_METHODS


def wants_page(scope: Scope) -> bool:
    """Whether a person is navigating: a GET that asks for HTML, outside the API."""
    accept = Headers(scope=scope).get("accept", "")
    return scope["method"] in ("GET", "HEAD") and "text/html" in accept and not is_api(scope)
