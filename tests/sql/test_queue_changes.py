"""What waits can be worded anew and moved until it starts, and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.sql.calls import PROCESS, Calls, call

LETTERS = "abcde"


def _begin_all(sql: Calls, user: UUID, project: str) -> dict[str, str]:
    return {letter: sql.begin(user, project, letter)["generation"]["id"] for letter in LETTERS}


def _line(sql: Calls, user: UUID, project: str) -> str:
    """The prompts in the order of the conversation, which must be that of the positions."""
    messages = sql.user(user, "list_messages", p_project_id=project)["messages"]
    waiting = [message["generation"] for message in messages if message["generation"]["status"] == "queued"]
    assert [generation["position"] for generation in waiting] == list(range(1, len(waiting) + 1))
    return "".join(generation["prompt"] for generation in waiting)


@pytest.mark.parametrize(
    ("moved", "position", "line"),
    [
        ("c", 1, "cabde"), ("c", 2, "acbde"), ("c", 3, "abcde"), ("c", 5, "abdec"), ("c", 99, "abdec"),
        ("a", 2, "bacde"), ("e", 1, "eabcd"), ("a", 5, "bcdea"),
    ],
)  # fmt: skip
def test_one_is_moved_and_the_others_keep_their_order(
    sql: Calls, user: UUID, project: str, moved: str, position: int, line: str
) -> None:
    ids = _begin_all(sql, user, project)
    changed = sql.user(user, "change_queued", p_generation_id=ids[moved], p_position=position)["generation"]
    assert changed["position"] == min(position, 5)
    assert _line(sql, user, project) == line
    ran = ""
    while claims := sql.claim(project):
        ran += claims[0]["prompt"]
        sql.finish(claims[0])
    assert ran == line
    assert sql.assert_exact(user)["used"] == 5


def test_what_ran_before_another_is_told_to_it(sql: Calls, user: UUID, project: str) -> None:
    ids = _begin_all(sql, user, project)
    sql.user(user, "change_queued", p_generation_id=ids["d"], p_position=1)
    for expected in ("d", "a"):
        (claimed,) = sql.claim(project)
        lease = {"p_generation_id": claimed["id"], "p_lease_token": claimed["lease_token"]}
        assert claimed["prompt"] == expected
        turns = sql.server("list_conversation", **lease)["turns"]
        assert [turn["prompt"] for turn in turns] == ([] if expected == "d" else ["d"])
        sql.finish(claimed)


def test_another_project_of_the_same_user_is_not_touched(sql: Calls, user: UUID, project: str) -> None:
    other = sql.create_project(user)
    places = zip("abcd", (project, other) * 2, strict=True)
    ids = [sql.begin(user, where, letter)["generation"]["id"] for letter, where in places]
    sql.user(user, "change_queued", p_generation_id=ids[3], p_position=1)
    assert (_line(sql, user, project), _line(sql, user, other)) == ("ac", "db")


def test_a_prompt_is_worded_anew_everywhere(sql: Calls, user: UUID, project: str) -> None:
    ids = _begin_all(sql, user, project)
    changed = sql.user(user, "change_queued", p_generation_id=ids["b"], p_prompt="B", p_position=1)["generation"]
    assert (changed["prompt"], changed["position"]) == ("B", 1)
    assert _line(sql, user, project) == "Bacde"
    first = sql.user(user, "list_messages", p_project_id=project)["messages"][0]
    assert (first["text"], first["generation"]["id"]) == ("B", ids["b"])
    assert sql.claim(project)[0]["prompt"] == "B"


def test_a_key_means_what_was_sent_with_it(sql: Calls, user: UUID, project: str) -> None:
    sent = sql.begin(user, project, "x", p_idempotency_key="k")["generation"]
    for prompt in ("y", "z"):
        sql.user(user, "change_queued", p_generation_id=sent["id"], p_prompt=prompt)
    again = sql.begin(user, project, "x", p_idempotency_key="k")
    assert (again["repeated"], again["generation"]["prompt"]) == (True, "z")
    other = sql.begin(user, project, "z", p_idempotency_key="k")
    assert other == {"ok": False, "reason": "idempotency_conflict"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"p_prompt": " "}, "invalid_prompt"),
        ({"p_prompt": "x" * 100_001}, "invalid_prompt"),
        ({"p_position": 0}, "invalid_position"),
        ({"p_prompt": "new", "p_position": -1}, "invalid_position"),
    ],
)
def test_what_cannot_be_changes_nothing(
    sql: Calls, user: UUID, project: str, change: dict[str, Any], code: str
) -> None:
    ids = _begin_all(sql, user, project)
    with sql.refused("PT422", code):
        sql.user(user, "change_queued", p_generation_id=ids["b"], **change)
    assert _line(sql, user, project) == "abcde"


def test_what_runs_or_has_ended_stays_as_it_is(sql: Calls, user: UUID, project: str) -> None:
    ids = _begin_all(sql, user, project)
    (claimed,) = sql.claim(project)
    sql.user(user, "cancel_generation", p_generation_id=ids["b"])
    for letter in "ab":
        for change in ({"p_prompt": "x"}, {"p_position": 2}, {}):
            with sql.refused("PT409", "already_started"):
                sql.user(user, "change_queued", p_generation_id=ids[letter], **change)
    sql.finish(claimed)
    assert _line(sql, user, project) == "cde"


@pytest.fixture
def at_once(fresh: Calls) -> Callable[..., list[Any]]:
    """`at_once(*jobs)` runs each job(connection), all started together; their results."""

    def run(*jobs: Callable[[psycopg.Connection[Any]], Any]) -> list[Any]:
        barrier = Barrier(len(jobs))

        def one(job: Callable[[psycopg.Connection[Any]], Any]) -> Any:
            with fresh.database.connect("authenticator", autocommit=True) as connection:
                barrier.wait()
                return job(connection)

        with ThreadPoolExecutor(len(jobs)) as pool:
            return list(pool.map(one, jobs))

    return run


def _change(connection: psycopg.Connection[Any], user: UUID, generation: str, **change: Any) -> bool:
    """Whether it was in time."""
    try:
        call(connection, user, "authenticated", "change_queued", p_generation_id=generation, **change)
    except psycopg.Error as error:
        if error.sqlstate != "PT409":
            raise
        return False
    return True


def _claim(connection: psycopg.Connection[Any], project: str) -> list[Any]:
    answer = call(
        connection, None, "service_role", "claim_generations", p_process_id=PROCESS, p_max=1, p_project_id=project
    )
    return list(answer["generations"])


def test_an_edit_and_the_claim_agree_on_what_runs(fresh: Calls, at_once: Callable[..., list[Any]]) -> None:
    """The process runs the new text exactly when the user was told that it was taken."""
    for _ in range(12):
        user = fresh.add_user()
        project = fresh.create_project(user)
        generation = fresh.begin(user, project, "old")["generation"]["id"]
        was_taken, (claimed,) = at_once(
            lambda c, u=user, g=generation: _change(c, u, g, p_prompt="new"), lambda c, p=project: _claim(c, p)
        )
        assert claimed["prompt"] == ("new" if was_taken else "old")
        assert fresh.one("select text from public.messages where generation_id = %s", generation) == claimed["prompt"]


def test_moves_drops_and_claims_at_once_leave_a_line_without_gaps(
    fresh: Calls, at_once: Callable[..., list[Any]]
) -> None:
    user = fresh.add_user()
    project = fresh.create_project(user)
    ids = _begin_all(fresh, user, project)
    results = at_once(
        *(
            lambda c, g=ids[letter], n=position: _change(c, user, g, p_position=n)
            for letter in "bcde"
            for position in (1, 3)
        ),
        lambda c: call(c, user, "authenticated", "cancel_generation", p_generation_id=ids["a"])["generation"],
        lambda c: _claim(c, project),
    )
    (claimed,) = results[-1]
    assert len(set(fresh.rows("select queue_no from public.generations where project_id = %s", project))) == 5
    waiting = _line(fresh, user, project)
    is_dropped = results[-2]["status"] == "cancelled"
    assert sorted(waiting + claimed["prompt"] + ("a" if is_dropped else "")) == list(LETTERS)
    fresh.assert_exact(user)
