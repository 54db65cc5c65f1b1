"""One user meets the ids of another: not found, on every route, through both doors, and nothing changes.

The routes come from OpenAPI, so a new one is in the matrix at once. Whatever is somebody's must be answered exactly as
what is nobody's; a route that forgets to ask is planted, to show that the matrix sees it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from glacia_ui.core.events import Event
from glacia_ui.db.files import Files
from glacia_ui.db.transport import Transport
from glacia_ui.errors import NotFoundError
from glacia_ui.identity import Identity
from glacia_ui.services.previews import Previews
from glacia_ui.web.app import create_app
from glacia_ui.web.openapi import document
from tests.support.databases import Database
from tests.support.web import COOKIE, OPTIONS, Writer, client, make_services, sign_up

BODIES = {
    "PATCH /generations/{generation_id}": {"prompt": "stolen"},
    "PATCH /projects/{project_id}": {"name": "stolen"},
    "POST /projects/{project_id}/attachments": {"any": "text"},
    "POST /projects/{project_id}/restore": {"snapshot": 1},
    "PUT /projects/{project_id}/draft": {"prompt": "stolen"},
    "POST /projects/{project_id}/generations": {"prompt": "stolen"},
    "POST /projects/{project_id}/snapshots/{snapshot}/health": {"errors": []},
    "POST /projects/{project_id}/fix": {"snapshot": 1},
    "POST /projects/{project_id}/quote": {"prompt": "stolen"},
}
QUERIES = {"GET /projects/{project_id}/diff": {"from": 0, "to": 1}}
DOORS = ("/api/v1", "/page/v1")
SECRET = "secret"


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


@dataclass(frozen=True, slots=True)
class Theirs:
    """Somebody's project with one version, and a generation in it that was cut off."""

    owner: httpx.AsyncClient
    project: str
    generation: str
    attachment: str

    @property
    def ids(self) -> tuple[str, str, str]:
        """In the order in which `ask_all` takes them."""
        return self.project, self.generation, self.attachment


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what came back."""

    route: str
    status: int
    code: str
    text: str


def routes_with_ids(app: FastAPI) -> list[tuple[str, str]]:
    paths = document(app)["paths"].items()
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths
        for method in methods
        if re.search(r"\{\w+_id\}", path)
    ]


async def furnish(app: FastAPI, transport: Transport, owner: httpx.AsyncClient, word: str) -> Theirs:
    """A project of the owner's, in which everything holds this word."""
    project = (await owner.post("/api/v1/projects", json={"name": word})).json()["id"]
    uploaded = await owner.post(f"/api/v1/projects/{project}/attachments", params={"name": word}, content=word.encode())
    attachment = uploaded.json()["id"]
    asked = {"prompt": word, "attachments": [attachment]}
    await owner.post(f"/api/v1/projects/{project}/generations", json=asked)
    writer = Writer(transport)
    claimed = await writer.claim(UUID(project))
    done = Event(seq=claimed.last_seq + 1, type="done", data={"outcome": "committed", "card": None})
    await writer.finish(claimed, {"index.html": word}, [done])
    begun = await owner.post(f"/api/v1/projects/{project}/generations", json={"prompt": word})
    await writer.cut_off(await writer.claim(UUID(project)), {"style.css": word})
    return Theirs(owner, project, begun.json()["id"], attachment)


async def ask_all(
    app: FastAPI, visitor: httpx.AsyncClient, door: str, project: str, generation: str, attachment: str, skip: str = ""
) -> list[Asked]:
    """Every route with these ids, through one door."""
    asked = []
    for method, path in routes_with_ids(app):
        if method == skip:
            continue
        route = f"{method} {path}"
        address = path.replace("{project_id}", project).replace("{generation_id}", generation)
        address = address.replace("{attachment_id}", attachment)
        answer = await visitor.request(
            method,
            door + address.replace("{path}", "index.html").replace("{snapshot}", "1"),
            json=BODIES.get(route),
            params=QUERIES.get(route),
        )
        is_problem = "problem+json" in answer.headers.get("content-type", "")
        asked.append(Asked(route, answer.status_code, answer.json()["code"] if is_problem else "", answer.text))
    return asked


