"""What each SQLSTATE means to the rest of the app."""

from __future__ import annotations

import pytest

from glacia_ui.db.errors import error_from_sqlstate
from glacia_ui.errors import (
    AppError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
    ValidationError,
)


@pytest.mark.parametrize(
    ("sqlstate", "message", "expected", "code"),
    [
        ("PT403", "forbidden", PermissionDeniedError, "forbidden"),
        ("PT404", "project_not_found", NotFoundError, "project_not_found"),
        ("PT409", "stale_snapshot", ConflictError, "stale_snapshot"),
        ("PT410", "lease_lost", ConflictError, "lease_lost"),
        ("PT422", "invalid_name", ValidationError, "invalid_name"),
        ("22021", "invalid byte sequence", ValidationError, "invalid"),
        ("22P05", "\\u0000 cannot be converted to text.", ValidationError, "invalid"),
        ("42501", "permission denied for function x", PermissionDeniedError, "forbidden"),
        (None, "connection refused", UnavailableError, "unavailable"),
        ("08006", "connection failure", UnavailableError, "unavailable"),
        ("53300", "too many connections", UnavailableError, "unavailable"),
        ("57014", "canceling statement due to statement timeout", UnavailableError, "unavailable"),
        ("57P01", "terminating connection", UnavailableError, "unavailable"),
        ("57P03", "the database system is starting up", UnavailableError, "unavailable"),
        ("58030", "could not write block", UnavailableError, "unavailable"),
        ("40P01", "deadlock detected", UnavailableError, "unavailable"),
        ("40001", "could not serialize access", UnavailableError, "unavailable"),
        ("55P03", "canceling statement due to lock timeout", UnavailableError, "unavailable"),
        ("23505", "duplicate key value", AppError, "internal"),
        ("42883", "function does not exist", AppError, "internal"),
        ("22P02", "invalid input syntax for type uuid", AppError, "internal"),
        ("P0001", "raised", AppError, "internal"),
        ("PT999", "unheard of", AppError, "internal"),
    ],
)
def test_mapping(sqlstate: str | None, message: str, expected: type[AppError], code: str) -> None:
    error = error_from_sqlstate(sqlstate, message)
    assert type(error) is expected
    assert error.code == code
    assert message in str(error), "logs show what the server said"


def test_a_locked_file_is_named_and_no_other_detail_is_passed_on() -> None:
    error = error_from_sqlstate("PT409", "file_locked", "css/a.css")
    assert (type(error), error.params) == (ConflictError, {"path": "css/a.css"})
    assert "css" not in str(error)
    for sqlstate, message in (("PT409", "stale_snapshot"), ("23505", "duplicate key value")):
        assert error_from_sqlstate(sqlstate, message, "Key (email)=(x) exists.").params == {}


@pytest.mark.parametrize("sqlstate", [None, "08006", "53300", "57014", "57P03", "40P01"])
def test_what_passes_says_when_to_try_again(sqlstate: str | None) -> None:
    assert error_from_sqlstate(sqlstate, "").retry_after in range(1, 6)


@pytest.mark.parametrize("sqlstate", ["23505", "42501", "PT404"])
def test_what_does_not_pass_does_not(sqlstate: str) -> None:
    assert error_from_sqlstate(sqlstate, "x").retry_after is None
