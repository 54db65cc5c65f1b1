"""Attachments from upload to model, and back as they were: over REST and through a generation."""

from __future__ import annotations

import base64
from io import BytesIO
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from glacia_ui.core.texts import text
from glacia_ui.db.attachments import Attachments as AttachmentRows
from glacia_ui.db.projects import Projects as ProjectRows
from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.services.attachments import Attachments
from glacia_ui.web.app import create_app
from tests.conftest import MakeUser
from tests.support.studio import Studio, open_studio
from tests.support.web import OPTIONS, make_services, sign_up


def _png(size: tuple[int, int] = (30, 20)) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, "teal").save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


async def _project(script: httpx.AsyncClient) -> str:
    return str((await script.post("/api/v1/projects", json={"name": "Bakery"})).json()["id"])


async def test_a_picture_is_uploaded_named_and_seen_again(app: FastAPI) -> None:
    script = await sign_up(app)
    address = f"/api/v1/projects/{await _project(script)}"
    answer = await script.post(f"{address}/attachments", params={"name": "C:\\our\nlogo.png"}, content=_png())
    assert answer.status_code == 201
    uploaded = answer.json()
    assert (uploaded["kind"], uploaded["name"], uploaded["width"], uploaded["height"]) == (
        "image",
        "our logo.png",
        30,
        20,
    )

    begun = await script.post(f"{address}/generations", json={"prompt": "x", "attachments": [uploaded["id"]]})
    assert begun.status_code == 202
    (message,) = (await script.get(f"{address}/messages")).json()
    assert message["generation"]["attachments"] == [uploaded]
    seen = await script.get(f"/api/v1/attachments/{uploaded['id']}")
    assert Image.open(BytesIO(seen.content)).size == (30, 20)
    assert seen.headers["content-type"] == "image/png"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert seen.headers["content-disposition"] == "inline; filename*=UTF-8''our%20logo.png"
    assert (await script.delete(f"/api/v1/attachments/{uploaded['id']}")).status_code == 204
    assert (await script.get(f"/api/v1/attachments/{uploaded['id']}")).status_code == 200

    stranger = await sign_up(app)
    for method in ("GET", "DELETE"):
        refused = await stranger.request(method, f"/api/v1/attachments/{uploaded['id']}")
        assert (refused.status_code, refused.json()["code"]) == (404, "attachment_not_found")


async def test_a_text_comes_back_as_plain_text_whatever_is_in_it(app: FastAPI) -> None:
    script = await sign_up(app)
    address = f"/api/v1/projects/{await _project(script)}/attachments"
    page = b"<!doctype html><script>alert(1)</script>"
    uploaded = (await script.post(address, params={"name": "page.html"}, content=page)).json()
    seen = await script.get(f"/api/v1/attachments/{uploaded['id']}")
    assert (seen.content, seen.headers["content-type"]) == (page, "text/plain; charset=utf-8")
    assert (await script.delete(f"/api/v1/attachments/{uploaded['id']}")).status_code == 204
    assert (await script.get(f"/api/v1/attachments/{uploaded['id']}")).status_code == 404


async def test_what_cannot_be_taken_in_is_refused_in_a_sentence(app: FastAPI) -> None:
    script = await sign_up(app)
    address = f"/api/v1/projects/{await _project(script)}/attachments"
    for name, content, status, code in (
        ("a.png", b"<svg/>", 422, "picture_unreadable"),
        ("a.pdf", b"%PDF-1.7\xff", 422, "attachment_kind"),
        ("a.txt", b"", 422, "attachment_empty"),
        ("a.txt", b"x" * (5 * 1024 * 1024 + 1), 413, "attachment_too_large"),
        ("a.txt", b"x" * 6_000_001, 413, "too_large"),
    ):
        answer = await script.post(address, params={"name": name}, content=content)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    elsewhere = await script.post(f"/api/v1/projects/{uuid4()}/attachments", content=b"x")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "project_not_found")
    generations = address.replace("attachments", "generations")
    gone = await script.post(generations, json={"prompt": "x", "attachments": [str(uuid4())]})
    assert (gone.status_code, gone.json()["code"]) == (422, "attachment_gone")
    many = await script.post(generations, json={"prompt": "x", "attachments": [str(uuid4())] * 6})
    assert (many.status_code, many.json()["code"]) == (422, "too_many_attachments")
    assert many.json()["message"] == text("errors.too_many_attachments", limit=5)


async def _run(studio: Studio, make_user: MakeUser, prompt: str, *files: tuple[str, bytes]) -> str:
    """The answer to a prompt with these files."""
    user = await make_user()
    project_id = (await studio.projects.create(user, "Bakery")).id
    uploads = Attachments(AttachmentRows(studio.transport), ProjectRows(studio.transport))
    ids: list[UUID] = [(await uploads.upload(user, project_id, name, "", data)).id for name, data in files]
    begun = await studio.generations.begin(user, project_id, prompt, attachments=ids)
    await studio.read(user, begun.id)
    return (await studio.projects.messages(user, project_id))[-1].text


async def test_the_model_gets_pictures_and_texts_before_the_prompt(transport: Transport, make_user: MakeUser) -> None:
    async with open_studio(transport) as studio:
        said = await _run(studio, make_user, "a quiz about birds", ("a.png", _png()), ("b.txt", b"owls"))
        first, *_, newest = studio.model.requests[0]["messages"][-1]["content"]
        assert first["text"].startswith("<project>")
        assert newest["text"] == "a quiz about birds"
        label, picture, note = studio.model.requests[0]["messages"][-1]["content"][1:-1]
        assert label["text"] == '<attached picture="a.png">'
        assert picture["source"]["media_type"] == "image/png"
        assert Image.open(BytesIO(base64.b64decode(picture["source"]["data"]))).size == (30, 20)
        assert note["text"] == '<attached name="b.txt">\nowls\n</attached>'
        assert said.startswith(text("demo.no_pictures"))


async def test_the_demo_model_takes_a_wish_out_of_a_text(transport: Transport, make_user: MakeUser) -> None:
    async with open_studio(transport) as studio:
        said = await _run(
            studio, make_user, "Please follow the note", ("wish.txt", b"a landing page for a bakery called Oma")
        )
        assert said.startswith(text("demo.took_from_file", name="wish.txt"))
        assert "Oma" in said
        about = await _run(studio, make_user, "What does the file say?", ("list.txt", b"one\ntwo"))
        assert "“list.txt” has 2 lines" in about