def find_leaks(theirs: list[Asked], nobodys: list[Asked], status: int) -> list[str]:
    """Routes that let somebody in, show a word, or tell an id that exists from one that does not."""
    return [
        mine.route
        for mine, strange in zip(theirs, nobodys, strict=True)
        if mine.status != status or SECRET in mine.text or (mine.status, mine.code) != (strange.status, strange.code)
    ]


async def find_visitors(app: FastAPI, database: Database) -> dict[str, tuple[httpx.AsyncClient, int]]:
    """Everybody who may come by, and the status that all of them must get."""
    expired, left = await sign_up(app), await sign_up(app)
    with database.connect("postgres") as owner:
        owner.execute(
            "update private.sessions set expires_at = now() - interval '1 second' where token_sha256 = %s",
            [hashlib.sha256(_token(expired).encode()).hexdigest()],
        )
    assert (await left.post("/api/v1/auth/sign-out")).status_code == 204
    forged = client(app, headers={"Authorization": left.headers["Authorization"][:-1] + "_"})
    found = {
        "user": (await sign_up(app, f"{uuid4().hex[:12]}@example.com"), 404),
        "guest": (await sign_up(app), 404),
        "anonymous": (client(app), 401),
        "expired": (expired, 401),
        "signed out": (left, 401),
        "forged": (forged, 401),
        "a word for a token": (client(app, headers={"Authorization": "Bearer x"}), 401),
    }
    for visitor, _ in found.values():
        visitor.cookies.clear()
        if token := _token(visitor):
            visitor.cookies.set(COOKIE, token)
    return found


def _token(visitor: httpx.AsyncClient) -> str:
    return visitor.headers.get("Authorization", "").removeprefix("Bearer ")


async def _read(theirs: Theirs) -> list[str]:
    """What the owner sees of it."""
    address = f"/api/v1/projects/{theirs.project}"
    return [(await theirs.owner.get(address + each)).text for each in ("", "/messages", "/snapshots", "/files")]


@pytest.fixture
async def theirs(app: FastAPI, transport: Transport) -> Theirs:
    return await furnish(app, transport, await sign_up(app, "bakery@example.com"), SECRET)


async def test_nothing_of_others_is_found_anywhere(app: FastAPI, theirs: Theirs, database: Database) -> None:
    before = await _read(theirs)
    assert len(routes_with_ids(app)) >= 17
    for name, (visitor, status) in (await find_visitors(app, database)).items():
        for door in DOORS:
            found = await ask_all(app, visitor, door, *theirs.ids)
            if status == 401:  # the same words everywhere, so no id can make a difference
                assert find_leaks(found, found[:1] * len(found), status) == [], (name, door)
                continue
            strange = await ask_all(app, visitor, door, str(uuid4()), str(uuid4()), str(uuid4()))
            assert find_leaks(found, strange, status) == [], (name, door)
            kinds = ("project", "generation", "attachment")
            assert {each.code for each in found} == {f"{kind}_not_found" for kind in kinds}
    assert await _read(theirs) == before


async def test_the_owner_is_let_in(app: FastAPI, theirs: Theirs) -> None:
    """The same requests are no empty shots."""
    found = await ask_all(app, theirs.owner, "/api/v1", *theirs.ids, skip="DELETE")
    assert [each.route for each in found if each.status in {401, 404, 405, 422}] == []
    assert sum(SECRET in each.text for each in found) >= 5


