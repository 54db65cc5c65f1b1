"""Rate windows: exact to the second, half-open, whatever the limit was before.

Time is moved by moving hits: the functions take no clock from anybody.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.sql.calls import Calls

NOW = "2026-11-01T12:00:00Z"
AGE = "update private.rate_hits set at = at - make_interval(secs => %s) where subject = %s"


def _window(sql: Calls, user: UUID) -> Any:
    return sql.user(user, "get_me")["me"]["windows"][0]


def _fill(sql: Calls, user: UUID, project: str, ages: list[float]) -> None:
    """Five generations, begun so many seconds ago."""
    for age in ages:
        sql.change(
            "insert into private.rate_hits (policy, subject, at) values"
            " ('generation', %s, clock_timestamp() - make_interval(secs => %s))", str(user), age,
        )  # fmt: skip
    assert sql.begin(user, project)["reason"] == "rate_limited"


def _hit(sql: Calls, user: UUID, *ages: str) -> None:
    """Hits that are so many seconds old at the moment NOW."""
    sql.change(
        "insert into private.rate_hits (policy, subject, at)"
        " select 'generation', %s, %s::timestamptz - age::interval from unnest(%s::text[]) as age",
        str(user), NOW, [f"{age} seconds" for age in ages],
    )  # fmt: skip


def test_five_are_let_in_and_the_sixth_is_told_when(sql: Calls, user: UUID, project: str) -> None:
    for used in range(5):
        assert _window(sql, user) == {
            "name": "generation", "limit": 5, "remaining": 5 - used, "window_seconds": 900, "retry_after": 0,
            "hits": _window(sql, user)["hits"],
        }  # fmt: skip
        assert len(_window(sql, user)["hits"]) == used
        assert sql.begin(user, project)["ok"]
    refusal = sql.begin(user, project)
    window = _window(sql, user)
    assert refusal == {
        "ok": False, "reason": "rate_limited", "limit": 5, "window_seconds": 900, "retry_after": window["retry_after"],
    }  # fmt: skip
    assert window["remaining"] == 0
    assert window["hits"] == sorted(window["hits"])
    assert len(window["hits"]) == 5


def test_waiting_exactly_retry_after_succeeds_and_a_second_less_fails(sql: Calls, user: UUID, project: str) -> None:
    _fill(sql, user, project, [850.3, 600, 300, 100, 50])
    retry_after = sql.begin(user, project)["retry_after"]
    assert retry_after == 50

    sql.change(AGE, retry_after - 1, str(user))
    assert sql.begin(user, project)["retry_after"] == 1
    sql.change(AGE, 1, str(user))
    assert sql.begin(user, project)["ok"]
    assert sql.begin(user, project)["reason"] == "rate_limited"


@pytest.mark.parametrize(
    ("age", "retry_after"),
    [
        ("0", 900),
        ("0.000001", 900),
        ("1", 899),
        ("898.999999", 2),
        ("899", 1),
        ("899.999999", 1),  # a microsecond is a second to wait
        ("900", 0),  # half-open: at 900 s it has left
    ],
)
def test_the_edges_are_exact_to_the_microsecond(sql: Calls, user: UUID, age: str, retry_after: int) -> None:
    _hit(sql, user, *[age] * 5)
    window = sql.one("select private.window_json(private.window_at('generation', %s, %s))", str(user), NOW)
    assert window["retry_after"] == retry_after
    assert len(window["hits"]) == (5 if retry_after else 0)


@pytest.mark.parametrize("limit", [1, 2, 5, 9, 10, 11])
def test_the_wait_is_the_shortest_that_helps(fresh: Calls, limit: int) -> None:
    """Ten hits at odd moments, under limits above and below their number: after the wait there is a slot, one second
    before there is none."""
    user = fresh.add_user()
    _hit(fresh, user, "897.5", "880", "879.25", "640", "333.333333", "300", "299.999999", "12", "11", "0.5")
    fresh.change("update private.rate_policies set max_hits = %s where name = 'generation'", limit)
    query = (
        "select (private.window_at('generation', %(user)s, %(now)s::timestamptz + %(wait)s * interval '1 second'))"
        ".retry_after"
    )

    def wait_at(seconds: int) -> int:
        rows = fresh.rows(query, {"user": str(user), "now": NOW, "wait": seconds})
        return int(rows[0])

    wait = wait_at(0)
    assert (wait == 0) is (limit == 11)
    assert wait_at(wait) == 0
    assert wait == 0 or wait_at(wait - 1) == 1


def test_a_lowered_limit_is_exact_too(fresh: Calls) -> None:
    admin = fresh.add_admin()
    project = fresh.create_project(admin)
    _fill(fresh, admin, project, [800, 700, 600, 500, 400])

    fresh.user(admin, "set_rate_policy", p_name="generation", p_limit=2, p_window_seconds=900)
    retry_after = fresh.begin(admin, project)["retry_after"]
    assert retry_after == 400  # the hit that is 500 s old must leave

    fresh.change(AGE, retry_after - 1, str(admin))
    assert not fresh.begin(admin, project)["ok"]
    fresh.change(AGE, 1, str(admin))
    assert fresh.begin(admin, project)["ok"]


def test_a_raised_limit_and_a_shorter_window_help_at_once(fresh: Calls) -> None:
    admin = fresh.add_admin()
    project = fresh.create_project(admin)
    _fill(fresh, admin, project, [80, 70, 60, 50, 40])
    fresh.user(admin, "set_rate_policy", p_name="generation", p_limit=6, p_window_seconds=900)
    assert fresh.begin(admin, project)["ok"]
    assert not fresh.begin(admin, project)["ok"]
    fresh.user(admin, "set_rate_policy", p_name="generation", p_limit=6, p_window_seconds=60)
    assert _window(fresh, admin)["window_seconds"] == 60
    assert fresh.begin(admin, project)["ok"]


@pytest.mark.parametrize(("limit", "seconds"), [(0, 60), (1, 0), (None, 60), (1, None), (1, 2_592_001)])
def test_an_impossible_policy_is_refused(sql: Calls, limit: int | None, seconds: int | None) -> None:
    admin = sql.add_admin()
    with sql.refused("PT422", "invalid_limit"):
        sql.user(admin, "set_rate_policy", p_name="api", p_limit=limit, p_window_seconds=seconds)
    with sql.refused("PT404", "policy_not_found"):
        sql.user(admin, "set_rate_policy", p_name="none", p_limit=1, p_window_seconds=1)


def test_users_have_windows_of_their_own(sql: Calls, user: UUID, project: str) -> None:
    _fill(sql, user, project, [1, 1, 1, 1, 1])
    other = sql.add_user()
    assert sql.begin(other, sql.create_project(other))["ok"]


def test_one_window_for_all_projects_of_a_user(sql: Calls, user: UUID, project: str) -> None:
    _fill(sql, user, project, [1, 1, 1, 1, 1])
    assert sql.begin(user, sql.create_project(user))["reason"] == "rate_limited"


def test_a_refused_call_is_not_counted(sql: Calls, user: UUID, project: str) -> None:
    _fill(sql, user, project, [899.5, 100, 100, 100, 100])
    before = _window(sql, user)["hits"]
    sql.begin(user, project)
    assert _window(sql, user)["hits"] == before


def test_old_hits_are_forgotten(sql: Calls, user: UUID, project: str) -> None:
    assert sql.begin(user, project)["ok"]
    sql.change(AGE, 900, str(user))
    assert _window(sql, user)["hits"] == []
    assert sql.begin(user, project)["ok"]
    assert sql.one("select count(*) from private.rate_hits where subject = %s", str(user)) == 1


def test_the_windows_are_rows_with_the_products_numbers(fresh: Calls) -> None:
    assert fresh.rows("select name, max_hits, window_seconds from private.rate_policies order by name") == [
        ("api", 100, 60),
        ("generation", 5, 900),
        ("mail_account", 5, 900),
        ("mail_address", 30, 900),
        ("quote", 60, 60),
        ("sign_in_account", 10, 900),
        ("sign_in_address", 100, 900),
        ("sign_up_address", 120, 60),
    ]
