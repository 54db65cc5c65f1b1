"""Whatever is sent, the answer is a 4xx problem with a sentence for people, and nothing has changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.db.transport import Transport
from glacia_ui.errors import AppError
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from glacia_ui.web.wording import sentence
from tests.support.web import COOKIE, OPTIONS, client, join, make_services, serving, sign_up

PROJECT = "/projects/{id}"
ASK = f"{PROJECT}/generations"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


@pytest.fixture
async def me(app: FastAPI) -> httpx.AsyncClient:
    """Somebody who may use both doors: the page's is not counted."""
    found = await sign_up(app)
    found.cookies.set(COOKIE, found.headers["Authorization"].removeprefix("Bearer "))
    return found


@pytest.fixture
async def project_id(me: httpx.AsyncClient) -> str:
    answer = await me.post("/api/v1/projects", json={"name": "mine"})
    found: str = answer.json()["id"]
    return found


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["message"] != sentence(AppError())
    assert body["message"].endswith(".")
    assert body["status"] == status


BAD_BODIES: list[tuple[str, str, bytes, int, str]] = [
    ("POST", ASK, b'{"prompt": ""}', 422, "invalid_prompt"),
    ("POST", ASK, b'{"prompt": " \\n\\t "}', 422, "invalid_prompt"),
    ("POST", ASK, json.dumps({"prompt": "x" * 100_001}).encode(), 422, "invalid_prompt"),
    ("POST", ASK, b'{"prompt": "a\\u0000b"}', 422, "text_unreadable"),
    ("POST", ASK, b'{"prompt": "a\\ud800b"}', 422, "text_unreadable"),
    ("POST", ASK, b'{"prompt": NaN}', 422, "body_not_json"),
    ("POST", ASK, b'{"prompt": "a", "extra": Infinity}', 422, "body_not_json"),
    ("POST", ASK, b'{"prompt": null}', 422, "field_wrong"),
    ("POST", ASK, b'{"prompt": 7}', 422, "field_wrong"),
    ("POST", ASK, b'{"prompt": ["a"]}', 422, "field_wrong"),
    ("POST", ASK, b"{}", 422, "field_missing"),
    ("POST", ASK, b"", 422, "body_not_object"),
    ("POST", ASK, b"[]", 422, "body_not_object"),
    ("POST", ASK, b'"a page"', 422, "body_not_object"),
    ("POST", ASK, b"{", 422, "body_not_json"),
    ("POST", ASK, b"\xff\xfe", 422, "body_not_json"),
    ("POST", ASK, b"[" * 100_000, 422, "body_not_json"),
    ("POST", ASK, b'{"prompt": ' + b"9" * 5000 + b"}", 422, "body_not_json"),
    ("POST", ASK, b'{"prompt": "a", "promt": "b"}', 422, "field_unknown"),
    ("POST", ASK, b'{"prompt": "a", "idempotency_key": ""}', 422, "field_too_short"),
    ("POST", ASK, b'{"prompt": "a", "idempotency_key": "' + b"k" * 201 + b'"}', 422, "field_too_long"),
    ("POST", ASK, b'{"prompt": "a", "idempotency_key": "\\u0000"}', 422, "text_unreadable"),
    ("POST", ASK, b'{"prompt": "a", "model": "gpt"}', 422, "unknown_model"),
    ("POST", "/projects", b'{"name": ""}', 422, "invalid_name"),
    ("POST", "/projects", b'{"name": "   "}', 422, "invalid_name"),
    ("POST", "/projects", json.dumps({"name": "x" * 121}).encode(), 422, "invalid_name"),
    ("POST", "/projects", json.dumps({"name": "x" * 1001}).encode(), 422, "invalid_name"),
    ("POST", "/projects", b'{"name": "a\\u0000"}', 422, "text_unreadable"),
    ("POST", "/projects", b'{"name": "a", "template": "../../etc"}', 404, "template_not_found"),
    ("PATCH", PROJECT, b'{"name": "\\udfff"}', 422, "text_unreadable"),
    ("POST", f"{PROJECT}/restore", b'{"snapshot": 99}', 404, "snapshot_not_found"),
    ("POST", f"{PROJECT}/restore", b'{"snapshot": -1}', 422, "field_out_of_range"),
    ("POST", f"{PROJECT}/restore", b'{"snapshot": 99999999999999999999}', 422, "field_out_of_range"),
    ("POST", f"{PROJECT}/restore", b'{"snapshot": 1.5}', 422, "field_wrong"),
    ("POST", f"{PROJECT}/restore", b'{"snapshot": true}', 404, "snapshot_not_found"),
    ("PUT", f"{PROJECT}/draft", b'{"prompt": ""}', 422, "invalid_prompt"),
    ("PUT", f"{PROJECT}/draft", b"{}", 422, "field_missing"),
]


async def test_bad_bodies(me: httpx.AsyncClient, project_id: str) -> None:
    before = (await me.get("/page/v1/projects")).json()
    for number, (method, path, body, status, code) in enumerate(BAD_BODIES):
        address = ("/api/v1" if number % 2 else "/page/v1") + path.replace("{id}", project_id)
        answer = await me.request(method, address, content=body, headers=JSON)
        assert_problem(answer, status, code)
    assert (await me.get("/page/v1/projects")).json() == before
    assert (await me.get("/page/v1/me")).json()["quota"]["remaining"] == 50


