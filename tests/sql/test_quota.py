"""Quota and ledger: every movement, every way to end, the turn of the month."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from glacia_ui.core.outcomes import RULES
from tests.sql.calls import Calls, write

# outcome → status, quota comes back, slot comes back (PRODUCT.md, "Money")
FAILURES = {
    "upstream_error": ("failed", True, True),
    "refused": ("failed", True, False),
    "truncated": ("failed", True, True),
    "edits_failed": ("failed", True, True),
    "empty": ("failed", True, True),
    "interrupted": ("failed", True, True),
    "internal_error": ("failed", True, True),
    "stopped_early": ("cancelled", True, False),
    "stopped": ("cancelled", False, False),
}


def _ledger(sql: Calls, user: UUID) -> list[Any]:
    """(kind, amount, balance, reason), oldest first."""
    rows = sql.user(user, "list_ledger")["rows"]
    return [(row["kind"], row["amount"], row["balance"], row["reason"]) for row in reversed(rows)]


def _hits(sql: Calls, user: UUID) -> int:
    return len(sql.user(user, "get_me")["me"]["windows"][0]["hits"])


def _last_month(sql: Calls, user: UUID) -> None:
    sql.change(
        "update public.quotas set period_start = (period_start - interval '1 month')::date where user_id = %s", user
    )


def test_a_new_user_has_fifty_and_the_ledger_says_why(sql: Calls, user: UUID) -> None:
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 0, "remaining": 50}
    assert _ledger(sql, user) == [("grant", 50, 50, "period_started")]


@pytest.mark.parametrize("outcome", FAILURES)
def test_quota_and_slot_come_back_by_the_rule_of_the_outcome(
    sql: Calls, user: UUID, project: str, outcome: str
) -> None:
    status, is_returned, is_released = FAILURES[outcome]
    claimed = sql.running(user, project)
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 1, "remaining": 49}

    failed = sql.fail(claimed, outcome)

    used = 0 if is_returned else 1
    assert sql.assert_exact(user) == {"limit": 50, "used": used, "reserved": 0, "remaining": 50 - used}
    assert _ledger(sql, user)[1:] == [
        ("reserve", -1, 49, "requested"),
        ("refund", 1, 50, outcome) if is_returned else ("settle", 0, 49, outcome),
    ]
    assert _hits(sql, user) == (0 if is_released else 1)
    generation = failed["generation"]
    assert (generation["status"], generation["outcome"]) == (status, outcome)
    assert generation["is_returned"] is failed["failed"]["data"]["returned"] is is_returned


@pytest.mark.parametrize("outcome", ["committed", "answered"])
def test_a_result_is_paid_for(sql: Calls, user: UUID, project: str, outcome: str) -> None:
    claimed = sql.running(user, project)

    ended = sql.finish(claimed, *([write("index.html", "x")] if outcome == "committed" else []))

    assert ended["generation"]["outcome"] == outcome
    assert sql.assert_exact(user) == {"limit": 50, "used": 1, "reserved": 0, "remaining": 49}
    assert _ledger(sql, user)[-1] == ("settle", 0, 49, outcome)
    assert _hits(sql, user) == 1


def test_what_is_dropped_from_the_queue_comes_back_whole(sql: Calls, user: UUID, project: str) -> None:
    generation = sql.begin(user, project)["generation"]

    dropped = sql.user(user, "cancel_generation", p_generation_id=generation["id"])["generation"]

    assert (dropped["status"], dropped["outcome"], dropped["is_returned"]) == ("cancelled", "dropped", True)
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 0, "remaining": 50}
    assert _ledger(sql, user)[-1] == ("refund", 1, 50, "dropped")
    assert _hits(sql, user) == 0


def test_the_table_of_rules_is_the_products(sql: Calls) -> None:
    rules = sql.rows("select outcome, status, returns_quota, releases_slot from private.outcome_rules")
    assert {outcome: tuple(rule) for outcome, *rule in rules} == FAILURES | {
        "committed": ("succeeded", False, False),
        "answered": ("succeeded", False, False),
        "dropped": ("cancelled", True, True),
    }


def test_the_table_of_rules_is_the_one_in_core(sql: Calls) -> None:
    rules = sql.rows("select outcome, status, returns_quota, releases_slot from private.outcome_rules")
    in_core = {outcome: (rule.status, rule.returns_quota, rule.releases_slot) for outcome, rule in RULES.items()}
    assert {outcome: tuple(rule) for outcome, *rule in rules} == in_core


def test_ledger_rows_name_their_generation_and_project(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    sql.fail(claimed, "empty")
    refund, reserve, grant = sql.user(user, "list_ledger")["rows"]
    for row in (refund, reserve):
        assert (row["generation_id"], row["project_id"], row["project_name"]) == (claimed["id"], project, "Bakery")
    assert (grant["generation_id"], grant["project_id"], grant["project_name"]) == (None, None, None)


def test_the_ledger_can_be_read_in_pieces(sql: Calls, user: UUID, project: str) -> None:
    sql.fail(sql.running(user, project), "empty")
    everything = sql.user(user, "list_ledger")["rows"]
    first = sql.user(user, "list_ledger", p_limit=2)["rows"]
    assert first + sql.user(user, "list_ledger", p_limit=2, p_before=first[-1]["id"])["rows"] == everything
    assert len(everything) == 3


def test_an_exhausted_quota_refuses_says_until_when_and_keeps_the_prompt(sql: Calls, user: UUID, project: str) -> None:
    sql.change("update public.quotas set quota_limit = 1, remaining = 1 where user_id = %s", user)
    sql.change("update public.quota_ledger set amount = 1, balance = 1 where user_id = %s", user)
    assert sql.begin(user, project, "first")["ok"]

    refusal = sql.begin(user, project, "second")

    resets_at = sql.user(user, "get_me")["me"]["quota"]["resets_at"]
    assert refusal == {"ok": False, "reason": "quota_exhausted", "limit": 1, "resets_at": resets_at}
    draft = sql.user(user, "get_project", p_project_id=project)["project"]["draft"]
    assert (draft["prompt"], draft["reason"]) == ("second", "quota_exhausted")
    assert sql.assert_exact(user) == {"limit": 1, "used": 0, "reserved": 1, "remaining": 0}


def test_it_resets_at_the_first_of_the_next_month_in_utc(sql: Calls, user: UUID) -> None:
    sql.change("update public.quotas set period_start = '2999-12-01' where user_id = %s", user)
    assert sql.user(user, "get_me")["me"]["quota"]["resets_at"] == "3000-01-01T00:00:00+00:00"


def test_a_month_is_one_of_utc_whatever_the_session_thinks(sql: Calls) -> None:
    query = "select private.month_start('2026-03-01 00:30+02')::text, private.month_start('2026-03-01 00:00+00')::text"
    assert sql.one(query) == ("2026-02-01", "2026-03-01")


def test_the_first_touch_of_a_new_month_expires_the_rest_and_grants_anew(sql: Calls, user: UUID, project: str) -> None:
    sql.finish(sql.running(user, project))
    _last_month(sql, user)

    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 0, "remaining": 50}
    assert _ledger(sql, user)[-2:] == [("expire", -49, 0, "period_ended"), ("grant", 50, 50, "period_started")]
    assert sql.assert_exact(user)["remaining"] == 50
    assert len(_ledger(sql, user)) == 5


@pytest.mark.parametrize("end", ["refund", "settle", "drop", "sweep"])
def test_a_reservation_of_last_month_is_not_refunded_into_this_one(
    sql: Calls, user: UUID, project: str, end: str
) -> None:
    generation = sql.begin(user, project)["generation"]
    _last_month(sql, user)
    if end == "drop":
        ended = sql.user(user, "cancel_generation", p_generation_id=generation["id"])["generation"]
    else:
        (claimed,) = sql.claim(project)
        if end == "sweep":
            ended = sql.sweep(claimed)["generation"]
        elif end == "settle":
            ended = sql.finish(claimed)["generation"]
        else:
            ended = sql.fail(claimed, "empty")["generation"]

    assert ended["finished_at"] is not None
    assert ended["is_returned"] is False
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 0, "remaining": 50}
    assert _ledger(sql, user)[1:] == [
        ("reserve", -1, 49, "requested"),
        ("expire", 0, 49, "period_ended"),
        ("expire", -49, 0, "period_ended"),
        ("grant", 50, 50, "period_started"),
    ]


def test_months_that_nobody_touched_are_skipped(sql: Calls, user: UUID) -> None:
    for _ in range(3):
        _last_month(sql, user)
    sql.assert_exact(user)
    assert len(_ledger(sql, user)) == 3


def test_a_generation_is_refunded_once_whoever_tries(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    sql.fail(claimed, "empty")
    with sql.refused("PT410", "lease_lost"):
        sql.fail({**claimed, "lease_token": uuid4()}, "empty")
    for kind, amount in (("settle", 0), ("refund", 1), ("expire", 0)):
        with sql.refused("23505", 'duplicate key value violates unique constraint "quota_ledger_one_end"'):
            sql.change(
                "insert into public.quota_ledger (user_id, at, kind, amount, balance, reason, generation_id)"
                " values (%s, now(), %s, %s, 0, 'test', %s)", user, kind, amount, claimed["id"],
            )  # fmt: skip
    assert sql.assert_exact(user)["remaining"] == 50


def test_an_admin_moves_a_limit_and_the_ledger_shows_it(sql: Calls, user: UUID, project: str) -> None:
    admin = sql.add_admin()
    sql.finish(sql.running(user, project))
    sql.running(user, project)

    sql.user(admin, "set_quota_limit", p_user_id=user, p_limit=60)
    assert sql.assert_exact(user) == {"limit": 60, "used": 1, "reserved": 1, "remaining": 58}
    assert _ledger(sql, user)[-1] == ("grant", 10, 58, "limit_changed")
    sql.user(admin, "set_quota_limit", p_user_id=user, p_limit=1)
    assert sql.assert_exact(user) == {"limit": 1, "used": 1, "reserved": 1, "remaining": -1}
    assert _ledger(sql, user)[-1] == ("grant", -59, -1, "limit_changed")
    sql.user(admin, "set_quota_limit", p_user_id=user, p_limit=1)
    assert len(_ledger(sql, user)) == 6

    assert sql.begin(user, project)["reason"] == "quota_exhausted"
    _last_month(sql, user)
    assert sql.assert_exact(user) == {"limit": 1, "used": 0, "reserved": 0, "remaining": 1}


def test_an_admin_sets_what_new_users_get(fresh: Calls) -> None:
    admin = fresh.add_admin()
    fresh.user(admin, "set_quota_limit", p_user_id=None, p_limit=7)
    assert fresh.assert_exact(fresh.add_user())["limit"] == 7
    assert fresh.assert_exact(admin)["limit"] == 50


@pytest.mark.parametrize("limit", [-1, 1_000_001, None])
def test_an_impossible_limit_is_refused(sql: Calls, user: UUID, limit: int | None) -> None:
    admin = sql.add_admin()
    with sql.refused("PT422", "invalid_limit"):
        sql.user(admin, "set_quota_limit", p_user_id=user, p_limit=limit)
    with sql.refused("PT404", "user_not_found"):
        sql.user(admin, "set_quota_limit", p_user_id=uuid4(), p_limit=1)


def test_only_admins_move_limits(sql: Calls, user: UUID) -> None:
    with sql.refused("PT403", "forbidden"):
        sql.user(user, "set_quota_limit", p_user_id=user, p_limit=1000)
    with sql.refused("PT403", "forbidden"):
        sql.user(user, "set_rate_policy", p_name="generation", p_limit=1000, p_window_seconds=1)
    assert sql.assert_exact(user)["limit"] == 50


def test_the_two_primitives_move_one_and_only_their_own(sql: Calls, user: UUID, project: str) -> None:
    sql.running(user, project)

    assert sql.server("increment_quota", p_user_id=user) == {"ok": False, "remaining": 49}
    assert sql.server("decrement_quota", p_user_id=user) == {"ok": True, "remaining": 48}
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 2, "remaining": 48}
    assert sql.server("increment_quota", p_user_id=user) == {"ok": True, "remaining": 49}
    assert sql.server("increment_quota", p_user_id=user) == {"ok": False, "remaining": 49}
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 1, "remaining": 49}


def test_decrement_stops_at_nothing(sql: Calls, user: UUID) -> None:
    for left in range(49, -1, -1):
        assert sql.server("decrement_quota", p_user_id=user) == {"ok": True, "remaining": left}
    assert sql.server("decrement_quota", p_user_id=user) == {"ok": False, "remaining": 0}
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 50, "remaining": 0}


def test_what_decrement_took_last_month_cannot_come_back_in_this_one(sql: Calls, user: UUID) -> None:
    sql.server("decrement_quota", p_user_id=user)
    _last_month(sql, user)
    assert sql.server("increment_quota", p_user_id=user) == {"ok": False, "remaining": 50}
    assert sql.assert_exact(user)["remaining"] == 50
