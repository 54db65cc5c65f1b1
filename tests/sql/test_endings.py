"""Ending: everything in one transaction, once, and by whoever holds the lease."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.calls import Calls, event, write

USAGE = {
    "input_tokens": 1000, "output_tokens": 200, "cache_read_tokens": 30, "cache_write_tokens": 4,
    "cost_usd": "0.0123456789", "is_simulated": True, "context_tokens": 70000, "context_share": 0.07,
}  # fmt: skip
CARD = {
    "title": "A page", "summary": ["One"], "what_to_check": ["Two"], "added": 3, "removed": 1, "mismatches": [],
    "files": [{"path": "index.html", "change": "added", "added": 3, "removed": 1, "old_path": None}],
}  # fmt: skip


def _everything(sql: Calls, user: UUID) -> Any:
    """All that an ending may touch."""
    tables = (
        "projects generations messages snapshots snapshot_files file_versions blobs project_files quotas quota_ledger"
        " usage_events usage_daily generation_events generation_replays"
    )
    return {
        table: sql.rows(f"select to_jsonb(t) from public.{table} t where user_id = %s order by 1", user)
        for table in tables.split()
    } | {"leases": sql.rows("select to_jsonb(l) from private.leases l where user_id = %s", user)}


def test_a_committed_generation_leaves_everything_at_once(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project, "a page")

    ended = sql.finish(
        claimed, write("index.html", "<p>é</p>"), card=CARD, usage=USAGE, attempts=2, model="model-2", thinking="Hm."
    )

    assert ended["snapshot"] == ended["generation"]["snapshot"] == ended["done"]["data"]["snapshot"] == 1
    generation = ended["generation"]
    assert (generation["status"], generation["outcome"], generation["usage"]) == ("succeeded", "committed", USAGE)
    assert (generation["model"], generation["attempts"], generation["error_code"]) == ("model-2", 2, None)
    assert generation["duration_ms"] >= 0
    user_message, answer = sql.user(user, "list_messages", p_project_id=project)["messages"]
    assert user_message["text"] == "a page"
    assert (answer["role"], answer["text"], answer["thinking"], answer["card"]) == ("assistant", "Here.", "Hm.", CARD)
    (snapshot,) = sql.user(user, "list_snapshots", p_project_id=project)["snapshots"]
    assert {key: value for key, value in snapshot.items() if key not in ("created_at", "health")} == {
        "number": 1, "kind": "generation", "card": CARD, "prompt": "a page", "generation_id": claimed["id"],
        "restored_from": None, "restored_path": None, "usage": USAGE, "file_count": 1,
    }  # fmt: skip
    found = sql.user(user, "get_project", p_project_id=project)["project"]
    assert (found["latest_snapshot"], found["file_count"], found["latest_title"]) == (1, 1, "A page")
    assert sql.rows("select 1 from private.leases where generation_id = %s", claimed["id"]) == []


def test_an_answer_makes_no_snapshot(sql: Calls, user: UUID, project: str) -> None:
    ended = sql.finish(sql.running(user, project))
    assert (ended["snapshot"], ended["done"]["data"]["snapshot"]) == (None, None)
    assert ended["generation"]["outcome"] == "answered"
    assert sql.user(user, "list_snapshots", p_project_id=project) == {"snapshots": []}


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ({"changes": [write("a.txt", "x"), write("../b.txt", "x")]}, "invalid_path"),
        ({"changes": [write("a.txt", "x" * 1_000_001)]}, "file_too_large"),
        ({"changes": [write(f"{number}.txt", "") for number in range(501)]}, "too_many_files"),
        ({"changes": [write(f"{number}.txt", "x" * 999_999) for number in range(21)]}, "project_too_large"),
        ({"changes": None}, "invalid_files"),
        ({"card": None}, "invalid_card"),
        ({"outcome": "empty"}, "invalid_outcome"),
        ({"outcome": None}, "invalid_outcome"),
        ({"events": [event(1, "failed")]}, "invalid_events"),
    ],
)
def test_what_cannot_be_stored_changes_nothing(
    sql: Calls, user: UUID, project: str, result: dict[str, Any], code: str
) -> None:
    claimed = sql.running(user, project)
    before = _everything(sql, user)
    with sql.refused("PT422", code):
        sql.finish(claimed, write("a.txt", "x"), **result)
    assert _everything(sql, user) == before
    assert sql.fail(claimed, "internal_error")["generation"]["status"] == "failed"


def test_a_failure_keeps_what_was_said_and_says_why(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    failed = sql.fail(claimed, "truncated", code="too_long", message="Cut off.", text="I was", thinking="", usage=USAGE)
    generation = failed["generation"]
    assert (generation["error_code"], generation["error_message"]) == ("too_long", "Cut off.")
    assert (generation["usage"], generation["snapshot"]) == (USAGE, None)
    assert failed["failed"]["data"] == {"outcome": "truncated", "returned": True}
    _, answer = sql.user(user, "list_messages", p_project_id=project)["messages"]
    assert (answer["text"], answer["card"]) == ("I was", None)


def test_a_failure_without_a_word_leaves_no_answer(sql: Calls, user: UUID, project: str) -> None:
    sql.fail(sql.running(user, project), "upstream_error")
    assert [m["role"] for m in sql.user(user, "list_messages", p_project_id=project)["messages"]] == ["user"]


@pytest.mark.parametrize("outcome", ["committed", "answered", "dropped", "unknown", None])
def test_a_failure_needs_an_outcome_of_failures(sql: Calls, user: UUID, project: str, outcome: Any) -> None:
    claimed = sql.running(user, project)
    with sql.refused("PT422", "invalid_outcome"):
        sql.fail(claimed, outcome)


def test_only_the_holder_of_the_lease_ends_it(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    queued = sql.begin(user, project)["generation"]
    before = _everything(sql, user)
    for other in (
        {**claimed, "lease_token": str(uuid4())},
        {**claimed, "lease_token": None},
        {**claimed, "id": str(uuid4())},
        {**claimed, "id": queued["id"]},
    ):
        with sql.refused("PT410", "lease_lost"):
            sql.finish(other, write("a.txt", "x"))
        with sql.refused("PT410", "lease_lost"):
            sql.fail(other, "empty")
        with sql.refused("PT410", "lease_lost"):
            sql.server("list_conversation", p_generation_id=other["id"], p_lease_token=other["lease_token"])
    assert _everything(sql, user) == before


@pytest.mark.parametrize("is_finish", [True, False])
def test_whoever_lost_the_answer_gets_it_again(sql: Calls, user: UUID, project: str, is_finish: bool) -> None:
    claimed = sql.running(user, project)

    def end(claimed: Any) -> Any:
        return sql.finish(claimed, write("a.txt", "x")) if is_finish else sql.fail(claimed, "empty")

    first = end(claimed)
    before = _everything(sql, user)
    assert end(claimed) == first
    assert _everything(sql, user) == before
    with sql.refused("PT410", "lease_lost"):
        end({**claimed, "lease_token": str(uuid4())})


def test_a_crash_is_swept_with_what_was_flushed(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project, "a page")
    queued = sql.begin(user, project, "behind it")["generation"]
    events = [
        event(1, "status", phase="thinking"),
        event(2, "thinking.delta", text="Hm, "),
        event(3, "thinking.delta", text="yes."),
        event(4, text="I will "),
        event(5, text="write a"),
        event(6, "usage", input_tokens=9, output_tokens=8, cache_read_tokens=7, cache_write_tokens=6, cost_usd="0.5",
              context_tokens=23, context_share=0.0123),
    ]  # fmt: skip
    sql.server("append_events", p_batches=[
        {"generation_id": claimed["id"], "lease_token": claimed["lease_token"], "events": events, "reserved_until": 206}
    ])  # fmt: skip

    swept = sql.sweep(claimed)

    data = {"outcome": "interrupted", "code": "interrupted", "message": "", "returned": True}
    assert swept["failed"] == {"seq": 207, "type": "failed", "data": data}
    generation = swept["generation"]
    assert (generation["status"], generation["outcome"], generation["last_seq"]) == ("failed", "interrupted", 207)
    assert (generation["usage"]["input_tokens"], generation["usage"]["cost_usd"]) == (9, "0.5")
    first, answer, second = sql.user(user, "list_messages", p_project_id=project)["messages"]
    assert (first["text"], answer["text"], answer["thinking"]) == ("a page", "I will write a", "Hm, yes.")
    assert second["generation"]["status"] == "queued"
    (followed,) = sql.server("events_since", p_cursors=[{"generation_id": claimed["id"], "after": 0}])["generations"]
    assert followed["events"] == [*events, swept["failed"]]
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 1, "remaining": 49}
    assert len(sql.user(user, "get_me")["me"]["windows"][0]["hits"]) == 1
    assert [row["id"] for row in sql.claim(project)] == [queued["id"]]


def test_a_swept_generation_is_lost_to_whoever_ran_it(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    sql.sweep(claimed)
    with sql.refused("PT410", "lease_lost"):
        sql.finish(claimed, write("a.txt", "x"))
    with sql.refused("PT410", "lease_lost"):
        sql.fail(claimed, "interrupted")
    assert sql.user(user, "list_snapshots", p_project_id=project) == {"snapshots": []}


def test_a_sweep_leaves_what_lives_and_what_waits(fresh: Calls) -> None:
    user = fresh.add_user()
    project = fresh.create_project(user)
    fresh.running(user, project)
    fresh.begin(user, project, "queued")
    assert fresh.server("sweep_stale_generations") == {"swept": []}
    assert sorted(fresh.rows("select status from public.generations")) == ["queued", "running"]


def test_a_sweep_ends_all_that_is_stale_once(fresh: Calls) -> None:
    users = [fresh.add_user() for _ in range(3)]
    claimed = [fresh.running(user, fresh.create_project(user)) for user in users for _ in range(2)]
    fresh.change("update private.leases set expires_at = clock_timestamp()")
    swept = fresh.server("sweep_stale_generations")["swept"]
    assert sorted(each["generation"]["id"] for each in swept) == sorted(each["id"] for each in claimed)
    assert fresh.server("sweep_stale_generations") == {"swept": []}
    for user in users:
        assert fresh.assert_exact(user)["remaining"] == 50


def test_a_sweep_passes_over_a_user_who_is_busy(fresh: Calls) -> None:
    """It holds the locks of many users, so it waits for none."""
    user = fresh.add_user()
    fresh.running(user, fresh.create_project(user))
    fresh.change("update private.leases set expires_at = clock_timestamp()")
    with fresh.database.connect() as busy:
        busy.execute("select from public.quotas where user_id = %s for update", [user])
        assert fresh.server("sweep_stale_generations") == {"swept": []}
        busy.rollback()
    assert len(fresh.server("sweep_stale_generations")["swept"]) == 1


def test_a_crash_of_long_ago_can_still_be_ended(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    sql.change("update public.generations set started_at = now() - interval '1 year' where id = %s", claimed["id"])
    assert sql.sweep(claimed)["generation"]["duration_ms"] == 2_147_483_647


def test_the_model_is_told_of_turns_that_were_answered(sql: Calls, user: UUID, project: str) -> None:
    sql.finish(sql.running(user, project, "one"), text="Answer one.")
    sql.fail(sql.running(user, project, "two"), "upstream_error")
    sql.finish(sql.running(user, project, "three"), write("a.txt", "x"), text="", card={"title": "Only files"})
    sql.fail(sql.running(user, project, "four"), "stopped", text="Half an ans")
    claimed = sql.running(user, project, "five")

    told = sql.server("list_conversation", p_generation_id=claimed["id"], p_lease_token=claimed["lease_token"])

    assert told["turns"] == [
        {"prompt": "one", "reply": "Answer one.", "reply_size": 11, "card": None, "version": None},
        {"prompt": "three", "reply": "", "reply_size": 0, "card": {"title": "Only files"}, "version": 1},
        {"prompt": "four", "reply": "Half an ans", "reply_size": 11, "card": None, "version": None},
    ]
    assert told["omitted"] == 0
    assert [(file["path"], file["content"]) for file in told["files"]] == [("a.txt", "x")]


def test_what_a_reply_only_claims_is_kept_with_the_card_or_the_answer(sql: Calls, user: UUID, project: str) -> None:
    card = {"title": "A page", "mismatches": ["No such file."]}
    sql.finish(sql.running(user, project), write("a.txt", "x"), card=card)
    sql.finish(sql.running(user, project), mismatches=["Nothing was changed."])
    sql.finish(sql.running(user, project), write("a.txt", "y"), card={"title": "Old", "mismatches": "no list"})
    cards = [snapshot["card"] for snapshot in sql.user(user, "list_snapshots", p_project_id=project)["snapshots"]]
    assert [card["mismatches"] for card in cards] == [None, ["No such file."]]
    messages = sql.user(user, "list_messages", p_project_id=project)["messages"]
    assert [message["mismatches"] for message in messages] == [[], [], [], ["Nothing was changed."], [], []]


def _talk(sql: Calls, user: UUID, project: str, turns: int, prompt_size: int, reply_size: int) -> None:
    """So many turns that were answered, as the rows that they leave."""
    generations = (
        "insert into public.generations (project_id, user_id, status, outcome, prompt, model, created_at, finished_at)"
        " select %s, %s, 'succeeded', 'answered', 'p' || n, 'm', now(), now() from generate_series(1, %s) n"
    )
    sql.change(generations, project, user, turns)
    for role, size in (("user", prompt_size), ("assistant", reply_size)):
        sql.change(
            "insert into public.messages (project_id, user_id, generation_id, role, text, created_at)"
            " select project_id, user_id, id, %s, rpad(prompt || '.', %s, 'x'), now() from public.generations g"
            " where project_id = %s and not exists (select from public.messages m"
            " where m.generation_id = g.id and m.role = %s)",
            role, size, project, role,
        )  # fmt: skip


def _told(sql: Calls, project: str) -> tuple[int, list[Any]]:
    told = sql.one("select private.answered_turns(%s, 9223372036854775807)", project)
    return told["omitted"], told["turns"]


def test_a_conversation_of_more_than_a_hundred_turns_is_told_from_its_beginning(
    sql: Calls, user: UUID, project: str
) -> None:
    _talk(sql, user, project, turns=250, prompt_size=100, reply_size=2_000)
    omitted, turns = _told(sql, project)
    assert (omitted, len(turns)) == (0, 250)
    assert [turn["prompt"].split(".")[0] for turn in turns] == [f"p{number}" for number in range(1, 251)]
    assert {turn["reply_size"] for turn in turns} == {2_000}
    assert [number for number, turn in enumerate(turns) if turn["reply"]] == list(range(150, 250))


def test_what_is_too_much_is_left_out_a_million_characters_at_once(sql: Calls, user: UUID, project: str) -> None:
    left_out = []
    for _ in range(6):
        _talk(sql, user, project, turns=6, prompt_size=100_000, reply_size=10)
        omitted, turns = _told(sql, project)
        assert sum(len(turn["prompt"]) for turn in turns) <= 2_000_000
        left_out.append((omitted, omitted + len(turns)))
    assert left_out == [(0, 6), (0, 12), (0, 18), (10, 24), (20, 30), (20, 36)]
