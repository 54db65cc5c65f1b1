"""The queue of a project: order, one at a time, held after a failure, dropped, deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.sql.calls import Calls


def _begin_all(sql: Calls, user: UUID, project: str, *prompts: str) -> list[str]:
    return [sql.begin(user, project, prompt)["generation"]["id"] for prompt in prompts]


def _project(sql: Calls, user: UUID, project: str) -> Any:
    return sql.user(user, "get_project", p_project_id=project)["project"]


def _get(sql: Calls, user: UUID, generation: str) -> Any:
    return sql.user(user, "get_generation", p_generation_id=generation)["generation"]


def test_generations_run_one_at_a_time_in_the_order_they_came(sql: Calls, user: UUID, project: str) -> None:
    ids = _begin_all(sql, user, project, "a", "b", "c")
    assert [_get(sql, user, each)["position"] for each in ids] == [1, 2, 3]
    ran = []
    for _ in ids:
        (claimed,) = sql.claim(project)
        assert sql.claim(project) == []
        ran.append(claimed["id"])
        assert _project(sql, user, project)["active_generation_id"] == claimed["id"]
        sql.finish(claimed)
    assert ran == ids
    assert sql.claim(project) == []
    assert _project(sql, user, project)["active_generation_id"] is None


def test_positions_move_up(sql: Calls, user: UUID, project: str) -> None:
    ids = _begin_all(sql, user, project, "a", "b", "c")
    sql.claim(project)
    assert [_get(sql, user, each)["position"] for each in ids] == [0, 1, 2]
    assert [_get(sql, user, each)["status"] for each in ids] == ["running", "queued", "queued"]


def test_a_claim_carries_what_is_needed_to_run(sql: Calls, user: UUID, project: str) -> None:
    generation = sql.begin(user, project, "a page")["generation"]
    (claimed,) = sql.claim(project)
    token = claimed.pop("lease_token")
    assert claimed == {
        "id": generation["id"], "project_id": project, "user_id": str(user), "prompt": "a page", "model": "model-1",
        "mode": "build", "base_snapshot": 0, "last_seq": 0, "has_attachments": False,
    }  # fmt: skip
    lease = sql.one(
        "select lease_token::text, reserved_until, expires_at - clock_timestamp() between interval '29 s' and '30 s'"
        " from private.leases where generation_id = %s", generation["id"],
    )  # fmt: skip
    assert lease == (token, 200, True)
    assert _get(sql, user, generation["id"])["started_at"] is not None


def test_the_database_itself_keeps_two_from_running(sql: Calls, user: UUID, project: str) -> None:
    ids = _begin_all(sql, user, project, "a", "b")
    sql.claim(project)
    with sql.refused("23505", 'duplicate key value violates unique constraint "generations_one_running"'):
        sql.change("update public.generations set status = 'running' where id = %s", ids[1])


def test_heads_are_claimed_oldest_first_and_no_more_than_asked_for(fresh: Calls) -> None:
    user = fresh.add_user()
    projects = [fresh.create_project(user) for _ in range(3)]
    heads = [fresh.begin(user, project)["generation"]["id"] for project in projects]
    fresh.begin(user, projects[0], "behind")

    assert fresh.claim(limit=0) == []
    assert [row["id"] for row in fresh.claim(limit=2)] == heads[:2]
    assert [row["id"] for row in fresh.claim(limit=10)] == heads[2:]
    assert fresh.claim(limit=10) == []


@pytest.mark.parametrize(
    "outcome", ["upstream_error", "refused", "truncated", "edits_failed", "empty", "internal_error"]
)
def test_a_failure_holds_what_waits_behind_it(sql: Calls, user: UUID, project: str, outcome: str) -> None:
    first, second = _begin_all(sql, user, project, "a", "b")
    sql.fail(sql.claim(project)[0], outcome)

    assert _project(sql, user, project)["is_held"] is True
    assert sql.claim(project) == []
    assert _get(sql, user, second)["status"] == "queued"
    assert sql.user(user, "continue_queue", p_project_id=project) == {"ok": True}
    assert _project(sql, user, project)["is_held"] is False
    assert [row["id"] for row in sql.claim(project)] == [second]
    assert _get(sql, user, first)["status"] == "failed"


@pytest.mark.parametrize("outcome", ["interrupted", "stopped", "stopped_early"])
def test_a_stop_or_a_crash_holds_nothing(sql: Calls, user: UUID, project: str, outcome: str) -> None:
    _, second = _begin_all(sql, user, project, "a", "b")
    sql.fail(sql.claim(project)[0], outcome)
    assert _project(sql, user, project)["is_held"] is False
    assert [row["id"] for row in sql.claim(project)] == [second]


def test_a_failure_without_a_queue_holds_nothing(sql: Calls, user: UUID, project: str) -> None:
    sql.fail(sql.running(user, project), "empty")
    assert _project(sql, user, project)["is_held"] is False
    assert sql.begin(user, project)["ok"]
    assert len(sql.claim(project)) == 1


def test_what_is_sent_while_held_waits_too(sql: Calls, user: UUID, project: str) -> None:
    _, second = _begin_all(sql, user, project, "a", "b")
    sql.fail(sql.claim(project)[0], "empty")
    (third,) = _begin_all(sql, user, project, "c")
    assert sql.claim(project) == []
    assert [_get(sql, user, each)["position"] for each in (second, third)] == [1, 2]


def test_dropping_the_last_one_lets_the_brake_go(sql: Calls, user: UUID, project: str) -> None:
    _, second = _begin_all(sql, user, project, "a", "b")
    sql.fail(sql.claim(project)[0], "empty")
    sql.user(user, "cancel_generation", p_generation_id=second)
    assert _project(sql, user, project)["is_held"] is False
    (third,) = _begin_all(sql, user, project, "c")
    assert [row["id"] for row in sql.claim(project)] == [third]


def test_one_project_does_not_hold_another(sql: Calls, user: UUID, project: str) -> None:
    other = sql.create_project(user)
    _begin_all(sql, user, project, "a", "b")
    sql.fail(sql.claim(project)[0], "empty")
    _begin_all(sql, user, other, "c")
    assert len(sql.claim(other)) == 1


def test_a_dropped_one_leaves_an_event_and_its_message(sql: Calls, user: UUID, project: str) -> None:
    (generation,) = _begin_all(sql, user, project, "a")
    dropped = sql.user(user, "cancel_generation", p_generation_id=generation)["generation"]
    assert (dropped["status"], dropped["last_seq"], dropped["started_at"]) == ("cancelled", 1, None)
    (followed,) = sql.server("events_since", p_cursors=[{"generation_id": generation, "after": 0}])["generations"]
    data = {"outcome": "dropped", "code": "dropped", "message": "", "returned": True}
    assert followed["events"] == [{"seq": 1, "type": "failed", "data": data}]
    (message,) = sql.user(user, "list_messages", p_project_id=project)["messages"]
    assert message["generation"] == dropped
    (bill,) = sql.user(user, "list_usage_events", p_from="2000-01-01Z", p_to="3000-01-01Z")["events"]
    assert (bill["outcome"], bill["is_returned"], bill["duration_ms"]) == ("dropped", True, 0)


def test_stopping_a_running_one_is_noted_once(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    for _ in range(2):
        stopped = sql.user(user, "cancel_generation", p_generation_id=claimed["id"])["generation"]
        assert stopped["status"] == "running"
    assert sql.server("find_cancelled", p_generation_ids=[UUID(claimed["id"])]) == {"cancelled": [claimed["id"]]}
    sql.fail(claimed, "stopped")
    assert sql.server("find_cancelled", p_generation_ids=[UUID(claimed["id"])]) == {"cancelled": []}


def test_stopping_an_ended_one_changes_nothing(sql: Calls, user: UUID, project: str) -> None:
    ended = sql.finish(sql.running(user, project))["generation"]
    assert sql.user(user, "cancel_generation", p_generation_id=ended["id"])["generation"] == ended
    assert sql.assert_exact(user)["used"] == 1


def test_a_project_is_deleted_with_its_queue_but_not_while_one_runs(sql: Calls, user: UUID, project: str) -> None:
    _begin_all(sql, user, project, "a", "b")
    (claimed,) = sql.claim(project)
    with sql.refused("PT409", "generation_running"):
        sql.user(user, "delete_project", p_project_id=project)
    assert sql.assert_exact(user)["reserved"] == 2
    sql.finish(claimed)

    assert sql.user(user, "delete_project", p_project_id=project) == {"ok": True}

    with sql.refused("PT404", "project_not_found"):
        sql.user(user, "get_project", p_project_id=project)
    assert sql.assert_exact(user) == {"limit": 50, "used": 1, "reserved": 0, "remaining": 49}
    assert len(sql.user(user, "get_me")["me"]["windows"][0]["hits"]) == 1
    for row in sql.user(user, "list_ledger")["rows"][:-1]:
        assert (row["project_id"], row["project_name"]) == (None, "Bakery")