BAD_ADDRESSES = [
    ("GET", "/projects/not-an-id", 404, "project_not_found"),
    ("GET", "/projects/00000000-0000-0000-0000-000000000000", 404, "project_not_found"),
    ("GET", "/projects/%00", 404, "project_not_found"),
    ("GET", "/projects/%ff%fe", 404, "project_not_found"),
    ("POST", "/generations/x/cancel", 404, "generation_not_found"),
    ("GET", "/generations/x/events", 404, "generation_not_found"),
    ("GET", f"{PROJECT}/files?snapshot=7", 404, "snapshot_not_found"),
    ("GET", f"{PROJECT}/files?snapshot=x", 422, "field_wrong"),
    ("GET", f"{PROJECT}/files?snapshot=-1", 422, "field_out_of_range"),
    ("GET", f"{PROJECT}/files?snapshot=2147483648", 422, "field_out_of_range"),
    ("GET", f"{PROJECT}/files/nope.html", 404, "file_not_found"),
    ("GET", f"{PROJECT}/files/a%00b", 422, "text_unreadable"),
    ("GET", f"{PROJECT}/files/{'x' * 501}", 422, "field_too_long"),
    ("GET", f"{PROJECT}/files/..%2f..%2fetc%2fpasswd", 404, "file_not_found"),
    ("GET", f"{PROJECT}/diff", 422, "field_missing"),
    ("GET", f"{PROJECT}/diff?from=0&to=5", 404, "snapshot_not_found"),
    ("GET", f"{PROJECT}/diff?from=0&to=0&path=%00", 422, "text_unreadable"),
    ("GET", f"{PROJECT}/preview", 404, "snapshot_not_found"),
    ("GET", f"{PROJECT}/messages?render=pdf", 422, "field_wrong"),
    ("GET", "/usage?group_by=shoe-size", 422, "field_wrong"),
    ("GET", "/usage?from=yesterday", 422, "field_wrong"),
    ("GET", "/usage?from=0001-01-01T00:00:00%2B14:00", 422, "field_out_of_range"),
    ("GET", "/usage?to=9999-12-31T23:59:59-14:00", 422, "field_out_of_range"),
    ("GET", "/usage?from=inf", 422, "field_wrong"),
    ("GET", "/usage?from=2026-12-01&to=2026-11-01", 422, "invalid_range"),
    ("GET", "/usage.csv?from=2026-12-01&to=2026-12-01", 422, "invalid_range"),
    ("GET", "/ledger?limit=0", 422, "field_out_of_range"),
    ("GET", "/ledger?limit=1001", 422, "field_out_of_range"),
    ("GET", "/ledger?before=99999999999999999999", 422, "field_out_of_range"),
    ("GET", "/nothing", 404, "not_found"),
    ("PROPFIND", "/nothing", 404, "not_found"),
    ("GET", "/projects/", 404, "not_found"),
    ("DELETE", "/me", 405, "method_not_allowed"),
    ("PUT", "/projects", 405, "method_not_allowed"),
    ("GET", "/auth/sign-in", 405, "method_not_allowed"),
    ("BREW", PROJECT, 405, "method_not_allowed"),
]


async def test_bad_addresses(me: httpx.AsyncClient, project_id: str) -> None:
    for method, path, status, code in BAD_ADDRESSES:
        for door in ("/api/v1", "/page/v1"):
            if not (door == "/page/v1" and path == "/auth/sign-in"):
                assert_problem(await me.request(method, door + path.replace("{id}", project_id)), status, code)


async def test_a_wrong_method_names_the_right_ones(me: httpx.AsyncClient) -> None:
    answer = await me.put("/api/v1/projects")
    assert answer.headers["allow"] == "GET, POST"
    assert "GET, POST" in answer.json()["message"]


async def test_unknown_addresses_of_programs(me: httpx.AsyncClient) -> None:
    for path in ["/api", "/api/", "/api/v2/me", "/api/v1", "/page", "/page/v1/nothing", "/health/x"]:
        for accept in ("*/*", "text/html"):
            assert_problem(await me.get(path, headers={"Accept": accept}), 404, "not_found")


async def test_only_json_is_taken(me: httpx.AsyncClient) -> None:
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]:
        answer = await me.post("/api/v1/projects", content=b'{"name": "x"}', headers={"Content-Type": content_type})
        assert_problem(answer, 422, "body_not_object")


async def test_the_input_is_not_repeated(me: httpx.AsyncClient) -> None:
    for body in ({"name": {"secret": 1}}, {"secret": "x", "name": "y"}, {"name": "y", "template": ["secret"]}):
        answer = await me.post("/api/v1/projects", json=body)
        assert answer.status_code == 422
        assert "secret" not in answer.text


async def test_a_prompt_of_any_letters_up_to_the_limit_is_taken(me: httpx.AsyncClient, project_id: str) -> None:
    # json.dumps writes each as an escaped pair: 1.2 MB
    answer = await me.post(
        f"/api/v1/projects/{project_id}/generations", content=json.dumps({"prompt": "🏔" * 100_000}), headers=JSON
    )
    assert answer.status_code == 202


async def test_twenty_megabytes_are_refused_over_a_real_connection(app: FastAPI) -> None:
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as visitor:
        token = (await join(visitor)).json()["access_token"]
        headers: dict[str, Any] = {"Authorization": f"Bearer {token}", **JSON}
        for content in (b"x" * 20_000_000, _pieces()):
            answer = await visitor.post("/api/v1/projects", content=content, headers=headers)
            assert_problem(answer, 413, "too_large")
        assert (await visitor.get("/api/v1/projects", headers=headers)).json() == []


async def _pieces() -> AsyncIterator[bytes]:
    for _ in range(200):
        yield b"x" * 100_000


async def test_strangers_and_big_bodies(app: FastAPI) -> None:
    async with client(app) as stranger:
        answer = await stranger.post("/api/v1/auth/sign-in", content=b"x" * 20_000_000)
        assert_problem(answer, 413, "too_large")
