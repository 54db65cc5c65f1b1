"""Events: stored once, in order, readable from any number, one replay in the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.sql.calls import Calls, event


def _append(sql: Calls, claimed: Any, *events: dict[str, Any], reserved_until: int = 400) -> list[str]:
    batch = {
        "generation_id": claimed["id"], "lease_token": claimed["lease_token"], "events": list(events),
        "reserved_until": reserved_until,
    }  # fmt: skip
    return list(sql.server("append_events", p_batches=[batch])["lost"])


def _since(sql: Calls, generation: str, after: int = 0) -> Any:
    (found,) = sql.server("events_since", p_cursors=[{"generation_id": generation, "after": after}])["generations"]
    assert found["id"] == generation
    return found["events"]


def _text(count: int) -> list[dict[str, Any]]:
    return [event(seq, text=f"{seq} ") for seq in range(1, count + 1)]


def test_events_come_back_in_order_from_any_number(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    events = _text(12)
    assert _append(sql, claimed, *events[:5]) == []
    assert _append(sql, claimed, *events[5:6]) == []
    assert _append(sql, claimed, *events[6:]) == []
    for after in range(13):
        assert _since(sql, claimed["id"], after) == events[after:]
    assert sql.user(user, "get_generation", p_generation_id=claimed["id"])["generation"]["last_seq"] == 12


def test_storing_events_again_changes_nothing(sql: Calls, user: UUID, project: str) -> None:
    """A flush whose answer was lost is repeated, with newer events behind its own."""
    claimed = sql.running(user, project)
    events = _text(6)
    _append(sql, claimed, *events[:4])
    _append(sql, claimed, *events[:4])
    _append(sql, claimed, *[event(seq, text="rewritten") for seq in range(1, 5)], *events[4:])
    assert _since(sql, claimed["id"]) == events


def test_a_flush_of_several_generations_stores_those_it_still_holds(sql: Calls, user: UUID, project: str) -> None:
    mine = sql.running(user, project)
    lost = sql.running(user, sql.create_project(user))
    sql.sweep(lost)
    batches = [
        {"generation_id": each["id"], "lease_token": each["lease_token"], "events": _text(2), "reserved_until": 300}
        for each in (mine, lost)
    ]
    unknown = {**batches[0], "generation_id": str(uuid4())}
    answer = sql.server("append_events", p_batches=[*batches, unknown])
    assert sorted(answer["lost"]) == sorted([lost["id"], unknown["generation_id"]])
    assert _since(sql, mine["id"]) == _text(2)
    assert [each["type"] for each in _since(sql, lost["id"])] == ["failed"]


def test_reserved_numbers_only_grow(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    query = "select reserved_until from private.leases where generation_id = %s"
    _append(sql, claimed, *_text(1), reserved_until=500)
    _append(sql, claimed, reserved_until=300)
    assert sql.one(query, claimed["id"]) == 500


def test_the_end_leaves_one_replay_with_every_event(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    events = _text(7)
    _append(sql, claimed, *events[:4])

    last = {"seq": 8, "type": "done", "data": {"outcome": "answered", "card": None}}
    ended = sql.finish(claimed, events=[*events[2:], last])

    done = {**last, "data": {**last["data"], "snapshot": None}}
    assert ended["done"] == done
    assert ended["generation"]["last_seq"] == 8
    for after in (0, 3, 4, 7, 8, 99):
        assert _since(sql, claimed["id"], after) == [*events, done][after:]
    assert sql.one("select count(*) from public.generation_events where generation_id = %s", claimed["id"]) == 0
    assert sql.one("select events from public.generation_replays where generation_id = %s", claimed["id"]) == [
        *events,
        done,
    ]


def test_the_last_event_is_numbered_behind_everything_stored(sql: Calls, user: UUID, project: str) -> None:
    """It must never be taken for an event that is there already, or the generation would have no end."""
    claimed = sql.running(user, project)
    _append(sql, claimed, *_text(5))
    failed = sql.fail(claimed, "empty", seq=3)["failed"]
    assert failed["seq"] == 6
    assert _since(sql, claimed["id"], 5) == [failed]


def test_a_list_of_events_without_an_end_is_refused(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    for events in ([], [event(1)], [event(1, "done")]):
        with sql.refused("PT422", "invalid_events"):
            sql.fail(claimed, "empty", events=events)
    with sql.refused("PT422", "invalid_events"):
        sql.finish(claimed, events=[event(1, "failed")])


def test_a_queued_generation_has_no_events_and_an_unknown_one_no_row(sql: Calls, user: UUID, project: str) -> None:
    generation = sql.begin(user, project)["generation"]["id"]
    cursors = [{"generation_id": generation, "after": 0}, {"generation_id": str(uuid4()), "after": 0}]
    assert sql.server("events_since", p_cursors=cursors)["generations"] == [
        {"id": generation, "status": "queued", "events": []}
    ]


def test_leases_are_kept_as_long_as_they_are_extended(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    lease = {"generation_id": claimed["id"], "lease_token": claimed["lease_token"]}
    query = "select expires_at - clock_timestamp() > interval '29 seconds' from private.leases where generation_id = %s"
    sql.change("update private.leases set expires_at = now() + interval '1 s' where generation_id = %s", claimed["id"])

    assert sql.server("extend_leases", p_leases=[lease]) == {"lost": [], "cancelled": []}
    assert sql.one(query, claimed["id"]) is True
    stranger = {**lease, "lease_token": str(uuid4())}
    assert sql.server("extend_leases", p_leases=[stranger]) == {"lost": [claimed["id"]], "cancelled": []}


def test_a_lease_that_ran_out_is_still_its_holders_until_a_sweep(sql: Calls, user: UUID, project: str) -> None:
    """After a pause of the whole machine nobody has taken it, so nothing needs to be lost."""
    claimed = sql.running(user, project)
    sql.change("update private.leases set expires_at = now() - interval '1 h' where generation_id = %s", claimed["id"])
    assert _append(sql, claimed, *_text(1)) == []
    assert sql.finish(claimed, seq=2)["generation"]["status"] == "succeeded"


def test_a_replay_is_what_was_stored_times_included(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    events = [{**each, "at_ms": 40 * each["seq"]} for each in _text(3)]
    _append(sql, claimed, *events)
    last = {"seq": 4, "type": "done", "data": {"outcome": "answered"}, "at_ms": 999}
    done = sql.finish(claimed, events=[last])["done"]
    assert done["at_ms"] == 999
    replay = sql.user(user, "get_replay", p_generation_id=claimed["id"])
    assert replay["events"] == [*events, done]
    assert replay["generation"] == sql.user(user, "get_generation", p_generation_id=claimed["id"])["generation"]
    assert sql.one("select count(*) from public.generation_events where generation_id = %s", claimed["id"]) == 0


def test_whatever_has_ended_has_a_replay(sql: Calls, user: UUID, project: str) -> None:
    failed = sql.running(user, project)
    sql.fail(failed, "upstream_error")
    swept = sql.running(user, project)
    _append(sql, swept, *_text(2))
    sql.sweep(swept)
    waiting = sql.running(user, project)
    dropped = sql.begin(user, project)["generation"]["id"]
    sql.user(user, "cancel_generation", p_generation_id=dropped)
    sql.finish(waiting)
    kinds = {
        name: [each["type"] for each in sql.user(user, "get_replay", p_generation_id=generation)["events"]]
        for name, generation in (("failed", failed["id"]), ("swept", swept["id"]), ("dropped", dropped))
    }
    assert kinds == {"failed": ["failed"], "swept": ["message.delta", "message.delta", "failed"], "dropped": ["failed"]}


def test_what_has_not_ended_or_is_somebody_elses_has_none(sql: Calls, user: UUID, project: str) -> None:
    claimed = sql.running(user, project)
    queued = sql.begin(user, project)["generation"]["id"]
    for generation in (claimed["id"], queued):
        with pytest.raises(psycopg.DatabaseError) as refused:
            sql.user(user, "get_replay", p_generation_id=generation)
        assert refused.value.sqlstate == "PT409"
    sql.finish(claimed)
    for generation in (claimed["id"], str(uuid4())):
        with pytest.raises(psycopg.DatabaseError) as refused:
            sql.user(sql.add_user(), "get_replay", p_generation_id=generation)
        assert refused.value.sqlstate == "PT404"
