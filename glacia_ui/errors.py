"""Everything that can go wrong, as one tree. Text for people and text for logs are two different things.

AppError (500 internal)
├── ValidationError (422 invalid)           the request cannot be understood; nothing was changed
│   └── TooLargeError (413 too_large)       a body or a file over its limit
├── AuthenticationError (401 unauthenticated)
├── PermissionDeniedError (403 forbidden)   a wrong origin, a guest where an account is needed
├── NotFoundError (404 not_found)           also for what belongs to somebody else
├── MethodNotAllowedError (405 method_not_allowed)
├── ConflictError (409 conflict)            same idempotency key with another prompt; restore during a generation
├── QuotaExceededError (402 quota_exhausted)
├── RateLimitedError (429 rate_limited)
├── ExternalAPIError (502 upstream_failed)  Claude, Supabase Auth: not our fault, and not the user's
└── UnavailableError (503 unavailable)      the database cannot be reached for now

`str(error)` is for logs. `error.message` is for people: it comes from the catalogue (`core/texts.py`) by `error.code`
and `error.params`, so neither a driver's words nor a prompt can reach a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class AppError(Exception):
    """Base of all expected errors. `params` fill the catalogue's sentence and are safe to show."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        params: Mapping[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        """`detail` goes to logs only; `retry_after` is in whole seconds, rounded up."""
        super().__init__(detail or code or self.default_code)
        self.code = code or self.default_code
        self.params = dict(params or {})
        self.retry_after = retry_after


class ValidationError(AppError):
    """The request cannot be understood as it is."""

    status = 422
    default_code = "invalid"


class TooLargeError(ValidationError):
    """A body, file or project above its limit."""

    status = 413
    default_code = "too_large"


class AuthenticationError(AppError):
    """Nobody is signed in, or the session has ended."""

    status = 401
    default_code = "unauthenticated"


class PermissionDeniedError(AppError):
    """Known, but not allowed. Never used for other people's things: those are not found."""

    status = 403
    default_code = "forbidden"


class NotFoundError(AppError):
    """It does not exist, or it is somebody else's."""

    status = 404
    default_code = "not_found"


class MethodNotAllowedError(AppError):
    """The address exists, this method on it does not. `params["allow"]` lists those that do."""

    status = 405
    default_code = "method_not_allowed"


class ConflictError(AppError):
    """It cannot be done in the present state."""

    status = 409
    default_code = "conflict"


class QuotaExceededError(AppError):
    """The month's generations are used up. `params`: limit, resets_at."""

    status = 402
    default_code = "quota_exhausted"


class RateLimitedError(AppError):
    """A rate window is full. `params`: policy, limit, window_seconds; `retry_after` is exact."""

    status = 429
    default_code = "rate_limited"


class ExternalAPIError(AppError):
    """A service that we depend on failed or refused."""

    status = 502
    default_code = "upstream_failed"


class UnavailableError(AppError):
    """The database cannot be reached for now."""

    status = 503
    default_code = "unavailable"
