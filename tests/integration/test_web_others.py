"""User B meets the ids of user A: not found, on every route and through both doors, and nothing changes."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from glacia_ui.core.events import Event
from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from glacia_ui.web.openapi import document
from tests.support.web import COOKIE, OPTIONS, Writer, client, make_services, sign_up

BODIES = {
    "PATCH /projects/{project_id}": {"name": "stolen"},
    "POST /projects/{project_id}/restore": {"snapshot": 1},
    "PUT /projects/{project_id}/draft": {"prompt": "stolen"},
    "POST /projects/{project_id}/generations": {"prompt": "stolen"},
}
QUERIES = {"GET /projects/{project_id}/diff": {"from": 0, "to": 1}}


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


def routes_with_ids(app: FastAPI) -> list[tuple[str, str]]:
    paths = document(app)["paths"].items()
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths
        for method in methods
        if re.search(r"\{\w+_id\}", path)
    ]


async def _make_project(app: FastAPI, transport: Transport) -> tuple[str, str, str]:
    """A project of A's with one version and a generation. Returns A's token, the project's and the generation's id."""
    mine = await sign_up(app)
    project_id = (await mine.post("/api/v1/projects", json={"name": "mine"})).json()["id"]
    begun = await mine.post(f"/api/v1/projects/{project_id}/generations", json={"prompt": "a page"})
    writer = Writer(transport)
    claimed = await writer.claim(UUID(project_id))
    done = Event(seq=claimed.last_seq + 1, type="done", data={"outcome": "committed", "card": None})
    await writer.finish(claimed, {"index.html": "secret"}, [done])
    return mine.headers["Authorization"], project_id, begun.json()["id"]


async def test_nothing_of_others_is_found_anywhere(app: FastAPI, transport: Transport) -> None:
    token, project_id, generation_id = await _make_project(app, transport)
    other = await sign_up(app)
    other.cookies.set(COOKIE, other.headers["Authorization"].removeprefix("Bearer "))
    routes = routes_with_ids(app)
    assert len(routes) >= 17
    for method, path in routes:
        for ids in ((project_id, generation_id), (str(uuid4()), str(uuid4()))):
            address = path.replace("{project_id}", ids[0]).replace("{generation_id}", ids[1])
            answers = set()
            for door in ("/api/v1", "/page/v1"):
                answer = await other.request(
                    method,
                    door + address.replace("{path}", "index.html"),
                    json=BODIES.get(f"{method} {path}"),
                    params=QUERIES.get(f"{method} {path}"),
                )
                assert answer.status_code == 404, (method, door, path, answer.text)
                assert "secret" not in answer.text
                answers.add(answer.json()["code"])
            # The same words for what is somebody's and for what is nobody's.
            assert answers <= {"project_not_found", "generation_not_found"}, (method, path)
    mine = client(app, headers={"Authorization": token})
    project = (await mine.get(f"/api/v1/projects/{project_id}")).json()
    assert (project["name"], project["latest_snapshot"], project["draft"]) == ("mine", 1, None)


async def test_lists_hold_only_mine(app: FastAPI, transport: Transport) -> None:
    await _make_project(app, transport)
    other = await sign_up(app)
    assert (await other.get("/api/v1/projects")).json() == []
    assert (await other.get("/api/v1/usage")).json() == []
    assert len((await other.get("/api/v1/usage.csv")).text.splitlines()) == 1
    assert {row["kind"] for row in (await other.get("/api/v1/ledger")).json()} == {"grant"}
