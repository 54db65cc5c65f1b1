"""Generations through the direct transport: the way of one message in the database, and who may call what."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from glacia_ui.core.events import Event
from glacia_ui.core.history import History, Turn
from glacia_ui.core.models import ChangeCard, ClaimedGeneration, Generation, Refusal, Usage
from glacia_ui.db.generations import Generations
from glacia_ui.db.projects import Projects
from glacia_ui.db.transport import ANONYMOUS, Caller, Transport
from glacia_ui.errors import ConflictError, NotFoundError, PermissionDeniedError, ValidationError
from tests.conftest import MakeUser
from tests.support.databases import Database

PROCESS = uuid4()


@pytest.fixture
def generations(transport: Transport) -> Generations:
    return Generations(transport)


@pytest.fixture
def projects(transport: Transport) -> Projects:
    return Projects(transport)


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user()


@pytest.fixture
async def project_id(projects: Projects, user: Caller) -> UUID:
    return (await projects.create_project(user, "Bakery")).id


async def _claimed(
    generations: Generations, user: Caller, project_id: UUID, prompt: str = "a page"
) -> ClaimedGeneration:
    begun = await generations.begin_generation(user, project_id, prompt, model="m")
    assert isinstance(begun, Generation)
    (claimed,) = await generations.claim_generations(PROCESS, 10, project_id)
    assert (claimed.id, claimed.prompt, claimed.project_id) == (begun.id, prompt, project_id)
    return claimed


def _committed(*events: Event, content: str = "<h1>ö</h1>") -> dict[str, object]:
    return {
        "outcome": "committed",
        "text": "Done.",
        "thinking": "Hm.",
        "model": "m-1",
        "changes": [{"path": "index.html", "content": content}],
        "card": ChangeCard(title="A page", added=1),
        "usage": Usage(input_tokens=7, output_tokens=5, cost_usd=Decimal("0.000120")),
        "attempts": 2,
        "events": list(events),
    }


async def test_a_message_makes_a_snapshot_and_its_events_can_be_replayed(
    generations: Generations, projects: Projects, user: Caller, project_id: UUID
) -> None:
    claimed = await _claimed(generations, user, project_id)
    first = [
        Event(seq=1, type="status", data={"phase": "thinking"}),
        Event(seq=2, type="message.delta", data={"text": "D"}),
    ]
    rest = [
        Event(seq=3, type="message.delta", data={"text": "one."}),
        Event(seq=4, type="done", data={"outcome": "committed"}),
    ]
    batch = {"generation_id": claimed.id, "lease_token": claimed.lease_token, "events": first, "reserved_until": 202}

    assert await generations.append_events([batch]) == set()
    assert (await generations.get_generation(user, claimed.id)).last_seq == 2
    last, ended = await generations.finish_generation(claimed.id, claimed.lease_token, _committed(*rest))

    assert last == Event(seq=4, type="done", data={"outcome": "committed", "snapshot": 1})
    assert (ended.status, ended.snapshot, ended.attempts) == ("succeeded", 1, 2)
    assert ended.usage == Usage(input_tokens=7, output_tokens=5, cost_usd=Decimal("0.00012"))
    assert await generations.events_since({claimed.id: 1, uuid4(): 0}) == {claimed.id: [first[1], rest[0], last]}
    question, answer = await projects.list_messages(user, project_id)
    assert (question.role, question.text, question.card) == ("user", "a page", None)
    assert (answer.role, answer.text, answer.thinking) == ("assistant", "Done.", "Hm.")
    assert answer.card == ChangeCard(title="A page", added=1)
    assert question.generation == answer.generation == ended


async def test_the_next_generation_is_told_what_was_said_and_what_the_files_are(
    generations: Generations, user: Caller, project_id: UUID
) -> None:
    claimed = await _claimed(generations, user, project_id)
    done = Event(seq=1, type="done", data={})
    await generations.finish_generation(claimed.id, claimed.lease_token, _committed(done))
    claimed = await _claimed(generations, user, project_id, "greener")

    start = await generations.list_conversation(claimed.id, claimed.lease_token)

    assert claimed.base_snapshot == 1
    assert start.history == History([Turn("a page", "Done.", ChangeCard(title="A page", added=1), 1, reply_size=5)])
    assert start.files == {"index.html": "<h1>ö</h1>"}
    assert start.locked == frozenset()


async def test_an_end_that_is_repeated_gives_the_same_answer_and_counts_once(
    generations: Generations, user: Caller, project_id: UUID
) -> None:
    claimed = await _claimed(generations, user, project_id)
    result = _committed(Event(seq=1, type="done", data={}))

    first = await generations.finish_generation(claimed.id, claimed.lease_token, result)
    again = await generations.finish_generation(claimed.id, claimed.lease_token, result)

    assert first == again


async def test_without_the_lease_nothing_can_be_written(
    generations: Generations, user: Caller, project_id: UUID
) -> None:
    claimed = await _claimed(generations, user, project_id)
    stranger = uuid4()
    events = [Event(seq=1, type="failed", data={})]
    batch = {"generation_id": claimed.id, "lease_token": stranger, "events": events, "reserved_until": 9}

    assert await generations.append_events([batch]) == {claimed.id}
    lost, _ = await generations.extend_leases([{"generation_id": claimed.id, "lease_token": stranger}])
    assert lost == {claimed.id}
    for call in (
        generations.finish_generation(claimed.id, stranger, _committed(Event(seq=1, type="done", data={}))),
        generations.fail_generation(claimed.id, stranger, {"outcome": "refused", "events": events}),
        generations.list_conversation(claimed.id, stranger),
    ):
        with pytest.raises(ConflictError, match="lease_lost"):
            await call
    assert await generations.events_since({claimed.id: 0}) == {claimed.id: []}


async def test_stop_is_told_to_the_process_that_runs_it(
    generations: Generations, user: Caller, project_id: UUID
) -> None:
    claimed = await _claimed(generations, user, project_id)
    lease = {"generation_id": claimed.id, "lease_token": claimed.lease_token}

    assert await generations.extend_leases([lease]) == (set(), set())
    assert (await generations.cancel_generation(user, claimed.id)).status == "running"

    assert await generations.find_cancelled([claimed.id, uuid4()]) == {claimed.id}
    assert await generations.extend_leases([lease]) == (set(), {claimed.id})


async def test_a_refusal_says_whose_limit_and_until_when(
    generations: Generations, projects: Projects, user: Caller, project_id: UUID
) -> None:
    for number in range(5):
        assert isinstance(await generations.begin_generation(user, project_id, f"{number}", model="m"), Generation)

    refusal = await generations.begin_generation(user, project_id, "one too many", model="m")

    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.limit, refusal.window_seconds) == ("rate_limited", 5, 900)
    assert refusal.retry_after is not None
    assert 890 < refusal.retry_after <= 900
    draft = (await projects.get_project(user, project_id)).draft
    assert draft is not None
    assert (draft.prompt, draft.reason) == ("one too many", "rate_limited")


@pytest.mark.parametrize("prompt", ["", "   \n", "x" * 100_001])
async def test_an_invalid_prompt_is_refused_and_not_kept(
    generations: Generations, projects: Projects, user: Caller, project_id: UUID, prompt: str
) -> None:
    with pytest.raises(ValidationError, match="invalid_prompt"):
        await generations.begin_generation(user, project_id, prompt, model="m")
    assert (await projects.get_project(user, project_id)).draft is None
    assert await projects.list_messages(user, project_id) == []


async def test_a_stranger_finds_nothing(
    generations: Generations, user: Caller, project_id: UUID, make_user: MakeUser
) -> None:
    begun = await generations.begin_generation(user, project_id, "mine", model="m")
    assert isinstance(begun, Generation)
    stranger = await make_user()

    for call in (
        generations.begin_generation(stranger, project_id, "x", model="m"),
        generations.get_generation(stranger, begun.id),
        generations.cancel_generation(stranger, begun.id),
        generations.continue_queue(stranger, project_id),
    ):
        with pytest.raises(NotFoundError):
            await call


async def test_users_cannot_call_what_is_the_servers(transport: Transport, user: Caller) -> None:
    for caller in (user, ANONYMOUS):
        with pytest.raises(PermissionDeniedError):
            await transport.rpc("sweep_stale_generations", {}, caller)


async def test_what_a_crash_left_is_swept(
    generations: Generations, user: Caller, project_id: UUID, database: Database
) -> None:
    claimed = await _claimed(generations, user, project_id)
    assert await generations.sweep_stale_generations() == []
    with database.connect() as connection:
        connection.execute("update private.leases set expires_at = clock_timestamp()")
    (swept,) = await generations.sweep_stale_generations()
    assert (swept.id, swept.status, swept.outcome, swept.is_returned) == (claimed.id, "failed", "interrupted", True)


async def test_a_failure_holds_the_queue_until_its_user_goes_on(
    generations: Generations, projects: Projects, user: Caller, project_id: UUID
) -> None:
    claimed = await _claimed(generations, user, project_id)
    behind = await generations.begin_generation(user, project_id, "behind", model="m")
    result = {"outcome": "empty", "code": "empty", "message": "", "events": [Event(seq=1, type="failed", data={})]}
    last, ended = await generations.fail_generation(claimed.id, claimed.lease_token, result)
    assert (last.data["returned"], ended.is_returned) == (True, True)
    assert (await projects.get_project(user, project_id)).is_held
    assert await generations.claim_generations(PROCESS, 10, project_id) == []

    await generations.continue_queue(user, project_id)

    assert isinstance(behind, Generation)
    assert [each.id for each in await generations.claim_generations(PROCESS, 10)] == [behind.id]
