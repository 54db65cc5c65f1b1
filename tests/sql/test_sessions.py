"""Sessions, the API window, and attempts to sign in."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.calls import Calls

MONTH = 30 * 24 * 3600


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@pytest.fixture
def token(sql: Calls, user: UUID) -> str:
    """The hash of a session's token."""
    token = _hash(uuid4().hex)
    sql.server("open_session", p_user_id=user, p_token_sha256=token, p_seconds=MONTH)
    return token


def _admit(sql: Calls, token: str, *, is_counted: bool = False, address: str = "::1") -> Any:
    return sql.server("admit", p_token_sha256=token, p_address=address, p_is_counted=is_counted)


def _expires_in(sql: Calls, token: str) -> float:
    return float(sql.one(
        "select extract(epoch from expires_at - clock_timestamp()) from private.sessions where token_sha256 = %s", token
    ))  # fmt: skip


def test_a_session_says_who_it_is(sql: Calls, user: UUID, token: str) -> None:
    who = sql.user(user, "get_me")["me"]["user"]
    assert _admit(sql, token) == {"ok": True, "user": who, "rate": None}
    rate = {"name": "api", "limit": 100, "remaining": 99, "window_seconds": 60, "retry_after": 0}
    assert _admit(sql, token, is_counted=True) == {"ok": True, "user": who, "rate": rate}


@pytest.mark.parametrize("token", [_hash("never opened"), "", None, "' or true --"])
def test_an_unknown_token_opens_nothing(sql: Calls, token: str | None) -> None:
    assert _admit(sql, token) == {"ok": False, "reason": "no_session"}  # type: ignore[arg-type]


def test_a_closed_session_is_over_at_once(sql: Calls, user: UUID, token: str) -> None:
    other = _hash(uuid4().hex)
    sql.server("open_session", p_user_id=user, p_token_sha256=other, p_seconds=MONTH)
    for _ in range(2):
        assert sql.server("close_session", p_token_sha256=token) == {"ok": True}
    assert _admit(sql, token)["reason"] == "no_session"
    assert _admit(sql, other)["ok"]


def test_a_session_ends_by_itself(sql: Calls, token: str) -> None:
    sql.change("update private.sessions set expires_at = clock_timestamp() where token_sha256 = %s", token)
    assert _admit(sql, token) == {"ok": False, "reason": "no_session"}


def test_using_a_session_extends_it_about_once_a_day(sql: Calls, token: str) -> None:
    sql.change(
        "update private.sessions set expires_at = expires_at - interval '23 hours' where token_sha256 = %s", token
    )
    _admit(sql, token, address="10.0.0.1")
    assert MONTH - 23 * 3600 - 60 < _expires_in(sql, token) <= MONTH - 23 * 3600
    sql.change(
        "update private.sessions set expires_at = expires_at - interval '2 hours' where token_sha256 = %s", token
    )
    _admit(sql, token, address="10.0.0.2")
    assert MONTH - 60 < _expires_in(sql, token) <= MONTH
    assert sql.one("select address from private.sessions where token_sha256 = %s", token) == "10.0.0.2"


def test_a_suspended_user_is_not_let_in(sql: Calls, user: UUID, token: str) -> None:
    sql.change("update public.profiles set is_suspended = true where id = %s", user)
    assert _admit(sql, token, is_counted=True) == {"ok": False, "reason": "suspended"}


def test_only_hashes_are_stored(sql: Calls, user: UUID) -> None:
    with pytest.raises(Exception, match="sessions_token_sha256_check"):
        sql.server("open_session", p_user_id=user, p_token_sha256="the token itself", p_seconds=MONTH)


def test_ended_sessions_are_forgotten_when_one_is_opened(fresh: Calls) -> None:
    user = fresh.add_user()
    for number in range(3):
        fresh.server("open_session", p_user_id=user, p_token_sha256=_hash(str(number)), p_seconds=1000)
    fresh.change("update private.sessions set expires_at = now() - interval '1 s'")
    fresh.server("open_session", p_user_id=user, p_token_sha256=_hash("new"), p_seconds=1000)
    assert fresh.rows("select token_sha256 from private.sessions") == [_hash("new")]


def _hosted(sql: Calls, user: UUID, token: str) -> None:
    """Put sealed tokens behind a session, as `open_hosted_session` does."""
    sql.server("close_session", p_token_sha256=token)
    sql.server(
        "open_hosted_session", p_user_id=user, p_token_sha256=token, p_seconds=MONTH,
        p_auth_session_id=None, p_sealed_tokens="first", p_tokens_expire_at="2026-11-26T12:00:00+00:00",
    )  # fmt: skip


def _claim(sql: Calls, token: str, seen: str = "first") -> Any:
    return sql.server("claim_renewal", p_token_sha256=token, p_seen=seen)["claim"]


def _store(sql: Calls, token: str, claim: Any, sealed: str | None) -> bool:
    at = sealed and "2026-11-26T13:00:00+00:00"
    args = {"p_token_sha256": token, "p_claim": claim, "p_sealed_tokens": sealed, "p_tokens_expire_at": at}
    return bool(sql.server("store_renewal", **args)["ok"])


