"""Chat, files, differences and downloads over the API."""

from __future__ import annotations

import asyncio
import io
import subprocess
import zipfile
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.core.events import Event
from glacia_ui.db.transport import Transport
from glacia_ui.errors import UnavailableError
from glacia_ui.identity import Identity
from glacia_ui.services.container import Services
from glacia_ui.web.api.files import attachment, prefers_json
from glacia_ui.web.app import create_app
from glacia_ui.web.assets import load_assets
from tests.support.web import OPTIONS, Writer, client, make_services, sign_up

VERSIONS = [
    {"index.html": "<h1>Bakery</h1>\n<script>alert(1)</script>\n", "a b/é.css": "body {}\n"},
    {"index.html": "<h1>The Bakery</h1>\n<script>alert(1)</script>\n", "new.txt": "no newline"},
]


@pytest.fixture
def services(transport: Transport, identity: Identity) -> Services:
    return make_services(transport, identity)


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services, OPTIONS)


@pytest.fixture
async def me(app: FastAPI) -> httpx.AsyncClient:
    return await sign_up(app)


@pytest.fixture
async def project(me: httpx.AsyncClient, transport: Transport) -> str:
    """The address of a project with two versions."""
    project_id = (await me.post("/api/v1/projects", json={"name": "Été & Söhne"})).json()["id"]
    writer = Writer(transport)
    for files in VERSIONS:
        await me.post(f"/api/v1/projects/{project_id}/generations", json={"prompt": "**bold** <b>x</b>"})
        claimed = await writer.claim(UUID(project_id))
        done = Event(seq=claimed.last_seq + 1, type="done", data={"outcome": "committed", "card": None})
        await writer.finish(claimed, files, [done])
    return f"/api/v1/projects/{project_id}"


async def test_a_file_is_plain_text_whatever_is_in_it(me: httpx.AsyncClient, project: str) -> None:
    answer = await me.get(f"{project}/files/index.html?snapshot=1")
    assert answer.text == VERSIONS[0]["index.html"]
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-file-version"] == "1"
    assert (await me.get(f"{project}/files/a%20b/%C3%A9.css")).text == "body {}\n"


async def test_coloured_lines_are_escaped(me: httpx.AsyncClient, project: str) -> None:
    answer = await me.get(f"{project}/files/index.html?highlight=html")
    lines = answer.json()["lines"]
    assert len(lines) == 2
    assert all("<script" not in line and "<h1" not in line for line in lines)


async def test_files_say_which_version_they_are_of(me: httpx.AsyncClient, project: str) -> None:
    for query, number, paths in (("", "2", ["a b/é.css", "index.html", "new.txt"]), ("?snapshot=0", "0", [])):
        answer = await me.get(f"{project}/files{query}")
        assert answer.headers["x-snapshot"] == number
        assert [file["path"] for file in answer.json()] == paths


async def test_a_diff_is_a_patch_that_git_takes(me: httpx.AsyncClient, project: str, tmp_path: Path) -> None:
    for path, content in VERSIONS[0].items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content)
    answer = await me.get(f"{project}/diff?from=1&to=2")
    assert answer.headers["content-type"] == "text/x-diff; charset=utf-8"
    assert answer.headers["vary"].startswith("Accept")
    command = ["git", "apply", "-"]
    await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, input=answer.content, check=True)
    assert (tmp_path / "index.html").read_text() == VERSIONS[1]["index.html"]
    assert (tmp_path / "new.txt").read_text() == VERSIONS[1]["new.txt"]


async def test_the_same_diff_as_json_one_file_and_backwards(me: httpx.AsyncClient, project: str) -> None:
    headers = {"Accept": "application/json"}
    forth = (await me.get(f"{project}/diff?from=1&to=2", headers=headers)).json()
    back = (await me.get(f"{project}/diff?from=2&to=1&path=new.txt", headers=headers)).json()
    assert [(file["path"], file["change"], file["added"], file["removed"]) for file in forth] == [
        ("index.html", "modified", 1, 1),
        ("new.txt", "added", 1, 0),
    ]
    assert [(file["path"], file["change"]) for file in back] == [("new.txt", "deleted")]
    assert (await me.get(f"{project}/diff?from=1&to=1")).content == b""


async def test_the_archive_holds_the_files(me: httpx.AsyncClient, project: str) -> None:
    answer = await me.get(f"{project}/export.zip?snapshot=1")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {name: archive.read(name).decode() for name in archive.namelist()} == VERSIONS[0]


