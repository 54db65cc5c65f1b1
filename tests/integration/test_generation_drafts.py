"""A request that was cut off for good: nothing is charged, what there is is kept, and becomes a version if wanted."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from glacia_ui.claude.demo.faults import Fault
from glacia_ui.core.models import GenerationDraft
from glacia_ui.core.texts import text
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.errors import ConflictError, NotFoundError
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from tests.conftest import MakeUser
from tests.support.studio import Studio, open_studio
from tests.support.web import OPTIONS, Writer, client, make_services, sign_up

RETURNED = [("reserve", -1), ("refund", 1)]
EARLY, LATE = [Fault("max_tokens", at=100)] * 3, [Fault("max_tokens", at=1500)] + [Fault("max_tokens", at=40)] * 2
"""Cut off in the first file each time; after the first file, and then in the second."""


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user()


async def _cut(studio: Studio, user: Caller, project_id: UUID) -> tuple[UUID, GenerationDraft]:
    """A request that was cut off, and the draft that it left."""
    generation = await studio.run(user, project_id)
    assert (generation.status, generation.outcome, generation.snapshot) == ("failed", "truncated", None)
    assert await studio.movements(user, generation.id) == RETURNED
    (draft,) = await studio.generations.drafts(user, project_id)
    assert (draft.generation_id, draft.is_current) == (generation.id, True)
    return generation.id, draft


async def _contents(studio: Studio, user: Caller, project_id: UUID) -> dict[str, str]:
    _, files = await studio.projects.snapshot_files(user, project_id)
    return {file.path: file.content for file in files}


@pytest.mark.parametrize("faults", [EARLY, LATE], ids=["in-the-first-file", "in-the-second-file"])
async def test_what_is_kept_is_what_was_shown(transport: Transport, user: Caller, faults: list[Fault]) -> None:
    async with open_studio(transport, faults=faults) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        generation_id, draft = await _cut(studio, user, project_id)
        assert len(studio.model.requests) == 3, "continued twice, no more"
        assert await _contents(studio, user, project_id) == {}

        snapshot = await studio.generations.keep_draft(user, generation_id)
        assert (snapshot.number, snapshot.kind, snapshot.card) == (1, "manual", draft.card)
        kept = await _contents(studio, user, project_id)
        shown = await _shown(studio, user, generation_id)
        assert kept == shown
        assert draft.unfinished == [list(shown)[-1]]
        assert text("tools.check_unfinished", path=draft.unfinished[0]) in draft.card.what_to_check
        diff = await studio.projects.diff(user, project_id, 0, 1)
        assert {(d.path, d.added, d.removed) for d in diff} == {(s.path, s.added, s.removed) for s in draft.card.files}

        assert await studio.movements(user, generation_id) == RETURNED, "kept, it is still free"
        assert await studio.generations.drafts(user, project_id) == []
        assert await studio.generations.keep_draft(user, generation_id) == snapshot
        with pytest.raises(ConflictError) as kept_already:
            await studio.generations.discard_draft(user, generation_id)
        assert kept_already.value.code == "draft_kept"

        again = await studio.run(user, project_id)
        assert (again.outcome, again.snapshot) == ("committed", 2), "the next request goes on from there"


async def _shown(studio: Studio, user: Caller, generation_id: UUID) -> dict[str, str]:
    """By path what its last call showed, in the order of first calls."""
    calls: dict[str, str] = {}
    shown: dict[str, str] = {}
    for event in await studio.read(user, generation_id):
        if event.type == "file.begin":
            calls[event.data["call"]] = event.data["path"]
            shown[event.data["path"]] = ""
        elif event.type == "file.delta":
            shown[calls[event.data["call"]]] += event.data["text"]
    return shown


async def test_discarded_it_is_gone(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, faults=EARLY) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        generation_id, _ = await _cut(studio, user, project_id)
        for _ in range(2):
            await studio.generations.discard_draft(user, generation_id)
        assert await studio.generations.drafts(user, project_id) == []
        with pytest.raises(NotFoundError) as gone:
            await studio.generations.keep_draft(user, generation_id)
        assert gone.value.code == "draft_not_found"


async def test_a_newer_version_makes_it_old(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, faults=EARLY) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        generation_id, _ = await _cut(studio, user, project_id)
        await studio.run(user, project_id)
        (draft,) = await studio.generations.drafts(user, project_id)
        assert not draft.is_current
        with pytest.raises(ConflictError) as stale:
            await studio.generations.keep_draft(user, generation_id)
        assert stale.value.code == "stale_draft"


async def test_a_stream_that_broke_off_leaves_what_had_come(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, faults=[Fault("cut", at=1500)]) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        generation = await studio.run(user, project_id)
        assert generation.error_code == "upstream_cut"
        await studio.generations.keep_draft(user, generation.id)
        assert await _contents(studio, user, project_id) == await _shown(studio, user, generation.id)
        assert await studio.movements(user, generation.id) == RETURNED


async def test_stop_leaves_what_was_shown_and_counts_as_before(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, speed=4) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        generation_id = await studio.begin(user, project_id)
        await studio.wait_for(user, generation_id, "file.delta")
        await studio.generations.cancel(user, generation_id)
        assert (await studio.read(user, generation_id))[-1].data["outcome"] == "stopped"
        await studio.generations.keep_draft(user, generation_id)
        assert await _contents(studio, user, project_id) == await _shown(studio, user, generation_id)
        assert await studio.movements(user, generation_id) == [("reserve", -1), ("settle", 0)]


async def test_a_process_that_stops_leaves_what_was_shown(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, speed=4) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        generation_id = await studio.begin(user, project_id)
        await studio.wait_for(user, generation_id, "file.delta")
    async with open_studio(transport) as later:
        assert (await later.generations.get(user, generation_id)).outcome == "interrupted"
        await later.generations.keep_draft(user, generation_id)
        assert await _contents(later, user, project_id) == await _shown(later, user, generation_id)


async def test_a_text_that_was_cut_off_leaves_none(transport: Transport, user: Caller) -> None:
    async with open_studio(transport, faults=[Fault("max_tokens", at=5)] * 3) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        assert (await studio.run(user, project_id)).outcome == "truncated"
        assert await studio.generations.drafts(user, project_id) == []


async def test_drafts_over_the_api(transport: Transport, identity: Identity) -> None:
    app = create_app(make_services(transport, identity), OPTIONS)
    me, other = await sign_up(app), await sign_up(app)
    project = (await me.post("/api/v1/projects", json={"name": "Shop"})).json()["id"]
    ids = []
    for word in ("first", "second"):
        begun = await me.post(f"/api/v1/projects/{project}/generations", json={"prompt": word})
        claimed = await Writer(transport).claim(UUID(project))
        await Writer(transport).cut_off(claimed, {"index.html": f"<h1>{word}"})
        ids.append(begun.json()["id"])

    drafts = (await me.get(f"/api/v1/projects/{project}/generation-drafts")).json()
    assert [(draft["generation_id"], draft["is_current"]) for draft in drafts] == [(each, True) for each in ids[::-1]]
    first, second = (f"/api/v1/generations/{each}/draft" for each in ids)
    for stranger, status in ((other, 404), (client(app), 401)):
        assert (await stranger.post(f"{first}/keep")).status_code == status
        assert (await stranger.post(f"{first}/discard")).status_code == status
        assert (await stranger.get(f"/api/v1/projects/{project}/generation-drafts")).status_code == status

    kept = await me.post(f"{first}/keep")
    assert (kept.status_code, kept.json()["number"], kept.json()["kind"]) == (200, 1, "manual")
    assert (await me.post(f"{first}/keep")).json() == kept.json()
    refused = await me.post(f"{first}/discard")
    assert (refused.status_code, refused.json()["code"]) == (409, "draft_kept")
    stale = await me.post(f"{second}/keep")
    assert (stale.status_code, stale.json()["code"], stale.json()["message"]) == (
        409, "stale_draft", text("errors.stale_draft"),
    )  # fmt: skip
    assert (await me.post(f"{second}/discard")).status_code == 204
    assert (await me.post(f"{second}/keep")).json()["code"] == "draft_not_found"
    assert (await me.post(f"/api/v1/generations/{uuid4()}/draft/keep")).json()["code"] == "generation_not_found"
    assert (await me.get(f"/api/v1/projects/{project}/files/index.html")).text == "<h1>first"
    assert (await me.get("/api/v1/me")).json()["quota"]["used"] == 0
