"""What nobody expected: one plain sentence and an id for the visitor, the rest for the log."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from loguru import logger

from glacia_ui.db.transport import Transport
from glacia_ui.errors import UnavailableError
from glacia_ui.identity import Identity
from glacia_ui.services.container import Services
from glacia_ui.web.app import create_app
from tests.support.web import OPTIONS, client, join, make_services, sign_up

SECRET = "password=hunter2"


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
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{extra} {message} {exception}", diagnose=False)
    yield lines
    logger.remove(sink)


async def test_an_unexpected_error(
    me: httpx.AsyncClient, services: Services, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(caller: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(services.usage, "me", fail)
    answer = await me.get("/api/v1/me")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    body = answer.json()
    assert (body["code"], body["request_id"]) == ("internal", answer.headers["x-request-id"])
    assert SECRET not in answer.text
    (line,) = [line for line in log if SECRET in line]
    assert body["request_id"] in line


async def test_a_database_that_is_gone(
    me: httpx.AsyncClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(caller: object) -> None:
        raise UnavailableError(SECRET)

    monkeypatch.setattr(services.usage, "me", fail)
    answer = await me.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["retry_after"] == 5
    assert SECRET not in answer.text


async def test_people_get_a_page(app: FastAPI, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    browser = client(app, headers={"Accept": "text/html"})
    await join(browser)
    monkeypatch.setattr(services.identity, "admit", fail)
    answer = await browser.get("/sign-in")
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-request-id"] in answer.text
    assert SECRET not in answer.text


async def test_what_a_request_leaves_in_the_log(app: FastAPI, log: list[str]) -> None:
    who = {"email": "anna@example.com", "password": "correct horse"}
    visitor = client(app)
    token = (await visitor.post("/api/v1/auth/sign-up", json=who)).json()["access_token"]
    project_id = (await visitor.post("/api/v1/projects", json={"name": "my name"})).json()["id"]
    await visitor.post(f"/api/v1/projects/{project_id}/generations", json={"prompt": "my wish"})
    await visitor.get("/api/v1/projects/x?my=query")
    await visitor.get("/preview/my-capability/index.html")
    text = "\n".join(log)
    for secret in (token, "correct horse", "my wish", "my name", "my=query", "my-capability"):
        assert secret not in text
    assert "project_not_found" in text
    assert f"/api/v1/projects/{project_id}/generations" in text
    assert "'status': 202" in text


async def test_openapi_knows_every_route_and_every_error(me: httpx.AsyncClient) -> None:
    document = (await me.get("/api/openapi.json")).json()
    assert {"/api/v1/me", "/api/v1/projects/{project_id}/generations", "/api/health"} <= set(document["paths"])
    assert not [path for path in document["paths"] if path.startswith(("/page", "/preview", "/assets"))]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["responses"]["default"]["content"]["application/problem+json"]
            assert operation["description"], path
    page = (await me.get("/api/docs")).text
    assert all(path in page for path in document["paths"])
    assert 'id="rate_limited"' in page
    assert "<script>" not in page


async def test_long_answers_are_compressed(me: httpx.AsyncClient) -> None:
    answer = await me.get("/api/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
