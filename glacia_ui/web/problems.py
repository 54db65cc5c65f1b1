"""Errors as RFC 9457 problem documents: a code for programs, a sentence for people, the request id for both.

What the request held is never repeated: neither its values nor the names that it made up. Whatever is not an AppError
becomes one here, so there is one shape and one place that writes it.
"""

from __future__ import annotations

import math
from datetime import datetime
from http import HTTPStatus

from loguru import logger
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Scope

from glacia_ui.core.models import RateWindow
from glacia_ui.errors import (
    AppError,
    AuthenticationError,
    MethodNotAllowedError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    TooLargeError,
    UnavailableError,
    ValidationError,
)
from glacia_ui.web.scope import request_id
from glacia_ui.web.wording import sentence

MEDIA_TYPE = "application/problem+json"
_SHOWN = ("policy", "limit", "window_seconds", "resets_at", "last_working")
_POLICY_NAMES = {"generation": "gen"}
"""Header names where they differ from our own."""
_UNAVAILABLE_SECONDS = 5
_BY_STATUS: dict[int, type[AppError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: MethodNotAllowedError,
    413: TooLargeError,
    503: UnavailableError,
}


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = MEDIA_TYPE


def problem_response(scope: Scope, error: AppError) -> ProblemResponse:
    """The answer for `error`. Errors that are our fault are logged with what only logs may know."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.bind(code=error.code).opt(exception=error).error("request failed: {}", error)
    scope.setdefault("state", {})["problem"] = error.code
    retry_after = _retry_after(error)
    body = {
        "type": f"/api/docs#{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "message": sentence(error),
        "request_id": request_id(scope),
        **{name: _plain(error.params[name]) for name in _SHOWN if name in error.params},
    }
    if retry_after is not None:
        body["retry_after"] = retry_after
    return ProblemResponse(body, error.status, headers=_headers(scope, error, retry_after))


def as_app_error(error: HTTPException) -> AppError:
    """Starlette's own errors in our terms."""
    known = _BY_STATUS.get(error.status_code)
    if known is MethodNotAllowedError:
        return MethodNotAllowedError(params={"allow": Headers(error.headers or {}).get("allow", "")})
    if known is not None:
        return known(str(error.detail))
    return ValidationError(str(error.detail)) if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else AppError()


def window_headers(window: RateWindow | None) -> dict[str, str]:
    """What is left of a window, on answers that were counted in it."""
    if window is None:
        return {}
    return _rate_headers(window.name, window.limit, window.window_seconds, window.remaining, window.retry_after)


def _headers(scope: Scope, error: AppError, retry_after: int | None) -> dict[str, str]:
    # A call is counted also when it ends in an error.
    headers = {"Cache-Control": "no-store", **window_headers(getattr(scope["state"].get("admission"), "rate", None))}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if isinstance(error, MethodNotAllowedError):
        headers["Allow"] = str(error.params.get("allow", ""))
    if isinstance(error, AuthenticationError):
        headers["WWW-Authenticate"] = "Bearer"
    limit, seconds = error.params.get("limit"), error.params.get("window_seconds")
    if isinstance(error, RateLimitedError) and isinstance(limit, int) and isinstance(seconds, int):
        policy = str(error.params.get("policy", "api"))
        headers |= _rate_headers(policy, limit, seconds, 0, retry_after or seconds)
    return headers


def _rate_headers(policy: str, limit: int, window_seconds: int, remaining: int, wait: int) -> dict[str, str]:
    name = _POLICY_NAMES.get(policy, policy)
    rest = f"r={remaining};t={wait}" if wait else f"r={remaining}"
    return {"RateLimit-Policy": f'"{name}";q={limit};w={window_seconds}', "RateLimit": f'"{name}";{rest}'}


def _retry_after(error: AppError) -> int | None:
    if error.retry_after is not None:
        return max(1, math.ceil(error.retry_after))
    return _UNAVAILABLE_SECONDS if isinstance(error, UnavailableError) else None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
