"""Replays: what is played back is what was sent, it ends in what is stored, only its owner sees it, nothing is used."""

from __future__ import annotations

from typing import Any

import pytest

from glacia_ui.claude.demo.faults import Fault
from glacia_ui.core.events import Event
from glacia_ui.core.replay import Replay
from glacia_ui.db.transport import Transport
from glacia_ui.errors import ConflictError, NotFoundError
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from glacia_ui.web.events import encode, with_html
from tests.conftest import MakeUser
from tests.support.studio import Studio, open_studio
from tests.support.web import OPTIONS, Writer, make_services, sign_up

PROMPTS = ("a landing page for a bakery", "add our opening hours", "make it blue", "what can you do?")


def _facts(events: list[Any]) -> list[tuple[int, str, dict[str, Any]]]:
    return [(event.seq, event.type, event.data) for event in events]


def _said(replay: Replay, kind: str = "message.delta") -> str:
    return "".join(event.data["text"] for event in replay.events if event.type == kind)


async def test_a_replay_is_what_followers_saw_and_ends_in_what_is_stored(
    transport: Transport, make_user: MakeUser
) -> None:
    user = await make_user()
    async with open_studio(transport, speed=200) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        for prompt in PROMPTS:
            generation_id = await studio.begin(user, project_id, prompt)
            seen = await studio.read(user, generation_id)
            replay = await studio.generations.replay(user, generation_id)
            assert _facts(replay.events) == _facts(seen)
            answer = (await studio.projects.messages(user, project_id))[-1]
            assert _said(replay).encode() == answer.text.encode()
            assert _said(replay, "thinking.delta") == answer.thinking
            assert replay.generation == answer.generation
            times = [event.at_ms for event in replay.events]
            assert times == sorted(times)
            assert replay.duration_ms == times[-1] > times[0]
            if replay.generation.snapshot:
                await _check_files(studio, user, replay)


async def _check_files(studio: Studio, user: Any, replay: Replay) -> None:
    """Every file that was written in one go is stored as it was shown; of every other, the new text is in it."""
    number = replay.generation.snapshot
    _, files = await studio.projects.snapshot_files(user, replay.generation.project_id, number)
    stored = {file.path: file.content for file in files}
    begun = [event.data for event in replay.events if event.type == "file.begin"]
    assert begun
    for data in begun:
        shown = "".join(
            event.data["text"]
            for event in replay.events
            if event.type == "file.delta" and event.data["call"] == data["call"]
        )
        if data["action"] == "write":
            assert stored[data["path"]] == shown
    card = replay.events[-1].data["card"]
    assert {stat["path"] for stat in card["files"]} <= set(stored)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault("status", status=401, type="authentication_error"), "upstream_error"),
        (Fault("cut", at=60), "upstream_error"),
    ],
)
async def test_what_failed_plays_back_as_well(
    transport: Transport, make_user: MakeUser, fault: Fault, outcome: str
) -> None:
    user = await make_user()
    async with open_studio(transport, faults=[fault]) as studio:
        generation = await studio.run(user, (await studio.projects.create(user, "Bakery")).id)
        assert generation.outcome == outcome
        replay = await studio.generations.replay(user, generation.id)
        assert replay.events[-1].type == "failed"
        messages = await studio.projects.messages(user, generation.project_id)
        assert _said(replay) == "".join(message.text for message in messages if message.role == "assistant")


async def test_it_uses_nothing_and_asks_nobody(transport: Transport, make_user: MakeUser) -> None:
    """Neither quota nor slot nor the model: it works in a process that runs nothing."""
    user = await make_user()
    async with open_studio(transport) as studio:
        generation = await studio.run(user, (await studio.projects.create(user, "Bakery")).id)
        before = await studio.usage.me(user)
        asked = len(studio.model.requests)
    async with open_studio(transport) as later:
        replays = [await later.generations.replay(user, generation.id) for _ in range(3)]
        assert replays[0] == replays[1] == replays[2]
        assert len(later.model.requests) == 0 < asked
        after = await later.usage.me(user)
    assert after.quota == before.quota
    assert after.windows[0].hits == before.windows[0].hits


async def test_before_its_end_and_to_strangers_there_is_none(transport: Transport, make_user: MakeUser) -> None:
    user, stranger = await make_user(), await make_user()
    async with open_studio(transport, speed=1) as studio:
        generation_id = await studio.begin(user, (await studio.projects.create(user, "Bakery")).id)
        await studio.wait_for(user, generation_id, "status")
        with pytest.raises(ConflictError):
            await studio.generations.replay(user, generation_id)
        await studio.generations.cancel(user, generation_id)
        await studio.read(user, generation_id)
        assert (await studio.generations.replay(user, generation_id)).generation.status == "cancelled"
        with pytest.raises(NotFoundError):
            await studio.generations.replay(stranger, generation_id)


async def test_over_the_api_it_holds_what_a_stream_would_send(transport: Transport, identity: Identity) -> None:
    app = create_app(make_services(transport, identity), OPTIONS)
    me, stranger = await sign_up(app), await sign_up(app)
    project = (await me.post("/api/v1/projects", json={"name": "Bakery"})).json()["id"]
    begun = (await me.post(f"/api/v1/projects/{project}/generations", json={"prompt": "a page"})).json()["id"]
    address = f"/api/v1/generations/{begun}/replay"
    assert (await me.get(address)).json()["code"] == "generation_running"

    writer = Writer(transport)
    claimed = await writer.claim(project)
    pieces = ["Hello **you", "**.\n\n- one\n", "- two\n\nDone <script>alert(1)</script>"]
    events = [
        Event(seq=seq, type="message.delta", data={"text": piece}, at_ms=100 * seq)
        for seq, piece in enumerate(pieces, start=1)
    ]
    await writer.write(claimed, events)
    await writer.finish(claimed, {"index.html": "x"}, [Event(seq=4, type="done", data={}, at_ms=450)])

    plain, placed = (await me.get(address)).json(), (await me.get(f"{address}?render=html")).json()
    assert [event["at_ms"] for event in plain["events"]] == [100, 200, 300, 450]
    assert plain["duration_ms"] == 450
    assert plain["generation"]["snapshot"] == 1

    async def stored() -> Any:
        for event in events:
            yield event

    streamed = [event async for event in with_html(stored(), 0)]
    assert [event["data"] for event in placed["events"][:3]] == [event.data for event in streamed]
    assert "<script" not in placed["events"][2]["data"]["open"]
    assert all(b"at_ms" not in encode(event) for event in streamed)
    assert (await stranger.get(address)).status_code == 404