async def test_ones_own_ids_beside_somebodys_open_nothing(app: FastAPI, transport: Transport, theirs: Theirs) -> None:
    """A project's id where a generation's belongs, a version that only the other has, the other's id as a key."""
    other = await sign_up(app)
    mine = await furnish(app, transport, other, "mine")
    swapped = await ask_all(app, other, "/api/v1", theirs.generation, theirs.project, theirs.project)
    assert find_leaks(swapped, swapped, 404) == []
    address = f"/api/v1/projects/{mine.project}"
    keyed = await other.post(
        f"{address}/generations", json={"prompt": "x"}, headers={"Idempotency-Key": theirs.generation}
    )
    assert SECRET not in keyed.text
    assert (await other.post(f"{address}/restore", json={"snapshot": 2})).status_code == 404


async def test_a_route_that_forgets_to_ask_is_found(app: FastAPI, theirs: Theirs) -> None:
    async def leak(project_id: UUID) -> str:
        return SECRET if str(project_id) == theirs.project else ""

    async def oracle(project_id: UUID) -> None:
        raise NotFoundError(code="not_yours" if str(project_id) == theirs.project else "project_not_found")

    for name, endpoint in (("leak", leak), ("oracle", oracle)):
        app.router.routes.insert(0, APIRoute(f"/api/v1/projects/{{project_id}}/{name}", endpoint, methods=["GET"]))
    other = await sign_up(app)
    found = await ask_all(app, other, "/api/v1", *theirs.ids)
    strange = await ask_all(app, other, "/api/v1", str(uuid4()), str(uuid4()), str(uuid4()))
    assert set(find_leaks(found, strange, 404)) == {
        "GET /projects/{project_id}/leak",
        "GET /projects/{project_id}/oracle",
    }


async def test_lists_hold_only_mine(app: FastAPI, theirs: Theirs) -> None:
    """Every route without ids that reads, usage.csv and the ledger among them."""
    other = await sign_up(app)
    other.cookies.set(COOKIE, _token(other))
    lists = [path for path, methods in document(app)["paths"].items() if "get" in methods and "{" not in path]
    assert {"/api/v1/projects", "/api/v1/usage", "/api/v1/usage.csv", "/api/v1/ledger", "/api/v1/me"} <= set(lists)
    for path in lists:
        for door in DOORS:
            answer = await other.get(path.replace("/api/v1", door))
            assert answer.status_code == 200, path
            for word in (SECRET, *theirs.ids, "bakery@example.com"):
                assert word not in answer.text, path
    assert (await other.get("/api/v1/projects")).json() == []
    assert (await other.get("/api/v1/usage")).json() == []
    assert len((await other.get("/api/v1/usage.csv")).text.splitlines()) == 1
    assert {row["kind"] for row in (await other.get("/api/v1/ledger")).json()} == {"grant"}


async def test_a_preview_opens_for_one_project_and_until_it_expires(
    app: FastAPI, transport: Transport, identity: Identity, theirs: Theirs
) -> None:
    other = await sign_up(app)
    mine = await furnish(app, transport, other, "mine")
    links = [
        (await each.owner.get(f"/api/v1/projects/{each.project}/preview")).json()["url"] for each in (theirs, mine)
    ]
    my_bytes = base64.urlsafe_b64decode(links[1].split("/")[2] + "==")
    spliced = base64.urlsafe_b64encode(UUID(theirs.project).bytes + my_bytes[16:]).rstrip(b"=").decode()
    assert len(spliced) == len(links[1].split("/")[2])
    visitor = client(app)
    assert SECRET in (await visitor.get(links[0])).text
    answer = await visitor.get(f"/preview/{spliced}/")
    assert answer.status_code == 404
    assert SECRET not in answer.text
    later = Previews(Files(transport), b"a secret for tests", clock=lambda: time.time() + 14 * 3600)
    services = replace(make_services(transport, identity), previews=later)
    expired = await client(create_app(services, OPTIONS)).get(links[0])
    assert expired.status_code == 404
    assert SECRET not in expired.text
