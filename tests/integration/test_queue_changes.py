"""Changing what waits, over REST: text, place, both; and the answer when it is too late."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from tests.support.web import OPTIONS, Writer, make_services, sign_up


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


async def _line(script: httpx.AsyncClient, project: str) -> list[tuple[str, int]]:
    messages = (await script.get(f"/api/v1/projects/{project}/messages")).json()
    return [(message["text"], message["generation"]["position"]) for message in messages]


async def _change(script: httpx.AsyncClient, generation: str, **change: Any) -> httpx.Response:
    return await script.patch(f"/api/v1/generations/{generation}", json=change)


async def test_what_waits_is_changed_until_it_starts(app: FastAPI, transport: Transport) -> None:
    script = await sign_up(app)
    project = (await script.post("/api/v1/projects", json={"name": "Bakery"})).json()["id"]
    address = f"/api/v1/projects/{project}/generations"
    ids = [(await script.post(address, json={"prompt": prompt})).json()["id"] for prompt in "abc"]

    moved = await _change(script, ids[2], position=1)
    assert (moved.status_code, moved.json()["position"]) == (200, 1)
    both = await _change(script, ids[1], prompt="B", position=2)
    assert (both.json()["prompt"], both.json()["position"]) == ("B", 2)
    assert await _line(script, project) == [("c", 1), ("B", 2), ("a", 3)]

    claimed = await Writer(transport).claim(UUID(project))
    assert claimed.prompt == "c"
    late = await _change(script, ids[2], prompt="too late")
    assert (late.status_code, late.json()["code"]) == (409, "already_started")
    assert await _line(script, project) == [("c", 0), ("B", 1), ("a", 2)]

    for change, code in (
        ({"position": 0}, "field_out_of_range"),
        ({"position": "1st"}, "field_wrong"),
        ({"prompt": "  "}, "invalid_prompt"),
        ({"mode": "ask"}, "field_unknown"),
    ):
        refused = await _change(script, ids[0], **change)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await _change(script, str(uuid4()), position=1)).json()["code"] == "generation_not_found"
