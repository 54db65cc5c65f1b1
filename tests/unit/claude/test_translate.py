"""Errors of the SDK and its HTTP client in our terms, with nothing of the request in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import anthropic
import httpx2
import pytest

from glacia_ui.claude.errors import UpstreamError
from glacia_ui.claude.translate import translate

REQUEST = httpx2.Request("POST", "http://demo/v1/messages")
SECRET = "the user's own words"


def status_error(status: int, *, type_: str = "api_error", headers: dict[str, str] | None = None) -> UpstreamError:
    response = httpx2.Response(status, headers=headers, request=REQUEST)
    body = {"error": {"type": type_, "message": SECRET}}
    return translate(anthropic.APIStatusError(SECRET, response=response, body=body))


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code", "is_retryable"),
    [
        (httpx2.ReadTimeout(SECRET), "upstream_stalled", True),
        (httpx2.ConnectTimeout(SECRET), "upstream_unreachable", True),
        (httpx2.PoolTimeout(SECRET), "upstream_unreachable", True),
        (httpx2.ConnectError(SECRET), "upstream_unreachable", True),
        (httpx2.RemoteProtocolError(SECRET), "upstream_cut", True),
        (httpx2.ReadError(SECRET), "upstream_cut", True),
        (ValueError(SECRET), "upstream_cut", True),
        (anthropic.APIConnectionError(message=SECRET, request=REQUEST), "upstream_unreachable", True),
        (anthropic.APITimeoutError(REQUEST), "upstream_stalled", True),
        (caused(anthropic.APITimeoutError(REQUEST), httpx2.ConnectTimeout("")), "upstream_unreachable", True),
        (anthropic.AnthropicError(SECRET), "upstream_unexpected", False),
    ],
)
def test_what_the_client_raises(error: Exception, code: str, is_retryable: bool) -> None:
    translated = translate(error)
    assert (translated.code, translated.is_retryable) == (code, is_retryable)
    assert SECRET not in str(translated)


def test_a_response_leaves_its_status_type_and_request_id_for_the_log() -> None:
    error = status_error(529, type_="overloaded_error", headers={"request-id": "req_1"})
    assert str(error) == "status 529, type overloaded_error, request id req_1"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("0.2", 1),
        ("-3", 0),
        ("soon", None),
        ("nan", None),
        ("", None),
        ("Tue, 99 Foo 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after_in_seconds(value: str, seconds: int | None) -> None:
    assert status_error(429, headers={"retry-after": value}).retry_after == seconds


def test_retry_after_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 90 <= (status_error(429, headers={"retry-after": later}).retry_after or 0) <= 101


def test_a_request_that_does_not_fit_is_told_from_a_bad_one() -> None:
    response = httpx2.Response(400, request=REQUEST)
    body = {
        "error": {"type": "invalid_request_error", "message": "prompt is too long: 1000001 tokens > 1000000 maximum"}
    }
    assert translate(anthropic.APIStatusError("", response=response, body=body)).code == "context_full"
    assert status_error(400, type_="invalid_request_error").code == "upstream_bad_request"


@pytest.mark.parametrize("body", [None, "busy", {"error": "busy"}, {"error": {"message": None}}, []])
def test_an_error_without_the_usual_body_is_one_all_the_same(body: object) -> None:
    response = httpx2.Response(400, request=REQUEST)
    assert translate(anthropic.APIStatusError("", response=response, body=body)).code == "upstream_bad_request"
