"""Turns what the SDK and its HTTP client raise into UpstreamError: a code for people, the status for us.

Imported only once the SDK is (that costs seconds).

| code                  | when                                                                        | asked again |
|-----------------------|-----------------------------------------------------------------------------|-------------|
| upstream_overloaded   | 529, 503, `overloaded_error` (also in the middle of a stream, as status 200) | yes         |
| upstream_rate_limited | 429                                                                         | yes         |
| upstream_failed       | 500, `api_error`; any other status (not asked again)                         | 500 only    |
| upstream_unreachable  | no connection                                                               | yes         |
| upstream_cut          | the stream ended early                                                      | yes         |
| upstream_stalled      | no byte for the time allowed                                                | yes         |
| upstream_spend_limit  | 402, or 429 with `enforced_spend_limit_reached`                              | never       |
| upstream_key          | 401, 403                                                                    | never       |
| upstream_bad_request  | 400, 404, 413, 422                                                          | never       |

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

RETRYABLE_STATUS = frozenset({429, 500, 503, 529})
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
    503: "upstream_overloaded",
    529: "upstream_overloaded",
}
_SPEND_LIMIT = "enforced_spend_limit_reached"


def translate(error: Exception) -> UpstreamError:
    """The error of ours for one of `STREAM_ERRORS`."""
    if isinstance(error, anthropic.APIStatusError):
        return _from_status(error)
    if isinstance(error, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        return UpstreamError(_name(error), code=_timeout_code(error), is_retryable=True)
    if isinstance(error, (anthropic.APIConnectionError, httpx2.ConnectError)):
        return UpstreamError(_name(error), code="upstream_unreachable", is_retryable=True)
    if isinstance(error, anthropic.AnthropicError):
        return UpstreamError(_name(error), code="upstream_failed", is_retryable=False)
    return UpstreamError(_name(error), code="upstream_cut", is_retryable=True)


def _from_status(error: anthropic.APIStatusError) -> UpstreamError:
    status = error.status_code
    if status < 400:
        status = _STATUS_OF_TYPE.get(error.type or "", 500)
    is_spent = error.error_code == _SPEND_LIMIT
    return UpstreamError(
        f"status {error.status_code}, type {error.type}, request id {error.request_id}",
        code=_CODE_OF_STATUS[402] if is_spent else _CODE_OF_STATUS.get(status, "upstream_failed"),
        is_retryable=status in RETRYABLE_STATUS and not is_spent,
        retry_after=_retry_after(error.response.headers),
    )


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
