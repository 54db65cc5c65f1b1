"""Arguments of an RPC as text that Postgres reads into the parameter's declared type."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from glacia_ui.db.errors import unstorable
from glacia_ui.db.transport import Json


def to_json(value: Json) -> str:
    """JSON as ASCII. UUIDs, dates and decimals become strings.

    Raises ValidationError for NaN, infinity and lone surrogates, which jsonb cannot hold.
    """
    try:
        text = json.dumps(value, default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        text.encode()
    except ValueError as error:  # UnicodeEncodeError is one
        raise unstorable(type(error).__name__) from error
    return text


def to_literal(value: Json, *, is_array: bool) -> str | None:
    """An argument as an untyped literal's text, or None for null; a list is an array where the parameter is one."""
    if value is None:
        return None
    if isinstance(value, list | tuple) and is_array:
        return _array(value)
    if isinstance(value, str):
        return value
    if isinstance(value, UUID | date | Decimal):
        return _plain(value)
    return to_json(value)


def _array(values: Sequence[Json]) -> str:
    return (
        "{" + ",".join("NULL" if value is None else _quote(to_literal(value, is_array=False)) for value in values) + "}"
    )


def _quote(text: str | None) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
