"""The health of versions over REST: what previews saw, one click to fix it, and the end of trying."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.core.events import Event
from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from tests.support.web import OPTIONS, Writer, make_services, sign_up

BOOM = {"kind": "error", "message": "total is not defined", "file": "script.js", "line": 12, "column": 3}
MISSING = {"kind": "missing", "message": "", "file": "img/cake.png", "line": None, "column": None}


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


class Bakery:
    """A project over REST; what Claude would write, the test writes."""

    def __init__(self, me: httpx.AsyncClient, transport: Transport, project: str) -> None:
        self.me = me
        self.writer = Writer(transport)
        self.id = project
        self.latest = 0

    async def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        return await self.me.request(method, f"/api/v1/projects/{self.id}{path}", json=body)

    async def write(self) -> int:
        assert (await self.ask("POST", "/generations", {"prompt": "a page"})).status_code == 202
        return await self.finish()

    async def finish(self) -> int:
        """The version that comes out of the request that waits."""
        claimed = await self.writer.claim(UUID(self.id))
        self.latest += 1
        done = Event(seq=1, type="done", data={"outcome": "committed", "card": None})
        assert await self.writer.finish(claimed, {"index.html": f"<p>{self.latest}</p>"}, [done]) == self.latest
        return self.latest

    async def see(self, number: int, *errors: object) -> Any:
        answer = await self.ask("POST", f"/snapshots/{number}/health", {"errors": errors})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def fix(self, number: int, **more: object) -> httpx.Response:
        return await self.ask("POST", "/fix", {"snapshot": number, **more})


@pytest.fixture
async def bakery(app: FastAPI, transport: Transport) -> Bakery:
    me = await sign_up(app)
    return Bakery(me, transport, (await me.post("/api/v1/projects", json={"name": "x"})).json()["id"])


async def test_the_same_error_twice_ends_one_click_fixing(bakery: Bakery) -> None:
    assert (await bakery.ask("GET", "")).json()["latest_health"] is None
    one = await bakery.write()
    assert (await bakery.ask("GET", "")).json()["latest_health"] == "unknown"
    assert (await bakery.see(one))["state"] == "ok"
    two = await bakery.write()
    seen = await bakery.see(two, BOOM, MISSING)
    assert (seen["state"], seen["errors"], seen["last_working"]) == ("broken", [BOOM, MISSING], one)
    listed = (await bakery.ask("GET", "/snapshots")).json()
    assert [each["health"]["state"] for each in listed] == ["broken", "ok"]
    assert listed[0]["health"] == seen == (await bakery.ask("GET", f"/snapshots/{two}/health")).json()

    asked = await bakery.fix(two, idempotency_key="once")
    assert asked.status_code == 202
    assert asked.json()["events_url"] == f"/api/v1/generations/{asked.json()['id']}/events"
    assert (await bakery.fix(two, idempotency_key="once")).json()["id"] == asked.json()["id"]
    assert (await bakery.fix(two)).json()["code"] == "generation_running"
    prompt = (await bakery.ask("GET", "/messages")).json()[-1]["text"]
    for word in ("version 2", "total is not defined", "script.js, line 12", "img/cake.png"):
        assert word in prompt

    three = await bakery.finish()
    again = await bakery.see(three, BOOM | {"line": 90})
    assert (again["is_fix_blocked"], again["last_working"]) == (True, one)
    refused = await bakery.fix(three)
    assert (refused.status_code, refused.json()["code"], refused.json()["last_working"]) == (409, "fix_loop", one)
    assert (await bakery.ask("GET", "")).json()["latest_health"] == "broken"

    back = await bakery.ask("POST", "/restore", {"snapshot": one})
    assert (back.status_code, back.json()["number"], back.json()["health"]["state"]) == (201, 4, "unknown")
    assert (await bakery.see(4))["state"] == "ok"
    assert (await bakery.fix(4)).json()["code"] == "nothing_to_fix"
    assert (await bakery.fix(three)).json()["code"] == "stale_snapshot"


async def test_a_fix_counts_like_any_request(bakery: Bakery) -> None:
    await bakery.see(await bakery.write(), BOOM)
    before = (await bakery.me.get("/api/v1/me")).json()["quota"]
    assert (await bakery.fix(1)).status_code == 202
    after = (await bakery.me.get("/api/v1/me")).json()["quota"]
    assert (after["remaining"], after["reserved"]) == (before["remaining"] - 1, before["reserved"] + 1)
    await bakery.finish()
    for _ in range(3):
        await bakery.write()
    await bakery.see(5, MISSING)
    refused = await bakery.fix(5)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) > 0
    kept = (await bakery.ask("GET", "")).json()["draft"]["prompt"]
    assert "img/cake.png" in kept
    assert (await bakery.fix(5, model="claude-of-somebody-else")).json()["code"] == "unknown_model"


async def test_what_is_no_report_is_refused(bakery: Bakery) -> None:
    one = await bakery.write()
    nonsense: list[Any] = [
        {"errors": [BOOM] * 21},
        {"errors": [BOOM | {"message": "x" * 501}]},
        {"errors": [BOOM | {"kind": "<script>"}]},
        {"errors": [BOOM | {"message": "\x00"}]},
        {"errors": [BOOM | {"line": -1}]},
        {"errors": [BOOM | {"html": "x"}]},
        {"errors": None},
        {},
        [],
    ]
    for body in nonsense:
        answer = await bakery.ask("POST", f"/snapshots/{one}/health", body)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), body
    assert (await bakery.ask("GET", f"/snapshots/{one}/health")).json()["state"] == "unknown"
    for number in (0, 2):
        answer = await bakery.ask("POST", f"/snapshots/{number}/health", {"errors": []})
        assert (answer.status_code, answer.json()["code"]) == (404, "snapshot_not_found")
