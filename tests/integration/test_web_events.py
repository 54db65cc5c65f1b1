"""Event streams over a real connection: exact resumption, 204 at the end, and the ways a stream is ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.core.events import Event
from glacia_ui.core.models import ClaimedGeneration
from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.services.container import Services
from glacia_ui.web import events as web_events
from glacia_ui.web.app import create_app, stop_streams
from tests.support.web import OPTIONS, Writer, join, make_services, serving

REPLY = ["Hello **you", "**.\n\n", "- one\n", "- two\n\nDone", " – été 🏔\u2028.\n"]
DEADLINE = 20


@pytest.fixture
def services(transport: Transport, identity: Identity) -> Services:
    return make_services(transport, identity)


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services, OPTIONS)


@pytest.fixture
async def url(app: FastAPI, services: Services) -> AsyncIterator[str]:
    """A server whose feeds read the database, as in a process that does not run the generation itself."""
    polling = asyncio.create_task(services.feeds.poll_forever())
    async with serving(app) as address:
        yield address
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling


@pytest.fixture
async def me(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, timeout=DEADLINE) as found:
        token = (await join(found)).json()["access_token"]
        found.cookies.clear()
        found.headers["Authorization"] = f"Bearer {token}"
        yield found


class Story:
    """A generation that the test writes."""

    def __init__(self, writer: Writer, claimed: ClaimedGeneration) -> None:
        self._writer = writer
        self._claimed = claimed
        self._seq = claimed.last_seq
        self.address = f"/api/v1/generations/{claimed.id}/events"

    async def tell(self, pieces: list[str]) -> None:
        events = [self._event("message.delta", {"text": piece}) for piece in pieces]
        await self._writer.write(self._claimed, events)

    async def end(self) -> None:
        await self._writer.finish(
            self._claimed, {"index.html": "x"}, [self._event("done", {"outcome": "committed", "card": None})]
        )

    def _event(self, kind: str, data: dict[str, object]) -> Event:
        self._seq += 1
        return Event.model_validate({"seq": self._seq, "type": kind, "data": data})


@pytest.fixture
async def story(me: httpx.AsyncClient, transport: Transport) -> Story:
    project_id = (await me.post("/api/v1/projects", json={"name": "x"})).json()["id"]
    await me.post(f"/api/v1/projects/{project_id}/generations", json={"prompt": "a page"})
    writer = Writer(transport)
    return Story(writer, await writer.claim(UUID(project_id)))


def parse(stream: bytes) -> list[tuple[int, str, dict[str, object]]]:
    found = []
    for block in stream.decode().split("\n\n"):
        if block and not block.startswith(":"):
            number, kind, data = (line.partition(": ")[2] for line in block.split("\n"))
            found.append((int(number), kind, json.loads(data)))
    return found


async def test_a_stream_ends_with_its_last_event(me: httpx.AsyncClient, story: Story) -> None:
    await story.tell(REPLY)
    reading = asyncio.create_task(me.get(story.address))
    await story.end()
    answer = await reading
    events = parse(answer.content)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "ratelimit" not in answer.headers
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    assert [kind for _, kind, _ in events][-1] == "done"
    assert "".join(str(data["text"]) for _, kind, data in events if kind == "message.delta") == "".join(REPLY)


async def test_a_cut_after_any_event_changes_no_byte(me: httpx.AsyncClient, story: Story) -> None:
    await story.tell(REPLY)
    await story.end()
    for how in ("", "render=html"):
        whole = (await me.get(f"{story.address}?{how}")).content
        blocks = [block + b"\n\n" for block in whole.split(b"\n\n")[:-1]]
        assert len(blocks) == len(REPLY) + 1
        for cut in range(len(blocks)):
            seen = b"".join(blocks[:cut])
            by_query = await me.get(f"{story.address}?{how}&after={cut}")
            by_header = await me.get(f"{story.address}?{how}&after=0", headers={"Last-Event-ID": str(cut)})
            assert seen + by_query.content == whole
            assert seen + by_header.content == whole


async def test_after_the_end_there_is_nothing_more(me: httpx.AsyncClient, story: Story) -> None:
    await story.tell(REPLY)
    await story.end()
    last = len(REPLY) + 1
    for after in (last, last + 1, 2**31 - 1):
        answer = await me.get(f"{story.address}?after={after}")
        assert (answer.status_code, answer.content) == (204, b"")
    assert (await me.get(story.address, headers={"Last-Event-ID": str(last)})).status_code == 204


@pytest.mark.parametrize("made_up", ["x", "-1", "1.5", "9" * 30, "٣"])
async def test_a_made_up_last_event_id_starts_over(me: httpx.AsyncClient, story: Story, made_up: str) -> None:
    await story.tell(REPLY)
    await story.end()
    answer = await me.get(story.address, headers={"Last-Event-ID": made_up.encode()})
    assert parse(answer.content)[0][0] == 1


async def test_html_is_placed_block_by_block(me: httpx.AsyncClient, story: Story) -> None:
    await story.tell(REPLY)
    await story.end()
    deltas = [data for _, kind, data in parse((await me.get(f"{story.address}?render=html")).content) if "open" in data]
    blocks = [block for data in deltas for block in data["blocks"]]  # type: ignore[attr-defined]
    assert [block["index"] for block in blocks] == [0, 1]
    assert blocks[0]["html"] == "<p>Hello <strong>you</strong>.</p>\n"
    assert blocks[1]["html"].count("<li>") == 2
    assert deltas[0]["open"] == "<p>Hello **you</p>\n"
    assert str(deltas[-1]["open"]).startswith("<p>Done – été 🏔")


async def _first_line(stream: AsyncIterator[bytes]) -> bytes:
    return await asyncio.wait_for(anext(stream), DEADLINE)


async def _rest(stream: AsyncIterator[bytes]) -> list[bytes]:
    return [chunk async for chunk in stream]


async def test_sign_out_ends_an_open_stream(me: httpx.AsyncClient, story: Story) -> None:
    await story.tell(REPLY[:1])
    async with me.stream("GET", story.address) as answer:
        stream = answer.aiter_raw()
        await _first_line(stream)
        await me.post("/api/v1/auth/sign-out")
        assert await asyncio.wait_for(_rest(stream), DEADLINE) == []
    assert (await me.get(story.address)).status_code == 401


async def test_a_session_that_ended_elsewhere_ends_it_as_well(
    me: httpx.AsyncClient, story: Story, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_events, "RECHECK_SECONDS", 0.05)
    monkeypatch.setattr("glacia_ui.web.sessions.FRESH_SECONDS", 0.0)
    await story.tell(REPLY[:1])
    async with me.stream("GET", story.address) as answer:
        stream = answer.aiter_raw()
        await _first_line(stream)
        await services.identity.sign_out(me.headers["Authorization"].removeprefix("Bearer "))
        assert await asyncio.wait_for(_rest(stream), DEADLINE) == []


async def test_a_quiet_stream_says_that_it_is_there(
    me: httpx.AsyncClient, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_events, "KEEP_ALIVE_SECONDS", 0.05)
    async with me.stream("GET", story.address) as answer:
        stream = answer.aiter_raw()
        assert await _first_line(stream) == b": still here\n\n"
        assert await _first_line(stream) == b": still here\n\n"


async def test_the_process_ends_all_streams_when_it_stops(me: httpx.AsyncClient, story: Story, app: FastAPI) -> None:
    await story.tell(REPLY[:1])
    async with me.stream("GET", story.address) as one, me.stream("GET", story.address) as two:
        streams = [one.aiter_raw(), two.aiter_raw()]
        for stream in streams:
            await _first_line(stream)
        stop_streams(app)
        for stream in streams:
            assert await asyncio.wait_for(_rest(stream), DEADLINE) == []


async def test_a_reader_who_leaves_is_forgotten(me: httpx.AsyncClient, story: Story, services: Services) -> None:
    await story.tell(REPLY[:1])
    async with me.stream("GET", story.address) as answer:
        await _first_line(answer.aiter_raw())
        (feed,) = services.feeds._feeds.values()
        assert feed.followers == 1
    for _ in range(200):
        if feed.followers == 0:
            break
        await asyncio.sleep(0.02)
    assert feed.followers == 0
