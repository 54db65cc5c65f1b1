"""A generation, from prompt to saved files: its events, what it stores, and what it costs in every way it can end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import pytest

from glacia_ui.claude.demo.faults import Fault
from glacia_ui.core.events import Event
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.errors import ConflictError, NotFoundError, RateLimitedError, UnavailableError, ValidationError
from tests.conftest import MakeUser
from tests.support.databases import Database
from tests.support.studio import Studio, open_studio

RETURNED = [("reserve", -1), ("refund", 1)]
KEPT = [("reserve", -1), ("settle", 0)]


@pytest.fixture
async def studio(transport: Transport) -> AsyncIterator[Studio]:
    async with open_studio(transport) as opened:
        yield opened


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user()


async def _project(studio: Studio, user: Caller) -> UUID:
    return (await studio.projects.create(user, "Bakery")).id


def _text(events: list[Event]) -> str:
    return "".join(event.data["text"] for event in events if event.type == "message.delta")


async def test_a_message_becomes_files_a_version_an_answer_and_a_bill(studio: Studio, user: Caller) -> None:
    project_id = await _project(studio, user)
    generation_id = await studio.begin(user, project_id)
    events = await studio.read(user, generation_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].type == "done"
    assert events[-1].data["snapshot"] == 1

    generation = await studio.generations.get(user, generation_id)
    assert (generation.status, generation.outcome, generation.snapshot) == ("succeeded", "committed", 1)
    assert generation.last_seq == events[-1].seq
    assert await studio.movements(user, generation_id) == KEPT

    question, answer = await studio.projects.messages(user, project_id)
    assert (question.role, question.text) == ("user", "a landing page for a bakery")
    assert (answer.role, answer.text) == ("assistant", _text(events))
    assert answer.card is not None
    assert answer.card.model_dump(mode="json") == events[-1].data["card"]

    number, files = await studio.projects.snapshot_files(user, project_id)
    assert number == 1
    for file in files:
        calls = [e.data["call"] for e in events if e.type == "file.begin" and e.data["path"] == file.path]
        shown = "".join(e.data["text"] for e in events if e.type == "file.delta" and e.data["call"] in calls)
        assert shown == file.content
    diff = await studio.projects.diff(user, project_id, 0, 1)
    assert {(d.path, d.added, d.removed) for d in diff} == {(s.path, s.added, s.removed) for s in answer.card.files}

    assert generation.usage is not None
    assert generation.usage.output_tokens > 0
    assert generation.usage.is_simulated
    used = [event.data for event in events if event.type == "usage"][-1]
    assert 0 < used["context_tokens"] == generation.usage.context_tokens
    assert 0 < used["context_share"] == generation.usage.context_share < 1


async def test_a_follow_up_changes_only_what_it_says(studio: Studio, user: Caller) -> None:
    project_id = await _project(studio, user)
    await studio.run(user, project_id)
    second = await studio.run(user, project_id, "make it dark green")
    assert second.snapshot == 2
    changed = await studio.projects.diff(user, project_id, 1, 2)
    assert [diff.path for diff in changed] == ["style.css"]
    assert changed[0].added == changed[0].removed


async def test_a_stream_resumed_after_any_number_is_the_rest_of_an_uncut_one(studio: Studio, user: Caller) -> None:
    project_id = await _project(studio, user)
    generation_id = await studio.begin(user, project_id)
    live = await studio.read(user, generation_id)
    for after in range(live[-1].seq):
        assert await studio.read(user, generation_id, after) == live[after:]
    assert await studio.generations.follow(user, generation_id, live[-1].seq) is None


async def test_another_process_follows_live_and_sees_the_same(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, speed=30) as runs, open_studio(transport) as follows:
        project_id = await _project(runs, user)
        generation_id = await runs.begin(user, project_id)
        near, far = await asyncio.gather(runs.read(user, generation_id), follows.read(user, generation_id))
    assert near == far
    assert near[-1].type == "done"


_FAULTS = [
    pytest.param([Fault("status", status=429)] * 4, "upstream_rate_limited", [1, 2, 4], id="429"),
    pytest.param([Fault("status", status=429, retry_after="31")], "upstream_rate_limited", [], id="429-long"),
    pytest.param([Fault("status", status=500)] * 4, "upstream_failed", [1, 2, 4], id="500"),
    pytest.param([Fault("status", status=503)] * 4, "upstream_overloaded", [1, 2, 4], id="503"),
    pytest.param([Fault("status", status=529)] * 4, "upstream_overloaded", [1, 2, 4], id="529"),
    pytest.param([Fault("status", status=401)], "upstream_key", [], id="401"),
    pytest.param([Fault("unreachable")] * 4, "upstream_unreachable", [1, 2, 4], id="unreachable"),
    pytest.param([Fault("event", at=30)], "upstream_overloaded", [], id="error-event-after-text"),
    pytest.param([Fault("cut", at=30)], "upstream_cut", [], id="cut-after-text"),
    pytest.param([Fault("stall", at=30)], "upstream_stalled", [], id="stall-after-text"),
    pytest.param([Fault("cut", at=0)] * 4, "upstream_cut", [1, 2, 4], id="cut-before-text"),
]


@pytest.mark.parametrize(("faults", "code", "waits"), _FAULTS)
async def test_what_claude_fails_at_costs_nothing(
    transport: Transport, user: Caller, faults: list[Fault], code: str, waits: list[float]
) -> None:
    async with open_studio(transport, faults=faults) as studio:
        project_id = await _project(studio, user)
        generation_id = await studio.begin(user, project_id)
        events = await studio.read(user, generation_id)
        generation = await studio.generations.get(user, generation_id)
        assert (generation.status, generation.outcome, generation.error_code) == ("failed", "upstream_error", code)
        assert events[-1].type == "failed"
        assert events[-1].data["returned"] is True
        assert events[-1].data["message"]
        assert studio.waits == waits
        assert len(studio.model.requests) == len(waits) + 1
        assert await studio.movements(user, generation_id) == RETURNED
        assert (await studio.window(user)).remaining == 5
        assert await studio.projects.snapshots(user, project_id) == []


async def test_one_bad_answer_before_any_text_is_asked_for_again(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, faults=[Fault("status", status=529), None]) as studio:
        generation = await studio.run(user, await _project(studio, user))
        assert (generation.status, generation.attempts) == ("succeeded", 2)
        assert await studio.movements(user, generation.id) == KEPT


async def test_a_refusal_by_the_model_returns_the_quota_but_not_the_slot(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, faults=[Fault("refusal", at=0)]) as studio:
        generation = await studio.run(user, await _project(studio, user))
        assert (generation.status, generation.outcome) == ("failed", "refused")
        assert await studio.movements(user, generation.id) == RETURNED
        assert (await studio.window(user)).remaining == 4


async def test_stop_before_text_returns_the_quota_and_after_text_does_not(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, speed=2) as studio:
        early, late = await _project(studio, user), await _project(studio, user)
        first = await studio.begin(user, early)
        await studio.generations.cancel(user, first)
        assert (await studio.read(user, first))[-1].data["outcome"] == "stopped_early"
        assert await studio.movements(user, first) == RETURNED

        second = await studio.begin(user, late)
        await studio.wait_for(user, second, "message.delta")
        await studio.generations.cancel(user, second)
        events = await studio.read(user, second)
        assert events[-1].data["outcome"] == "stopped"
        assert await studio.movements(user, second) == KEPT
        _, answer = await studio.projects.messages(user, late)
        assert answer.text == _text(events)
        assert (await studio.window(user)).remaining == 3
        assert studio.model.open_streams == 0


async def test_stop_works_from_another_process(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, speed=1) as runs, open_studio(transport) as other:
        generation_id = await runs.begin(user, await _project(runs, user))
        await runs.wait_for(user, generation_id, "message.delta")
        await other.generations.cancel(user, generation_id)
        assert (await runs.read(user, generation_id))[-1].data["outcome"] == "stopped"


async def test_a_second_prompt_waits_its_turn_and_sees_the_first_ones_files(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, speed=10) as studio:
        project_id = await _project(studio, user)
        first = await studio.begin(user, project_id)
        second = await studio.generations.begin(user, project_id, "make it dark green")
        assert (second.status, second.position) == ("queued", 1)
        await studio.read(user, first)
        await studio.read(user, second.id)
        assert (await studio.generations.get(user, second.id)).snapshot == 2


async def test_after_a_failure_the_queue_waits_for_the_users_continue(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, faults=[Fault("cut", at=30)], speed=2) as studio:
        project_id = await _project(studio, user)
        first = await studio.begin(user, project_id)
        second = await studio.begin(user, project_id)
        await studio.read(user, first)
        await studio.runner.wake()
        assert (await studio.generations.get(user, second)).status == "queued"
        assert (await studio.projects.get(user, project_id)).is_held
        await studio.generations.continue_queue(user, project_id)
        await studio.read(user, second)
        assert (await studio.generations.get(user, second)).status == "succeeded"


async def test_a_prompt_dropped_from_the_queue_gives_quota_and_slot_back(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, speed=2) as studio:
        project_id = await _project(studio, user)
        await studio.begin(user, project_id)
        second = await studio.begin(user, project_id)
        dropped = await studio.generations.cancel(user, second)
        assert (dropped.status, dropped.outcome) == ("cancelled", "dropped")
        assert await studio.movements(user, second) == RETURNED
        assert (await studio.window(user)).remaining == 4
        assert [event.type for event in await studio.read(user, second)] == ["failed"]


async def test_a_process_that_stops_gives_back_what_it_could_not_finish(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, speed=1) as studio:
        project_id = await _project(studio, user)
        generation_id = await studio.begin(user, project_id)
        await studio.wait_for(user, generation_id, "message.delta")
    async with open_studio(transport) as later:
        generation = await later.generations.get(user, generation_id)
        assert (generation.status, generation.outcome) == ("failed", "interrupted")
        assert await later.movements(user, generation_id) == RETURNED
        assert (await later.window(user)).remaining == 5


async def test_a_process_that_is_about_to_stop_leaves_the_queue_to_another_one(
    transport: Transport, user: Caller
) -> None:
    async with open_studio(transport) as stops, open_studio(transport) as stays:
        stops.generations.drain()
        generation_id = await stops.begin(user, await _project(stops, user))
        assert (await stops.generations.get(user, generation_id)).status == "queued"
        await stays.runner.wake()
        assert (await stays.read(user, generation_id))[-1].type == "done"


async def test_the_sixth_in_a_window_is_refused_with_its_text_kept(studio: Studio, user: Caller) -> None:
    project_id = await _project(studio, user)
    for number in range(5):
        await studio.generations.begin(user, project_id, f"request {number}", idempotency_key=str(number))
    with pytest.raises(RateLimitedError) as refused:
        await studio.generations.begin(user, project_id, "the sixth")
    assert 0 < (refused.value.retry_after or 0) <= 900
    draft = (await studio.projects.get(user, project_id)).draft
    assert draft is not None
    assert draft.prompt == "the sixth"
    again = await studio.generations.begin(user, project_id, "request 4", idempotency_key="4")
    assert again.prompt == "request 4"
    with pytest.raises(ConflictError):
        await studio.generations.begin(user, project_id, "another prompt", idempotency_key="4")


@pytest.mark.parametrize("prompt", ["", " \n\t ", "x" * 100_001])
async def test_a_prompt_that_cannot_be_one_changes_nothing(studio: Studio, user: Caller, prompt: str) -> None:
    project_id = await _project(studio, user)
    with pytest.raises(ValidationError):
        await studio.generations.begin(user, project_id, prompt)
    assert await studio.projects.messages(user, project_id) == []
    assert (await studio.window(user)).remaining == 5


async def test_a_stranger_finds_nothing(studio: Studio, user: Caller, make_user: MakeUser) -> None:
    stranger = await make_user()
    project_id = await _project(studio, user)
    generation_id = await studio.begin(user, project_id)
    for attempt in (
        studio.generations.get(stranger, generation_id),
        studio.generations.cancel(stranger, generation_id),
        studio.generations.follow(stranger, generation_id),
        studio.generations.begin(stranger, project_id, "hello"),
        studio.generations.continue_queue(stranger, project_id),
    ):
        with pytest.raises(NotFoundError):
            await attempt


class Flaky:
    """A transport whose calls of one function fail a few times, as while Postgres restarts."""

    def __init__(self, transport: Transport, function: str, failures: list[Exception]) -> None:
        self._transport = transport
        self._function = function
        self._failures = failures

    async def rpc(self, function: str, args: Mapping[str, Any], caller: Caller) -> Any:
        if function == self._function and self._failures:
            raise self._failures.pop(0)
        return await self._transport.rpc(function, args, caller)

    async def close(self) -> None: ...


async def test_a_result_survives_a_database_that_is_away_for_a_moment(transport: Transport, user: Caller) -> None:
    flaky = Flaky(transport, "finish_generation", [UnavailableError(), UnavailableError()])
    async with open_studio(flaky) as studio:
        generation = await studio.run(user, await _project(studio, user))
        assert (generation.outcome, generation.snapshot) == ("committed", 1)


async def test_a_result_that_the_database_refuses_is_returned(transport: Transport, user: Caller) -> None:
    flaky = Flaky(transport, "finish_generation", [ValidationError(code="project_too_large")])
    async with open_studio(flaky) as studio:
        generation = await studio.run(user, await _project(studio, user))
        assert (generation.status, generation.outcome) == ("failed", "internal_error")
        assert await studio.movements(user, generation.id) == RETURNED


@pytest.mark.parametrize("error", [ValidationError(), RuntimeError("a mistake of ours")])
async def test_an_error_of_ours_is_returned_and_tells_nothing(
    transport: Transport, user: Caller, error: Exception
) -> None:
    async with open_studio(Flaky(transport, "list_conversation", [error])) as studio:
        generation_id = await studio.begin(user, await _project(studio, user))
        last = (await studio.read(user, generation_id))[-1]
        assert (last.data["code"], last.data["returned"]) == ("internal_error", True)
        assert "mistake" not in str(last.data)


async def test_a_process_that_lost_its_lease_stops_and_its_followers_see_the_real_end(
    transport: Transport, database: Database, user: Caller
) -> None:
    async with open_studio(transport, speed=1) as slow, open_studio(transport) as other:
        generation_id = await slow.begin(user, await _project(slow, user))
        await slow.wait_for(user, generation_id, "message.delta")
        followed = asyncio.create_task(slow.read(user, generation_id))
        with database.connect("postgres") as owner:
            owner.execute("update private.leases set expires_at = clock_timestamp() - interval '1 second'")
        await other.runner._heartbeat.sweep()
        events = await followed
        assert (events[-1].type, events[-1].data["outcome"]) == ("failed", "interrupted")
        assert [event.seq for event in events] == sorted({event.seq for event in events})
        assert slow.model.open_streams == 0
        assert await slow.movements(user, generation_id) == RETURNED
