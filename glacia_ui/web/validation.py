"""Requests that do not fit their model, told in our words.

FastAPI's own answer repeats the input, which fails for text that is no valid Unicode, and shows it to whoever reads the
log. Here only names that our own models use are repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from glacia_ui.core.attachments import MAX_ATTACHMENTS
from glacia_ui.errors import AppError, NotFoundError, ValidationError
from glacia_ui.identity.passwords import LONGEST
from glacia_ui.services.generations import PROMPT_LIMIT
from glacia_ui.services.projects import NAME_LIMIT

_CODES = {
    "json_invalid": "body_not_json",
    "model_attributes_type": "body_not_object",
    "dict_type": "body_not_object",
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "string_too_short": "field_too_short",
    "too_short": "field_too_short",
    "string_too_long": "field_too_long",
    "too_long": "field_too_long",
    "string_unicode": "text_unreadable",
    "text_unreadable": "text_unreadable",
    "greater_than": "field_out_of_range",
    "greater_than_equal": "field_out_of_range",
    "less_than": "field_out_of_range",
    "less_than_equal": "field_out_of_range",
}
_OWN_CODES = {
    ("prompt", "too_long"): ("invalid_prompt", PROMPT_LIMIT),
    ("prompt", "prompt_empty"): ("invalid_prompt", PROMPT_LIMIT),
    ("name", "too_long"): ("invalid_name", NAME_LIMIT),
    ("attachments", "too_long"): ("too_many_attachments", MAX_ATTACHMENTS),
    ("email", "too_long"): ("email_invalid", 0),
    ("password", "too_long"): ("password_too_long", LONGEST),
}
"""What has a sentence of its own, with the limit that it names."""


def as_app_error(error: RequestValidationError) -> AppError:
    """The first thing that is wrong, as an error with a sentence."""
    first: Mapping[str, Any] = error.errors()[0]
    kind, place = str(first["type"]), first["loc"]
    name = _name(kind, place)
    if place[0] == "path" and kind.startswith("uuid"):
        # An id that cannot exist is as unknown as one that does not.
        return NotFoundError(code=f"{name.removesuffix('_id')}_not_found")
    limit = (first.get("ctx") or {}).get("max_length", 0)
    code, limit = _OWN_CODES.get((name, kind), (_CODES.get(kind, "field_wrong"), limit))
    if code != "field_unknown" and code.startswith("field_") and not name:
        code = "body_not_object"
    return ValidationError(kind, code=code, params={"field": name, "limit": limit})


def _name(kind: str, place: Sequence[Any]) -> str:
    """The field's name, unless the request made it up."""
    if kind == "extra_forbidden" or len(place) < 2:
        return ""
    return str(place[1]) if isinstance(place[1], str) else ""
