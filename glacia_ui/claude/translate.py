"""Turns what the SDK and its HTTP client raise into UpstreamError: a code for people, the status for us.

Imported only once the SDK is (that costs seconds).

The codes, and which of them are worth another attempt: `core/outcomes.py`.

Never a word of the response's message gets into ours: it may quote the request, and that is what the user wrote.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import anthropic
import httpx2

from glacia_ui.claude.errors import UpstreamError

REQUEST_ERRORS = (anthropic.AnthropicError, httpx2.HTTPError)
STREAM_ERRORS = (*REQUEST_ERRORS, httpx2.StreamError, ValueError)
"""What asking and what reading the answer may raise. ValueError: an event that is no JSON, bytes that are no UTF-8."""

_STATUS_OF_TYPE = {  # an `error` event in a stream comes with status 200; its type tells which it would have been
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_CODE_OF_STATUS = {
    400: "upstream_bad_request",
    401: "upstream_key",
    402: "upstream_spend_limit",
    403: "upstream_key",
    404: "upstream_bad_request",
    413: "upstream_bad_request",
    422: "upstream_bad_request",
    429: "upstream_rate_limited",
    500: "upstream_failed",
    503: "upstream_overloaded",
    529: "upstream_overloaded",
}
_SPEND_LIMIT = "enforced_spend_limit_reached"
_TOO_LONG = "prompt is too long"
"""How the API's message begins when a request does not fit into the model's context; there is no code for it."""


def translate(error: Exception) -> UpstreamError:
    """The error of ours for one of `STREAM_ERRORS`."""
    if isinstance(error, anthropic.APIStatusError):
        return _from_status(error)
    if isinstance(error, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        return UpstreamError(_name(error), code=_timeout_code(error))
    if isinstance(error, (anthropic.APIConnectionError, httpx2.ConnectError)):
        return UpstreamError(_name(error), code="upstream_unreachable")
    if isinstance(error, anthropic.AnthropicError):
        return UpstreamError(_name(error), code="upstream_unexpected")
    return UpstreamError(_name(error), code="upstream_cut")


def _from_status(error: anthropic.APIStatusError) -> UpstreamError:
    return UpstreamError(
        f"status {error.status_code}, type {error.type}, request id {error.request_id}",
        code=_status_code(error),
        retry_after=_retry_after(error.response.headers),
    )


def _status_code(error: anthropic.APIStatusError) -> str:
    status = error.status_code
    if status < 400:
        status = _STATUS_OF_TYPE.get(error.type or "", 500)
    if error.error_code == _SPEND_LIMIT:
        return "upstream_spend_limit"
    if status == 400 and _said(error).startswith(_TOO_LONG):
        return "context_full"
    return _CODE_OF_STATUS.get(status, "upstream_unexpected")


def _said(error: anthropic.APIStatusError) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    told = body.get("error")
    return str(told.get("message", "")) if isinstance(told, dict) else ""


def _timeout_code(error: Exception) -> str:
    """Not getting a connection is another thing than getting one that goes silent."""
    cause = error.__cause__ if isinstance(error, anthropic.APITimeoutError) else error
    unreachable = isinstance(cause, (httpx2.ConnectTimeout, httpx2.PoolTimeout))
    return "upstream_unreachable" if unreachable else "upstream_stalled"


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Whole seconds, rounded up, from a number or a date."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0, math.ceil(seconds)) if math.isfinite(seconds) else None


def _name(error: Exception) -> str:
    cause = f" from {type(error.__cause__).__name__}" if error.__cause__ else ""
    return type(error).__name__ + cause
