"""The outermost edge: an answer that has begun is cut, not mended, and a visitor who has left gets none."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from glacia_ui.web.catch_errors import CatchErrorsMiddleware


async def _run(error: Exception, *, begins: bool, accept: bytes = b"*/*") -> list[Message]:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if begins:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/x",
        "headers": [(b"accept", accept)],
        "state": {},
    }
    await CatchErrorsMiddleware(app)(scope, receive, send)
    return sent


async def test_before_the_answer_it_becomes_one() -> None:
    sent = await _run(RuntimeError("secret"), begins=False)
    assert sent[0]["status"] == 500
    assert b"secret" not in sent[1]["body"]


async def test_after_the_answer_has_begun_it_goes_on_to_the_server() -> None:
    with pytest.raises(RuntimeError):
        await _run(RuntimeError(), begins=True)


async def test_nobody_is_left_to_be_told() -> None:
    assert await _run(ClientDisconnect(), begins=False) == []


async def test_people_get_a_page() -> None:
    sent = await _run(RuntimeError("secret"), begins=False, accept=b"text/html")
    assert sent[1]["body"].startswith(b"<!doctype html>")