def test_one_at_a_time_renews_tokens(sql: Calls, user: UUID, token: str) -> None:
    _hosted(sql, user, token)
    assert _claim(sql, token, seen="older") is None
    claim = _claim(sql, token)
    assert claim
    assert _claim(sql, token) is None
    assert not _store(sql, token, str(uuid4()), "forged")
    assert not _store(sql, token, None, "forged")
    assert _store(sql, token, claim, None), "gives it back"
    assert _admit(sql, token)["sealed_tokens"] == "first"
    again = _claim(sql, token)
    assert again not in (None, claim)
    assert _store(sql, token, again, "second")
    assert _admit(sql, token)["sealed_tokens"] == "second"
    assert not _store(sql, token, again, "third"), "a claim is good for one store"
    unknown = sql.server("claim_renewal", p_token_sha256=_hash("never opened"), p_seen="first")
    assert unknown == {"ok": False, "reason": "no_session"}


def test_who_lets_a_claim_run_out_stores_only_while_nobody_else_has_it(sql: Calls, user: UUID, token: str) -> None:
    _hosted(sql, user, token)
    late = _claim(sql, token)
    sql.change("update private.sessions set renewal_ends_at = now() - interval '1 s' where token_sha256 = %s", token)
    other = _claim(sql, token)
    assert other not in (None, late)
    for sealed in ("older", None):
        assert not _store(sql, token, late, sealed)
    assert _claim(sql, token) is None, "the other's claim stands"
    assert _store(sql, token, other, "newer")
    assert not _store(sql, token, late, "older")
    assert _admit(sql, token)["sealed_tokens"] == "newer"

    slow = _claim(sql, token, seen="newer")
    sql.change("update private.sessions set renewal_ends_at = now() - interval '1 s' where token_sha256 = %s", token)
    assert _store(sql, token, slow, "newest")


def test_a_hundred_calls_a_minute_for_all_sessions_of_a_user(sql: Calls, user: UUID, token: str) -> None:
    other = _hash(uuid4().hex)
    sql.server("open_session", p_user_id=user, p_token_sha256=other, p_seconds=MONTH)
    remaining = [_admit(sql, (token, other)[n % 2], is_counted=True)["rate"]["remaining"] for n in range(100)]
    assert remaining == list(range(99, -1, -1))

    refused = _admit(sql, token, is_counted=True)

    assert (refused["ok"], refused["reason"], refused["user"]["id"]) == (False, "rate_limited", str(user))
    wait = refused["rate"]["retry_after"]
    assert 50 < wait <= 60
    assert refused["rate"]["remaining"] == 0
    assert _admit(sql, token)["ok"]
    window = sql.user(user, "get_me")["me"]["windows"][1]
    assert (window["name"], window["remaining"]) == ("api", 0)
    sql.change("update private.rate_hits set at = at - interval '60 seconds' where subject = %s", str(user))
    assert _admit(sql, token, is_counted=True)["rate"]["remaining"] == 99


def test_attempts_are_counted_per_subject_and_can_be_forgotten(sql: Calls) -> None:
    account = f"{uuid4().hex}@example.com"
    for _ in range(10):
        assert sql.server("note_attempt", p_policy="sign_in_account", p_subject=account) == {"ok": True}
    refused = sql.server("note_attempt", p_policy="sign_in_account", p_subject=f" {account.upper()} ")
    assert refused.pop("retry_after") in range(880, 901)
    assert refused == {"ok": False, "limit": 10, "window_seconds": 900}
    assert sql.server("note_attempt", p_policy="sign_in_account", p_subject="x" + account) == {"ok": True}

    sql.server("clear_attempts", p_policy="sign_in_account", p_subject=account)
    assert sql.server("note_attempt", p_policy="sign_in_account", p_subject=account) == {"ok": True}


def test_at_least_sixty_a_minute_may_sign_up_from_one_address(fresh: Calls) -> None:
    for _ in range(120):
        assert fresh.server("note_attempt", p_policy="sign_up_address", p_subject="10.0.0.1")["ok"]
    assert fresh.server("note_attempt", p_policy="sign_up_address", p_subject="10.0.0.1")["limit"] == 120


def test_who_tried_is_stored_as_a_hash(sql: Calls) -> None:
    sql.server("note_attempt", p_policy="sign_in_address", p_subject="192.0.2.7")
    subjects = sql.rows("select subject from private.rate_hits where policy = 'sign_in_address'")
    assert _hash("192.0.2.7") in subjects
    assert "192.0.2.7" not in subjects


def test_attempts_of_addresses_that_never_return_are_forgotten(fresh: Calls) -> None:
    for number in range(5):
        fresh.server("note_attempt", p_policy="sign_up_address", p_subject=f"10.0.0.{number}")
    fresh.change("update private.rate_hits set at = at - interval '60 seconds'")
    fresh.server("note_attempt", p_policy="sign_in_account", p_subject="ada@example.com")
    assert fresh.rows("select policy from private.rate_hits") == ["sign_in_account"]


def test_an_unknown_policy_is_no_open_door(sql: Calls) -> None:
    with sql.refused("PT404", "policy_not_found"):
        sql.server("note_attempt", p_policy="typo", p_subject="x")


def test_a_sign_of_life(sql: Calls) -> None:
    assert sql.server("ping") == {"ok": True}
