"""Usage: the rollup equals the bills, groups equal both, and what is deleted stays on the bill."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.sql.calls import Calls

ALWAYS = {"p_from": "2000-01-01T00:00:00Z", "p_to": "3000-01-01T00:00:00Z"}
SUMS = [
    "generations", "returned", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
    "duration_ms",
]  # fmt: skip


def _use(sql: Calls, user: UUID, project: str, model: str, outcome: str | None, tokens: int) -> None:
    sql.change("delete from private.rate_hits where subject = %s", str(user))
    claimed = sql.running(user, project)
    usage = {"input_tokens": tokens, "output_tokens": 2 * tokens, "cost_usd": str(Decimal(tokens) / 10_000_000)}
    if outcome is None:
        sql.finish(claimed, usage=usage, model=model)
    else:
        sql.fail(claimed, outcome, usage=usage, model=model)


@pytest.fixture
def used(sql: Calls, user: UUID, project: str) -> str:
    """Five generations on two models, two days and two projects; two of them came back."""
    other = sql.create_project(user, "Quiz")
    _use(sql, user, project, "model-1", None, 100)
    _use(sql, user, project, "model-1", "empty", 10)
    _use(sql, user, other, "model-2", None, 3)
    _use(sql, user, other, "model-2", "stopped", 7)
    _use(sql, user, other, "model-1", "upstream_error", 0)
    sql.change(
        "update public.usage_events set at = '2026-05-31T23:59:59.999999Z' where user_id = %s and outcome = 'stopped'",
        user,
    )
    return other


def _usage(sql: Calls, user: UUID, group: str, **range_: str) -> dict[str, Any]:
    rows = sql.user(user, "get_usage", **{**ALWAYS, **range_}, p_group_by=group)["rows"]
    assert [row["group"] for row in rows] == sorted(row["group"] for row in rows)
    return {row.pop("group"): row for row in rows}


def test_groups_hold_their_sums(sql: Calls, user: UUID, used: str) -> None:
    outcomes = _usage(sql, user, "outcome")
    assert {group: row["generations"] for group, row in outcomes.items()} == {
        "answered": 2, "empty": 1, "stopped": 1, "upstream_error": 1,
    }  # fmt: skip
    assert {group: row["returned"] for group, row in outcomes.items() if row["returned"]} == {
        "empty": 1, "upstream_error": 1,
    }  # fmt: skip
    models = _usage(sql, user, "model")
    assert (models["model-1"]["input_tokens"], models["model-1"]["output_tokens"]) == (110, 220)
    assert (models["model-2"]["input_tokens"], models["model-2"]["cost_usd"]) == (10, "0.000001")
    projects = _usage(sql, user, "project")
    assert {group: row["generations"] for group, row in projects.items()} == {"Bakery": 2, "Quiz": 3}
    assert _usage(sql, user, "day")["2026-05-31"]["generations"] == 1


@pytest.mark.parametrize("group", ["day", "model", "project", "outcome"])
def test_every_grouping_has_the_same_total_as_the_bills(sql: Calls, user: UUID, used: str, group: str) -> None:
    rows = _usage(sql, user, group).values()
    bills = sql.user(user, "list_usage_events", **ALWAYS)["events"]
    assert sum(row["generations"] for row in rows) == len(bills) == 5
    assert sum(row["returned"] for row in rows) == sum(bill["is_returned"] for bill in bills)
    assert sum(row["duration_ms"] for row in rows) == sum(bill["duration_ms"] for bill in bills)
    for field in ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"):
        assert sum(row[field] for row in rows) == sum(bill["usage"][field] for bill in bills)
    assert sum(Decimal(row["cost_usd"]) for row in rows) == sum(Decimal(bill["usage"]["cost_usd"]) for bill in bills)


def test_the_daily_rollup_equals_the_bills(sql: Calls, user: UUID, project: str) -> None:
    for tokens in range(4):
        _use(sql, user, project, "model-1", None if tokens % 2 else "empty", tokens)
    sql.user(user, "cancel_generation", p_generation_id=sql.begin(user, project)["generation"]["id"])
    sums = ", ".join(f"sum({column})::bigint" for column in SUMS[2:])
    counted = sql.rows(
        "select (at at time zone 'UTC')::date, model, outcome, is_simulated, count(*),"
        f" count(*) filter (where is_returned), {sums}, sum(cost_usd) from public.usage_events where user_id = %s"
        " group by 1, 2, 3, 4 order by 1, 2, 3, 4", user,
    )  # fmt: skip
    kept = sql.rows(
        f"select day, model, outcome, is_simulated, {', '.join(SUMS)}, cost_usd from public.usage_daily"
        " where user_id = %s order by 1, 2, 3, 4", user,
    )  # fmt: skip
    assert kept == counted
    assert len(kept) == 3


def test_a_range_is_half_open(sql: Calls, user: UUID, used: str) -> None:
    edge = "2026-05-31T23:59:59.999999Z"
    assert len(_usage(sql, user, "outcome", p_from=edge)) == 4
    assert list(_usage(sql, user, "outcome", p_from="2026-01-01Z", p_to="2026-06-01Z")) == ["stopped"]
    assert _usage(sql, user, "outcome", p_from="2026-01-01Z", p_to=edge) == {}
    assert len(sql.user(user, "list_usage_events", p_from=edge, p_to="2026-06-01Z")["events"]) == 1


@pytest.mark.parametrize("range_", [{"p_from": None}, {"p_to": None}, {"p_from": ALWAYS["p_to"]}])
def test_a_range_goes_forward(sql: Calls, user: UUID, range_: dict[str, Any]) -> None:
    for function, more in (("get_usage", {"p_group_by": "day"}), ("list_usage_events", {})):
        with sql.refused("PT422", "invalid_range"):
            sql.user(user, function, **{**ALWAYS, **range_}, **more)


@pytest.mark.parametrize("group", ["user", "", None])
def test_there_are_four_groupings(sql: Calls, user: UUID, group: str | None) -> None:
    with sql.refused("PT422", "invalid_group"):
        sql.user(user, "get_usage", **ALWAYS, p_group_by=group)


def test_bills_come_newest_first_and_as_many_as_asked_for(sql: Calls, user: UUID, used: str) -> None:
    everything = sql.user(user, "list_usage_events", **ALWAYS)["events"]
    times = [bill["at"] for bill in everything]
    assert times == sorted(times, reverse=True)
    assert sql.user(user, "list_usage_events", **ALWAYS, p_limit=2)["events"] == everything[:2]
    assert sql.user(user, "list_usage_events", **ALWAYS, p_limit=None)["events"] == everything
    last = everything[-1]
    assert (last["day"], last["outcome"], last["status"], last["project_name"]) == (
        "2026-05-31", "stopped", "cancelled", "Quiz",
    )  # fmt: skip


def test_a_deleted_project_stays_on_the_bill(sql: Calls, user: UUID, used: str) -> None:
    before = _usage(sql, user, "project")
    sql.user(user, "delete_project", p_project_id=used)
    assert _usage(sql, user, "project") == before
    bills = [b for b in sql.user(user, "list_usage_events", **ALWAYS)["events"] if b["project_name"] == "Quiz"]
    assert [bill["project_id"] for bill in bills] == [None] * 3


def test_a_renamed_project_is_shown_by_its_new_name(sql: Calls, user: UUID, used: str) -> None:
    sql.user(user, "update_project", p_project_id=used, p_name="Riddle")
    assert sorted(_usage(sql, user, "project")) == ["Bakery", "Riddle"]
    names = {row["project_name"] for row in sql.user(user, "list_ledger")["rows"]}
    assert names == {"Bakery", "Riddle", None}


def test_a_users_month_is_read_from_the_index_alone(fresh: Calls) -> None:
    # Vacuum can mark a page as visible to all only when its commit is on disk, which test servers do not wait for.
    fresh.change("set synchronous_commit = on")
    users = [fresh.add_user() for _ in range(10)]
    user = users[0]
    fresh.change(
        "insert into public.usage_events"
        " select gen_random_uuid(), u, null, 'p', now() - g * interval '1 hour', 'm', 'succeeded', 'answered', false,"
        " false, 1, 1, 1, 1, 0.1, 5 from unnest(%s::uuid[]) u, generate_series(1, 1500) g", users,
    )  # fmt: skip
    fresh.change("vacuum analyze public.usage_events")
    source = fresh.one("select prosrc from pg_proc where proname = 'get_usage'")
    query = source[source.index("select\n        case p_group_by") : source.index("group by 1") + len("group by 1")]
    for name, value in (
        ("p_group_by", "'day'"), ("v_user_id", f"'{user}'::uuid"),
        ("p_from", "now() - interval '30 days'"), ("p_to", "now()"),
    ):  # fmt: skip
        query = query.replace(name, value)
    plan = "\n".join(fresh.rows(f"explain {query}"))
    assert "Index Only Scan using usage_events_user_id_at" in plan
