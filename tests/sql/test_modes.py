"""Build and ask: the mode goes with a generation from its beginning to its end, and a question makes no snapshot."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.sql.calls import Calls, write


def _asked(sql: Calls, user: UUID, project: str) -> Any:
    sql.begin(user, project, "which colours are these?", p_mode="ask")
    (claimed,) = sql.claim(project)
    return claimed


def test_the_mode_is_kept_and_told_to_whoever_runs_it(sql: Calls, user: UUID, project: str) -> None:
    begun = sql.begin(user, project, "which colours are these?", p_mode="ask")["generation"]
    assert begun["mode"] == "ask"
    (message,) = sql.user(user, "list_messages", p_project_id=project)["messages"]
    assert message["generation"]["mode"] == "ask"
    assert sql.claim(project)[0]["mode"] == "ask"


def test_a_key_is_of_one_mode(sql: Calls, user: UUID, project: str) -> None:
    first = sql.begin(user, project, "x", p_idempotency_key="k", p_mode="ask")
    again = sql.begin(user, project, "x", p_idempotency_key="k", p_mode="ask")
    assert again == {"ok": True, "repeated": True, "generation": first["generation"]}
    for mode in ({"p_mode": "build"}, {}):
        other = sql.begin(user, project, "x", p_idempotency_key="k", **mode)
        assert other == {"ok": False, "reason": "idempotency_conflict"}
    assert sql.assert_exact(user)["reserved"] == 1


def test_an_answer_counts_and_leaves_the_files_alone(sql: Calls, user: UUID, project: str) -> None:
    sql.finish(sql.running(user, project), write("index.html", "<h1>Bread</h1>"))
    ended = sql.finish(_asked(sql, user, project))["generation"]
    assert (ended["status"], ended["outcome"], ended["snapshot"]) == ("succeeded", "answered", None)
    assert sql.user(user, "get_project", p_project_id=project)["project"]["latest_snapshot"] == 1
    assert sql.assert_exact(user)["used"] == 2


def test_a_question_makes_no_snapshot_whatever_its_process_says(sql: Calls, user: UUID, project: str) -> None:
    claimed = _asked(sql, user, project)
    with sql.refused("PT422", "question_changes_nothing"):
        sql.finish(claimed, write("index.html", "x"))
    assert sql.user(user, "list_files", p_project_id=project)["files"] == []
    sql.fail(claimed, "internal_error")
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 0, "remaining": 50}


def test_nor_does_any_other_way_into_the_table(sql: Calls, user: UUID, project: str) -> None:
    claimed = _asked(sql, user, project)
    with sql.refused("PT422", "question_changes_nothing"):
        sql.change(
            "insert into public.snapshots"
            " (project_id, number, user_id, kind, card, generation_id, file_count, total_size, created_at)"
            " values (%s, 1, %s, 'generation', '{\"title\": \"t\"}', %s, 0, 0, now())",
            project, user, claimed["id"],
        )  # fmt: skip
