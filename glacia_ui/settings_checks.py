"""Checks of single settings that take more than a line."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator

REDIS_EXAMPLE = "redis://:password@redis.example.org:6379/0, or rediss:// for TLS"
_REDIS_OPTIONS = {"redis": {"db"}, "rediss": {"db", "ssl_ca_certs"}, "unix": {"db"}}
"""Of the many options that redis-py reads from an address, those that cannot break what we set ourselves."""


def _colour(value: str) -> str:
    if not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", value):
        raise ValueError("must be a colour such as #0b687d")
    return value


Colour = Annotated[str, AfterValidator(_colour)]


def is_redis_address(value: str) -> bool:
    """Whether redis-py can use it. A server that is not there is no mistake of the address."""
    try:
        parts = urlsplit(value)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
        port = parts.port
    except ValueError:
        return False
    is_unix = parts.scheme == "unix"
    databases = [*options.get("db", []), *([] if is_unix else [parts.path.strip("/")])]
    return (
        options.keys() <= _REDIS_OPTIONS.get(parts.scheme, set())
        and bool(parts.path if is_unix else parts.hostname)
        and parts.scheme in _REDIS_OPTIONS
        and port != 0
        and not parts.fragment
        and all(re.fullmatch(r"\d{0,4}", number) for number in databases)
    )
