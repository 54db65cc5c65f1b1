"""Locked files, from the request that would change one to the sentence that says why it did not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import pytest

from glacia_ui.claude.demo import conversation
from glacia_ui.core.texts import text
from glacia_ui.db.transport import Caller, Json, Transport
from glacia_ui.errors import ConflictError
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from tests.conftest import MakeUser
from tests.support.studio import Studio, open_studio
from tests.support.web import OPTIONS, client, make_services, sign_up

CSS = "style.css"
REQUEST = "make it dark green"
RETURNED = [("reserve", -1), ("refund", 1)]
KEPT = [("reserve", -1), ("settle", 0)]


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user()


@pytest.fixture
async def studio(transport: Transport) -> AsyncIterator[Studio]:
    async with open_studio(transport) as opened:
        yield opened


class LockingTransport:
    """Locks a file in the moment before a result is stored: somebody does it while the model works."""

    def __init__(self, transport: Transport, user: Caller, paths: list[str]) -> None:
        self._transport = transport
        self._user = user
        self._paths = paths
        self.project_id: UUID | None = None

    async def open(self) -> None: ...

    async def rpc(self, function: str, args: Mapping[str, Json], caller: Caller) -> Json:
        if function == "finish_generation" and self.project_id and self._paths:
            lock = {"p_project_id": self.project_id, "p_path": self._paths.pop(), "p_is_locked": True}
            await self._transport.rpc("set_file_lock", lock, self._user)
        return await self._transport.rpc(function, args, caller)

    async def close(self) -> None: ...


async def _bakery(studio: Studio, user: Caller) -> UUID:
    """A project with one version."""
    project_id = (await studio.projects.create(user, "Bakery")).id
    await studio.run(user, project_id)
    return project_id


async def _contents(studio: Studio, user: Caller, project_id: UUID) -> dict[str, str]:
    _, files = await studio.projects.snapshot_files(user, project_id)
    return {file.path: file.content for file in files}


async def test_the_model_knows_of_the_lock_and_says_so(studio: Studio, user: Caller) -> None:
    project_id = await _bakery(studio, user)
    await studio.projects.lock(user, project_id, CSS)
    before = await _contents(studio, user, project_id)
    generation = await studio.run(user, project_id, REQUEST)
    told = studio.model.requests[-1]["messages"][-1]["content"][0]["text"]
    assert told.count('locked="true"') == 1
    assert (generation.outcome, generation.snapshot) == ("answered", None)
    answer = (await studio.projects.messages(user, project_id))[-1]
    assert answer.text == text("demo.locked", path=CSS)
    assert await _contents(studio, user, project_id) == before

    await studio.projects.unlock(user, project_id, CSS)
    assert (await studio.run(user, project_id, REQUEST)).snapshot == 2


async def test_a_model_that_does_not_heed_it_is_refused_and_nothing_is_charged(
    studio: Studio, user: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "read_locked", lambda text: frozenset())
    project_id = await _bakery(studio, user)
    await studio.projects.lock(user, project_id, CSS)
    generation_id = await studio.begin(user, project_id, REQUEST)
    events = await studio.read(user, generation_id)
    refused = next(event.data for event in events if event.type == "tool.result")
    assert (refused["path"], refused["message"]) == (CSS, text("tools.locked"))
    failed = events[-1].data
    assert (failed["outcome"], failed["code"], failed["returned"]) == ("edits_failed", "file_locked", True)
    assert failed["message"] == text("failures.file_locked", path=CSS)
    assert await studio.movements(user, generation_id) == RETURNED
    assert len(await studio.projects.snapshots(user, project_id)) == 1


async def test_a_lock_that_comes_while_it_runs_has_the_last_word(transport: Transport, user: Caller) -> None:
    locking = LockingTransport(transport, user, [CSS])
    async with open_studio(locking) as studio:
        project_id = await _bakery(studio, user)
        before = await _contents(studio, user, project_id)
        locking.project_id = project_id
        generation_id = await studio.begin(user, project_id, f"{REQUEST} and change the headline to Fresh rye")
        events = await studio.read(user, generation_id)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        failed = events[-1].data
        assert (events[-1].type, failed["code"], failed["returned"]) == ("failed", "file_locked", True)
        generation = await studio.generations.get(user, generation_id)
        assert (generation.status, generation.outcome, generation.error_code) == (
            "failed", "edits_failed", "file_locked",
        )  # fmt: skip
        assert CSS in (generation.error_message or "")
        assert await _contents(studio, user, project_id) == before, "all or none: the headline is as it was, too"
        assert await studio.movements(user, generation_id) == RETURNED
        assert (await studio.window(user)).remaining == 4, "the slot came back, too"

        await studio.projects.unlock(user, project_id, CSS)
        again = await studio.run(user, project_id, REQUEST)
        assert (again.snapshot, await studio.movements(user, again.id)) == (2, KEPT)


async def test_a_lock_of_another_file_is_in_nobodys_way(transport: Transport, user: Caller) -> None:
    locking = LockingTransport(transport, user, ["script.js"])
    async with open_studio(locking) as studio:
        locking.project_id = project_id = await _bakery(studio, user)
        assert (await studio.run(user, project_id, REQUEST)).snapshot == 2


async def test_a_restore_says_which_file_to_unlock(studio: Studio, user: Caller) -> None:
    project_id = await _bakery(studio, user)
    await studio.run(user, project_id, REQUEST)
    await studio.projects.lock(user, project_id, CSS)
    for path in (None, CSS):
        with pytest.raises(ConflictError) as refused:
            await studio.projects.restore(user, project_id, 1, path)
        assert (refused.value.code, refused.value.params) == ("file_locked", {"path": CSS})
    await studio.projects.unlock(user, project_id, CSS)
    assert (await studio.projects.restore(user, project_id, 1)).number == 3


async def test_locks_over_the_api(transport: Transport, identity: Identity) -> None:
    app = create_app(make_services(transport, identity), OPTIONS)
    me, other = await sign_up(app), await sign_up(app)
    made = await me.post("/api/v1/projects", json={"name": "Shop", "template": "small-shop"})
    project = f"/api/v1/projects/{made.json()['id']}"
    path = (await me.get(f"{project}/files")).json()[0]["path"]

    assert (await me.get(f"{project}/locks")).json() == []
    for _ in range(2):
        assert (await me.put(f"{project}/locks/{path}")).status_code == 204
    locks: list[dict[str, Any]] = (await me.get(f"{project}/locks")).json()
    assert [lock["path"] for lock in locks] == [path]
    unknown = await me.put(f"{project}/locks/never/there.css")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "file_not_found")
    for method in ("GET", "PUT", "DELETE"):
        address = f"{project}/locks" if method == "GET" else f"{project}/locks/{path}"
        assert (await other.request(method, address)).json()["code"] == "project_not_found"
        assert (await client(app).request(method, address)).status_code == 401
    assert (await me.get(f"{project}/locks")).json() == locks
    for _ in range(2):
        assert (await me.delete(f"{project}/locks/{path}")).status_code == 204
    assert (await me.get(f"{project}/locks")).json() == []
