"""Ask: what is sent to the model, what comes of it, and what the API says about it."""

from __future__ import annotations

from uuid import UUID

import pytest

from glacia_ui.core.models import ChangeCard
from glacia_ui.core.prompt import ASK_SYSTEM, SYSTEM
from glacia_ui.core.texts import text
from glacia_ui.db.transport import Transport
from glacia_ui.errors import ConflictError, ValidationError
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from tests.conftest import MakeUser
from tests.support.studio import open_studio
from tests.support.web import OPTIONS, Writer, make_services, sign_up


async def test_a_question_is_answered_and_changes_nothing(transport: Transport, make_user: MakeUser) -> None:
    user = await make_user()
    async with open_studio(transport) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        await studio.run(user, project_id)
        asked = await studio.generations.begin(user, project_id, "Which files are there?", mode="ask")
        events = await studio.read(user, asked.id)

        body = studio.model.requests[-1]
        assert [tool["name"] for tool in body["tools"]] == ["read_file"]
        assert [block["text"] for block in body["system"]] == [ASK_SYSTEM]
        assert body["system"][0]["cache_control"] == {"type": "ephemeral", "ttl": "1h"}
        assert [block["text"] for block in studio.model.requests[0]["system"]] == [SYSTEM]

        ended = await studio.generations.get(user, asked.id)
        assert (ended.mode, ended.status, ended.outcome, ended.snapshot) == ("ask", "succeeded", "answered", None)
        assert events[-1].data["card"] is None
        assert await studio.movements(user, asked.id) == [("reserve", -1), ("settle", 0)]
        assert "index.html" in (await studio.projects.messages(user, project_id))[-1].text
        assert (await studio.projects.get(user, project_id)).latest_snapshot == 1


async def test_a_wish_in_ask_is_told_where_to_go(transport: Transport, make_user: MakeUser) -> None:
    user = await make_user()
    async with open_studio(transport) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        asked = await studio.generations.begin(user, project_id, "a landing page for a bakery", mode="ask")
        await studio.read(user, asked.id)
        assert (await studio.projects.messages(user, project_id))[-1].text == text("demo.ask_wish")
        assert (await studio.projects.get(user, project_id)).latest_snapshot == 0


async def test_a_key_is_of_one_mode(transport: Transport, make_user: MakeUser) -> None:
    user = await make_user()
    async with open_studio(transport) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        asked = await studio.generations.begin(user, project_id, "why?", idempotency_key="k", mode="ask")
        again = await studio.generations.begin(user, project_id, "why?", idempotency_key="k", mode="ask")
        assert again.id == asked.id
        with pytest.raises(ConflictError, match="idempotency_conflict"):
            await studio.generations.begin(user, project_id, "why?", idempotency_key="k")


async def test_the_database_has_the_last_word(transport: Transport, make_user: MakeUser) -> None:
    user, writer = await make_user(), Writer(transport)
    async with open_studio(transport) as studio:
        studio.generations.drain()
        project_id = (await studio.projects.create(user, "Bakery")).id
        await studio.generations.begin(user, project_id, "why?", mode="ask")
        claimed = await writer.claim(project_id)
        result = {
            "outcome": "committed",
            "changes": [{"path": "index.html", "content": "x"}],
            "card": ChangeCard(title="A change"),
            "events": [],
        }
        with pytest.raises(ValidationError, match="question_changes_nothing"):
            await writer.rows.finish_generation(claimed.id, claimed.lease_token, result)


async def test_the_api_takes_a_mode_and_shows_it(transport: Transport, identity: Identity) -> None:
    app = create_app(make_services(transport, identity), OPTIONS)
    script = await sign_up(app)
    project = (await script.post("/api/v1/projects", json={"name": "Bakery"})).json()["id"]
    address = f"/api/v1/projects/{project}/generations"

    begun = await script.post(address, json={"prompt": "why?", "mode": "ask", "idempotency_key": "k"})
    assert begun.status_code == 202
    assert (await script.get(f"/api/v1/generations/{begun.json()['id']}")).json()["mode"] == "ask"
    assert (await Writer(transport).claim(UUID(project))).mode == "ask"
    other = await script.post(address, json={"prompt": "why?", "idempotency_key": "k"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    plain = await script.post(address, json={"prompt": "a page"})
    assert (await script.get(f"/api/v1/generations/{plain.json()['id']}")).json()["mode"] == "build"
    assert (await script.post(address, json={"prompt": "x", "mode": "edit"})).status_code == 422
