"""SQLSTATE → AppError, in one place for every transport.

Our functions raise `PTnnn` with a code as message; the rest of the table is Postgres's own. What a driver or PostgREST
says goes into the error's detail, which only logs show.
"""

from __future__ import annotations

from glacia_ui.errors import (
    AppError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
    ValidationError,
)

_RETRY_SOON_SECONDS = 1
_RETRY_LATER_SECONDS = 5

_OURS: dict[str, type[AppError]] = {
    "PT401": AuthenticationError,  # a token without a user
    "PT403": PermissionDeniedError,
    "PT404": NotFoundError,
    "PT409": ConflictError,
    "PT410": ConflictError,  # lease_lost
    "PT422": ValidationError,
}
_PARAMETERS = {"file_locked": "path"}
"""By code: what DETAIL holds, which our functions set only to what the caller may see."""
_UNSTORABLE = {
    "22021",  # character_not_in_repertoire: a NUL or broken UTF-8 in text
    "22P05",  # untranslatable_character: \u0000 in jsonb
}
_BUSY = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available: lock_timeout
    "57014",  # query_canceled: statement_timeout
}
_DOWN_CLASSES = {"08", "53", "57", "58"}  # connection, resources, operator intervention, system


def error_from_sqlstate(sqlstate: str | None, message: str, told: str | None = None) -> AppError:
    """What a failed call means. `message` is the server's primary message; None as state means: no connection.

    `told` is the server's DETAIL: a parameter of those errors of ours that have one there, else unused.
    """
    if sqlstate is None:
        return unavailable(message)
    if (ours := _OURS.get(sqlstate)) is not None:
        name = _PARAMETERS.get(message)
        return ours(f"{sqlstate} {message}", code=message, params={name: told} if name and told else {})
    detail = f"{sqlstate} {message}"
    if sqlstate in _UNSTORABLE:
        return ValidationError(detail)
    if sqlstate == "42501":
        return PermissionDeniedError(detail)
    if sqlstate in _BUSY:
        return UnavailableError(detail, retry_after=_RETRY_SOON_SECONDS)
    if sqlstate[:2] in _DOWN_CLASSES:
        return unavailable(detail)
    return AppError(detail)


def unavailable(detail: str) -> UnavailableError:
    """The database cannot be reached, or has no room."""
    return UnavailableError(detail, retry_after=_RETRY_LATER_SECONDS)


def unstorable(detail: str) -> ValidationError:
    """Text that no database can hold: a NUL, a lone surrogate, a number that is none."""
    return ValidationError(detail)
