"""What a quote rests on: the caller's own results of the same kind, what is left, and what the model would be told."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.sql.calls import Calls, write

PNG = b"\x89PNG\r\n\x1a\n and more"


def _basis(sql: Calls, user: UUID, project: str, model: str = "model-1", **args: Any) -> Any:
    return sql.user(user, "get_quote_basis", p_project_id=project, p_model=model, **args)


def _use(sql: Calls, user: UUID, project: str, *, model: str = "model-1", tokens: int = 100, **usage: Any) -> None:
    sql.change("delete from private.rate_hits where subject = %s", str(user))
    claimed = sql.running(user, project, f"prompt {tokens}")
    usage = {"output_tokens": tokens, "cost_usd": "0.010", "first_prompt_tokens": 10 * tokens, **usage}
    sql.finish(claimed, write("index.html", str(tokens)), usage=usage, model=model)


def test_it_holds_results_of_the_same_kind_newest_first(sql: Calls, user: UUID, project: str) -> None:
    _use(sql, user, project, tokens=1)
    _use(sql, user, project, tokens=2)
    _use(sql, user, project, tokens=3)
    basis = _basis(sql, user, project)
    assert basis["is_empty"] is False
    assert [row["output_tokens"] for row in basis["results"]] == [3, 2]
    assert {key: basis["results"][0][key] for key in ("model", "first_prompt_tokens", "cost_usd")} == {
        "model": "model-1", "first_prompt_tokens": 30, "cost_usd": "0.01",
    }  # fmt: skip
    assert basis["results"][0]["duration_ms"] >= 0

    empty = _basis(sql, user, sql.create_project(user))
    assert empty["is_empty"] is True
    assert [row["output_tokens"] for row in empty["results"]] == [1]


def test_questions_are_a_kind_of_their_own(sql: Calls, user: UUID, project: str) -> None:
    _use(sql, user, project, tokens=1)
    _use(sql, user, project, tokens=2)
    question = sql.begin(user, project, "what is it?", p_mode="ask")
    assert question["ok"], question
    (claimed,) = sql.claim(project)
    sql.finish(claimed, usage={"output_tokens": 9, "first_prompt_tokens": 90})
    assert [row["output_tokens"] for row in _basis(sql, user, project)["results"]] == [2]
    for mine in (project, sql.create_project(user)):
        assert [row["output_tokens"] for row in _basis(sql, user, mine, p_mode="ask")["results"]] == [9]


def test_it_holds_what_is_left_and_what_the_model_would_be_told(sql: Calls, user: UUID, project: str) -> None:
    _use(sql, user, project, tokens=7)
    basis = _basis(sql, user, project)
    assert basis["remaining"] == 49
    assert [(turn["prompt"], turn["reply"]) for turn in basis["turns"]] == [("prompt 7", "Here.")]
    assert [(file["path"], file["content"]) for file in basis["files"]] == [("index.html", "7")]


def test_other_models_help_until_there_are_ten_results_with_this_one(sql: Calls, user: UUID, project: str) -> None:
    for number in range(12):
        _use(sql, user, project, tokens=number + 1, model="model-2")
    for number in range(9):
        _use(sql, user, project, tokens=100 + number)
    assert {row["model"] for row in _basis(sql, user, project)["results"]} == {"model-1", "model-2"}
    _use(sql, user, project, tokens=200)
    results = _basis(sql, user, project)["results"]
    assert (len(results), {row["model"] for row in results}) == (10, {"model-1"})


def test_what_failed_or_was_simulated_or_has_no_size_is_left_out(sql: Calls, user: UUID, project: str) -> None:
    _use(sql, user, project)
    _use(sql, user, project, tokens=5, first_prompt_tokens=0)
    _use(sql, user, project, tokens=6, is_simulated=True)
    failed = sql.running(user, project)
    sql.fail(failed, "upstream_error", usage={"first_prompt_tokens": 10, "output_tokens": 8})
    assert _basis(sql, user, project)["results"] == []
    assert [row["output_tokens"] for row in _basis(sql, user, project, p_is_simulated=True)["results"]] == [6]


def test_it_holds_what_goes_with_the_prompt_and_what_is_locked(sql: Calls, user: UUID, project: str) -> None:
    _use(sql, user, project)
    sql.user(user, "set_file_lock", p_project_id=project, p_path="index.html", p_is_locked=True)
    assert [row["path"] for row in _basis(sql, user, project)["locks"]] == ["index.html"]
    stranger = sql.add_user()
    note, picture, theirs = (
        sql.user(
            owner, "store_attachment", p_project_id=where, p_name=name, p_kind=kind, p_media_type=media_type,
            p_content=b64encode(content).decode(), p_width=size, p_height=size,
        )["attachment"]["id"]
        for owner, where, name, kind, media_type, content, size in (
            (user, project, "a.txt", "text", "text/plain", b"text", None),
            (user, project, "a.png", "image", "image/png", PNG, 9),
            (stranger, sql.create_project(stranger), "b.txt", "text", "text/plain", b"secret", None),
        )
    )  # fmt: skip
    asked = [UUID(each) for each in (picture, theirs, note)] + [uuid4()]
    attached = _basis(sql, user, project, p_attachments=asked)["attachments"]
    assert [each["id"] for each in attached] == [picture, note]
    assert "content" not in attached[0]
    assert attached[1]["content"] == b64encode(b"text").decode()
    # Of another project of theirs, it would not be sent either.
    assert _basis(sql, user, sql.create_project(user), p_attachments=asked)["attachments"] == []


def test_a_strangers_results_and_projects_are_not_in_it(sql: Calls, user: UUID, project: str) -> None:
    _use(sql, user, project)
    _use(sql, user, project)
    stranger = sql.add_user()
    with pytest.raises(psycopg.DatabaseError) as refused:
        _basis(sql, stranger, project)
    assert refused.value.sqlstate == "PT404"
    own = sql.create_project(stranger)
    _use(sql, stranger, own, tokens=77)
    assert _basis(sql, stranger, own)["results"] == []


def test_sixty_a_minute_and_a_refusal_counts_nothing(sql: Calls, user: UUID, project: str) -> None:
    assert all(_basis(sql, user, project)["ok"] for _ in range(60))
    for _ in range(2):
        refused = _basis(sql, user, project)
        assert (refused["ok"], refused["limit"], refused["window_seconds"]) == (False, 60, 60)
        assert 0 < refused["retry_after"] <= 60
        assert "results" not in refused
    hits = "select count(*) from private.rate_hits where subject = %s and policy = 'quote'"
    assert sql.one(hits, str(user)) == 60
    # Sending goes by another window.
    assert sql.begin(user, project)["ok"]


def test_a_new_month_is_opened(sql: Calls, user: UUID, project: str) -> None:
    _use(sql, user, project)
    sql.change("update public.quotas set period_start = '2026-01-01' where user_id = %s", user)
    assert _basis(sql, user, project)["remaining"] == 50
    sql.assert_exact(user)
