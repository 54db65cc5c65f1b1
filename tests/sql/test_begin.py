"""begin_generation: who may, with what, and what happens to the prompt."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.calls import Calls


def _draft(sql: Calls, user: UUID, project: str) -> Any:
    return sql.user(user, "get_project", p_project_id=project)["project"]["draft"]


def _fill_window(sql: Calls, user: UUID) -> None:
    sql.change(
        "insert into private.rate_hits (policy, subject, at)"
        " select 'generation', %s, clock_timestamp() from generate_series(1, 5)", str(user),
    )  # fmt: skip


def test_it_queues_a_generation_with_its_message(sql: Calls, user: UUID, project: str) -> None:
    answer = sql.begin(user, project, "a page for my bakery", p_is_simulated=True)

    generation = answer.pop("generation")
    assert answer == {"ok": True, "repeated": False}
    assert generation["created_at"] is not None
    assert {key: value for key, value in generation.items() if key not in ("id", "created_at")} == {
        "project_id": project, "status": "queued", "outcome": None, "prompt": "a page for my bakery",
        "model": "model-1", "mode": "build", "attachments": [],
        "position": 1, "snapshot": None, "error_code": None, "error_message": None,
        "is_returned": False, "usage": None, "attempts": 0, "last_seq": 0, "started_at": None, "finished_at": None,
        "duration_ms": None,
    }  # fmt: skip
    (message,) = sql.user(user, "list_messages", p_project_id=project)["messages"]
    assert (message["role"], message["text"], message["thinking"]) == ("user", "a page for my bakery", "")
    assert message["generation"] == generation
    assert sql.user(user, "get_generation", p_generation_id=generation["id"])["generation"] == generation


@pytest.mark.parametrize("prompt", ["x", "x" * 100_000, "🥐" * 100_000, " x "])
def test_a_prompt_has_1_to_100000_characters(sql: Calls, user: UUID, project: str, prompt: str) -> None:
    assert sql.begin(user, project, prompt)["generation"]["prompt"] == prompt


@pytest.mark.parametrize("prompt", ["", None, " \n\t", "x" * 100_001])
def test_any_other_prompt_changes_nothing(sql: Calls, user: UUID, project: str, prompt: str) -> None:
    with sql.refused("PT422", "invalid_prompt"):
        sql.begin(user, project, prompt)
    assert sql.user(user, "list_messages", p_project_id=project) == {"messages": []}
    assert _draft(sql, user, project) is None
    sql.assert_exact(user)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"p_model": ""}, "invalid_model"),
        ({"p_model": None}, "invalid_model"),
        ({"p_model": "m" * 101}, "invalid_model"),
        ({"p_idempotency_key": ""}, "invalid_idempotency_key"),
        ({"p_idempotency_key": "k" * 201}, "invalid_idempotency_key"),
        ({"p_mode": "edit"}, "invalid_mode"),
        ({"p_mode": None}, "invalid_mode"),
        ({"p_attachments": [uuid4() for _ in range(6)]}, "too_many_attachments"),
        ({"p_attachments": [uuid4()]}, "attachment_gone"),
    ],
)
def test_all_that_is_sent_has_bounds(sql: Calls, user: UUID, project: str, args: dict[str, Any], code: str) -> None:
    call = {"p_project_id": project, "p_prompt": "x", "p_model": "m", **args}
    with sql.refused("PT422", code):
        sql.user(user, "begin_generation", **call)


def test_only_in_a_project_of_ones_own(sql: Calls, user: UUID, project: str) -> None:
    stranger = sql.add_user()
    for their_project in (project, str(uuid4())):
        with sql.refused("PT404", "project_not_found"):
            sql.begin(stranger, their_project)
    assert sql.assert_exact(stranger)["remaining"] == 50
    assert _draft(sql, user, project) is None


def test_ownership_is_checked_before_the_window(sql: Calls, project: str) -> None:
    stranger = sql.add_user()
    _fill_window(sql, stranger)
    with sql.refused("PT404", "project_not_found"):
        sql.begin(stranger, project)


def test_the_same_key_and_prompt_give_the_same_generation(sql: Calls, user: UUID, project: str) -> None:
    first = sql.begin(user, project, "x", p_idempotency_key="k")
    again = sql.begin(user, project, "x", p_idempotency_key="k")
    assert again == {**first, "repeated": True}
    assert sql.assert_exact(user)["reserved"] == 1


def test_a_repeat_is_answered_when_window_and_quota_are_full(sql: Calls, user: UUID, project: str) -> None:
    first = sql.begin(user, project, "x", p_idempotency_key="k")
    _fill_window(sql, user)
    sql.change("update public.quotas set remaining = 0, quota_limit = used + reserved where user_id = %s", user)
    assert sql.begin(user, project, "x", p_idempotency_key="k")["generation"]["id"] == first["generation"]["id"]
    assert sql.begin(user, project, "y", p_idempotency_key="k") == {"ok": False, "reason": "idempotency_conflict"}
    assert _draft(sql, user, project) is None


def test_a_repeat_after_the_end_shows_the_end(sql: Calls, user: UUID, project: str) -> None:
    first = sql.begin(user, project, "x", p_idempotency_key="k")
    sql.finish(sql.claim(project)[0])
    again = sql.begin(user, project, "x", p_idempotency_key="k")
    assert again["generation"]["id"] == first["generation"]["id"]
    assert again["generation"]["status"] == "succeeded"


def test_the_same_key_with_another_prompt_is_refused(sql: Calls, user: UUID, project: str) -> None:
    sql.begin(user, project, "x", p_idempotency_key="k")
    assert sql.begin(user, project, "y", p_idempotency_key="k") == {"ok": False, "reason": "idempotency_conflict"}
    assert sql.assert_exact(user)["reserved"] == 1


def test_a_key_belongs_to_one_project_of_one_user(sql: Calls, user: UUID, project: str) -> None:
    other = sql.add_user()
    ids = {
        sql.begin(user, project, "x", p_idempotency_key="k")["generation"]["id"],
        sql.begin(user, sql.create_project(user), "y", p_idempotency_key="k")["generation"]["id"],
        sql.begin(other, sql.create_project(other), "z", p_idempotency_key="k")["generation"]["id"],
    }
    assert len(ids) == 3


def test_the_window_is_named_before_the_quota(sql: Calls, user: UUID, project: str) -> None:
    _fill_window(sql, user)
    sql.change("update public.quotas set remaining = 0, quota_limit = 0 where user_id = %s", user)
    assert sql.begin(user, project)["reason"] == "rate_limited"


def test_a_refused_prompt_is_the_draft_until_one_is_sent(sql: Calls, user: UUID, project: str) -> None:
    _fill_window(sql, user)
    sql.begin(user, project, "first")
    sql.begin(user, project, "second")
    draft = _draft(sql, user, project)
    assert (draft["prompt"], draft["reason"]) == ("second", "rate_limited")
    assert draft["kept_at"] is not None
    assert sql.user(user, "list_messages", p_project_id=project) == {"messages": []}

    sql.change("delete from private.rate_hits where subject = %s", str(user))
    assert sql.begin(user, project, "second")["ok"]
    assert _draft(sql, user, project) is None


def test_a_draft_can_be_saved_and_forgotten(sql: Calls, user: UUID, project: str) -> None:
    assert sql.user(user, "save_draft", p_project_id=project, p_prompt="later") == {"ok": True}
    assert (_draft(sql, user, project)["prompt"], _draft(sql, user, project)["reason"]) == ("later", "saved")
    sql.user(user, "save_draft", p_project_id=project, p_prompt="")
    assert _draft(sql, user, project) is None
    with sql.refused("PT422", "invalid_prompt"):
        sql.user(user, "save_draft", p_project_id=project, p_prompt="x" * 100_001)
    with sql.refused("PT404", "project_not_found"):
        sql.user(sql.add_user(), "save_draft", p_project_id=project, p_prompt="x")
