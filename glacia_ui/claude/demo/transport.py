"""The built-in model as an HTTP transport: the real SDK talks to it as if it were the API, without a network.

It speaks `POST /v1/messages` (with and without `stream`), `POST /v1/messages/count_tokens` and `GET /v1/models`. It is
a transport of its own rather than a mock, because only so a stream arrives piece by piece and learns of a cancel.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from glacia_ui.claude.demo.faults import Fault, Faults, broken
from glacia_ui.claude.demo.mind import answer
from glacia_ui.claude.demo.pace import Pace
from glacia_ui.claude.demo.script import Answer
from glacia_ui.claude.demo.wire import Frame, count_tokens, frames, message
from glacia_ui.core.pricing import MODELS

REQUESTS_KEPT = 16
TOKENS_PER_PICTURE = 1600
"""What the API counts for the largest one, about."""
FORMED = "2026-01-01T00:00:00Z"


class DemoTransport(httpx2.AsyncBaseTransport):
    """`open_streams` counts the answers being given, `requests` are the last few messages asked for."""

    def __init__(self, *, speed: float = 1.0, faults: Faults | None = None) -> None:
        """`speed` 1 is a model's, `math.inf` does not wait. `faults` are for tests."""
        self.open_streams = 0
        self.requests: deque[dict[str, Any]] = deque(maxlen=REQUESTS_KEPT)
        self._speed = speed
        self._faults = faults or Faults()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answers one request; whatever it does not know gets the API's own form of error."""
        route = (request.method, request.url.path)
        if route == ("GET", "/v1/models"):
            return httpx2.Response(200, json=_models())
        if route not in (("POST", "/v1/messages"), ("POST", "/v1/messages/count_tokens")):
            return _refused(404, "not_found_error", "no such endpoint")
        body = _parsed(await request.aread())
        if body is None:
            return _refused(400, "invalid_request_error", "model and messages are required")
        if route[1].endswith("count_tokens"):
            return httpx2.Response(200, json={"input_tokens": _prompt_tokens(body)})
        return self._message(request, body)

    def _message(self, request: httpx2.Request, body: dict[str, Any]) -> httpx2.Response:
        self.requests.append(body)
        fault = self._faults.next()
        if fault and fault.kind == "unreachable":
            raise httpx2.ConnectError("scripted fault", request=request)
        if fault and fault.kind == "status":
            headers = {"retry-after": fault.retry_after} if fault.retry_after else {}
            return httpx2.Response(fault.status, json=fault.error_body(), headers=headers)
        message_id = _message_id(body)
        facts = {"message_id": message_id, "model": body["model"], "input_tokens": _prompt_tokens(body)}
        said = self.answer(body)
        if not body.get("stream"):
            return httpx2.Response(200, json=message(said, **facts), headers={"request-id": message_id})
        sent = frames(said, **facts)
        stream = _Stream(self, broken(sent, fault) if fault else sent, fault, request, message_id)
        headers = {"content-type": "text/event-stream", "request-id": message_id}
        return httpx2.Response(200, headers=headers, stream=stream)

    def answer(self, body: dict[str, Any]) -> Answer:
        """What it says to a request."""
        return answer(body["messages"], can_change=_can_change(body))

    def pace(self, seed: str) -> Pace:
        """The clock for one answer."""
        return Pace(speed=self._speed, seed=seed)


class _Stream(httpx2.AsyncByteStream):
    """The answer as it arrives. `aclose` is called when the reader stops, however it stops."""

    def __init__(
        self, owner: DemoTransport, sent: list[Frame], fault: Fault | None, request: httpx2.Request, seed: str
    ) -> None:
        self._owner = owner
        self._frames = sent
        self._fault = fault
        self._request = request
        self._seed = seed
        self._is_open = True
        owner.open_streams += 1

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pace = self._owner.pace(self._seed)
        for frame in self._frames:
            if frame.tokens:
                await pace.wait(frame.tokens)
            yield frame.encode()
        if self._fault and self._fault.kind == "cut":
            raise httpx2.RemoteProtocolError("scripted fault: peer closed connection", request=self._request)
        if self._fault and self._fault.kind == "stall":
            await self._stall()

    async def aclose(self) -> None:
        if self._is_open:
            self._is_open = False
            self._owner.open_streams -= 1

    async def _stall(self) -> None:
        """Silence, for as long as the reader's timeout allows."""
        await asyncio.sleep(self._request.extensions["timeout"]["read"])
        raise httpx2.ReadTimeout("scripted fault: silence", request=self._request)


def _parsed(content: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(content)
    except ValueError:
        return None
    is_usable = isinstance(body, dict) and isinstance(body.get("model"), str) and body.get("messages")
    return body if is_usable else None


def _can_change(body: dict[str, Any]) -> bool:
    """Whether a tool is offered that changes files."""
    return any(tool.get("name") == "write_file" for tool in body.get("tools") or ())


def _refused(status: int, kind: str, why: str) -> httpx2.Response:
    return httpx2.Response(status, json={"type": "error", "error": {"type": kind, "message": why}})


def _prompt_tokens(body: dict[str, Any]) -> int:
    pictures = 0

    def without_pictures(value: Any) -> Any:
        nonlocal pictures
        if isinstance(value, list):
            return [without_pictures(item) for item in value]
        if not isinstance(value, dict):
            return value
        if value.get("type") == "image":
            pictures += 1
            return {"type": "image"}
        return {key: without_pictures(item) for key, item in value.items()}

    told = [body.get("system", ""), body.get("tools", []), without_pictures(body["messages"])]
    return count_tokens(told) + pictures * TOKENS_PER_PICTURE


def _message_id(body: dict[str, Any]) -> str:
    """From what is asked, so that the same request gets the same answer, down to its ids."""
    asked = json.dumps([body["model"], body["messages"]], sort_keys=True)
    return "msg_demo_" + hashlib.sha256(asked.encode()).hexdigest()[:16]


def _models() -> dict[str, Any]:
    entries = [
        {"type": "model", "id": name, "display_name": name, "created_at": FORMED, "lifecycle": "active"}
        for name in MODELS
    ]
    return {"data": entries, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]}