async def test_messages_come_as_text_and_as_safe_html(me: httpx.AsyncClient, project: str) -> None:
    plain = (await me.get(f"{project}/messages")).json()
    placed = (await me.get(f"{project}/messages?render=html")).json()
    assert [message["role"] for message in plain] == ["user", "assistant"] * 2
    assert "html" not in plain[0]
    assert placed[0]["html"] == "<p><strong>bold</strong> x</p>\n"
    assert [{name: value for name, value in message.items() if name != "html"} for message in placed] == plain


async def test_restoring_makes_a_new_version(me: httpx.AsyncClient, project: str) -> None:
    made = await me.post(f"{project}/restore", json={"snapshot": 1, "path": "index.html"})
    assert made.status_code == 201
    assert (made.json()["number"], made.json()["restored_from"]) == (3, 1)
    assert [version["number"] for version in (await me.get(f"{project}/snapshots")).json()] == [3, 2, 1]
    again = await me.post(f"{project}/restore", json={"snapshot": 1, "path": "index.html"})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_restore")
    assert (await me.get(f"{project}/stats")).json()["file_count"] == 3


async def test_draft_rename_and_delete(me: httpx.AsyncClient, project: str) -> None:
    assert (await me.put(f"{project}/draft", json={"prompt": "later"})).status_code == 204
    assert (await me.get(project)).json()["draft"]["prompt"] == "later"
    assert (await me.put(f"{project}/draft", json={"prompt": None})).status_code == 204
    assert (await me.get(project)).json()["draft"] is None
    assert (await me.patch(project, json={"name": " new   name "})).json()["name"] == "new name"
    assert (await me.delete(project)).status_code == 204
    assert (await me.get(project)).json()["code"] == "project_not_found"


async def test_a_project_from_a_template(me: httpx.AsyncClient) -> None:
    templates = (await me.get("/api/v1/templates")).json()
    made = await me.post("/api/v1/projects", json={"name": "x", "template": templates[0]["name"]})
    assert (made.status_code, made.json()["latest_snapshot"]) == (201, 1)


async def test_usage_of_what_was_made(me: httpx.AsyncClient, project: str) -> None:
    (row,) = (await me.get("/api/v1/usage?group_by=outcome")).json()
    assert (row["group"], row["generations"]) == ("committed", 2)
    table = await me.get("/api/v1/usage.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(table.text.splitlines()) == 3
    kinds = [entry["kind"] for entry in (await me.get("/api/v1/ledger?limit=4")).json()]
    assert kinds == ["settle", "reserve", "settle", "reserve"]


async def test_cancel_and_continue(me: httpx.AsyncClient, project: str) -> None:
    begun = (await me.post(f"{project}/generations", json={"prompt": "x"})).json()
    assert begun["status"] == "queued"
    dropped = (await me.post(f"/api/v1/generations/{begun['id']}/cancel")).json()
    assert (dropped["status"], dropped["outcome"], dropped["is_returned"]) == ("cancelled", "dropped", True)
    assert (await me.get(f"/api/v1/generations/{begun['id']}")).json() == dropped
    assert (await me.post(f"{project}/generations/continue")).status_code == 204


async def test_health_without_a_database(app: FastAPI, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        raise UnavailableError

    monkeypatch.setattr(services.health._limits, "ping", fail)
    answer = await client(app).get("/health")
    assert (answer.status_code, answer.json()["success"], answer.json()["database"]) == (503, False, "unavailable")


async def test_an_asset_that_is_known_is_not_sent_again(app: FastAPI) -> None:
    visitor, address = client(app), load_assets().url("tokens.css")
    first = await visitor.get(address)
    again = await visitor.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_asset_with_a_wrong_name_is_noticed() -> None:
    with pytest.raises(KeyError):
        load_assets().url("nothing.css")


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/x-diff, application/json", False),
        ("text/x-diff;q=0.5, application/json", True),
        ("application/json;q=0", False),
        ("application/json;q=x", True),
    ],
)
def test_what_accept_asks_for(accept: str, is_json: bool) -> None:
    assert prefers_json(accept) is is_json


def test_a_download_may_have_any_name() -> None:
    assert attachment("page.zip").startswith('attachment; filename="page.zip"')
    assert attachment('a"\r\nX: y') == "attachment; filename=\"download\"; filename*=UTF-8''a%22%0D%0AX%3A%20y"
