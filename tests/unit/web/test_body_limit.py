"""Bodies over the limit are refused: the announced ones unread, the others as soon as it shows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.types import Message

from glacia_ui.web.body_limit import BodyLimitMiddleware


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    app.add_middleware(BodyLimitMiddleware, limit=1000)

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    return app


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://glacia.example")


async def test_up_to_the_limit_is_read(client: httpx.AsyncClient) -> None:
    assert (await client.post("/", content=b"x" * 1000)).json() == 1000


async def test_an_announced_one_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/", content=b"x" * 1001)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


async def test_one_that_hides_its_length_is_refused(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 100

    assert (await client.post("/", content=chunks())).status_code == 413


async def test_a_visitor_who_announces_too_much_is_answered_before_sending_it(app: FastAPI) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        assert sent, "answered first"
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-length", b"9" * 30)]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "state": {}, "query_string": b""}
    await app.build_middleware_stack()(scope, receive, send)
    assert sent[0]["status"] == 413


async def test_where_more_is_allowed_the_whole_path_must_match() -> None:
    app = FastAPI()
    app.add_middleware(BodyLimitMiddleware, limit=1000, larger={re.compile(r"/big/[^/]+"): 2000})

    @app.post("/{path:path}")
    async def length(request: Request) -> int:
        return len(await request.body())

    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://glacia.example")
    for path, size, status in (("/big/x", 2000, 200), ("/big/x", 2001, 413), ("/big/x/y", 1001, 413), ("/", 1001, 413)):
        assert (await client.post(path, content=b"x" * size)).status_code == status
