"""What can go wrong between us and a hosted project: the next calls of a path fail in a way of the test's choice."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import dataclass, field
from typing import Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal["hang", "slow", "bad_gateway", "too_many", "drop_before", "drop_after", "expired"]
GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"


@dataclass
class Fault:
    """`drop_before`: nothing was carried out; `drop_after`: it was, but unheard. `seconds` count for hang and slow."""

    kind: Kind
    path: re.Pattern[str]
    times: int
    seconds: float


@dataclass
class Faults:
    """Faults still to come, and how often each path was asked. Safe between the test's thread and the server's."""

    _planned: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    calls: list[str] = field(default_factory=list)
    """`POST /rest/v1/rpc/ping`, in the order of arrival."""

    def plan(self, kind: Kind, path: str = "", *, times: int = 1, seconds: float = 60.0) -> None:
        """The next `times` requests whose path contains the pattern fail like this."""
        with self._lock:
            self._planned.append(Fault(kind, re.compile(path), times, seconds))

    def clear(self) -> None:
        """From now on all is well."""
        with self._lock:
            self._planned.clear()

    def count(self, path: str) -> int:
        """How many requests of paths with this pattern have arrived."""
        with self._lock:
            return sum(1 for call in self.calls if re.search(path, call))

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of this request, used up."""
        with self._lock:
            self.calls.append(f"{method} {path}")
            for fault in self._planned:
                if fault.times > 0 and fault.path.search(path):
                    fault.times -= 1
                    return fault
        return None


class FaultsMiddleware:
    """Stands where a gateway and the network stand."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or fail as planned."""
        fault = self._faults.take(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind in ("hang", "slow"):
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        elif fault.kind == "bad_gateway":
            await _answer(send, 502, GATEWAY_PAGE, b"text/html")
        elif fault.kind == "too_many":
            await _answer(send, 429, b'{"message":"Too many requests"}', b"application/json")
        elif fault.kind == "expired":
            body = b'{"code":"PGRST303","details":null,"hint":null,"message":"JWT expired"}'
            await _answer(send, 401, body, b"application/json")
        else:
            if fault.kind == "drop_after":
                await self._app(scope, receive, _unheard)
            _hang_up(receive)


async def _answer(send: Send, status: int, body: bytes, kind: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": body})


async def _unheard(message: Message) -> None:
    """An answer that nobody gets."""


def _hang_up(receive: Receive) -> None:
    """Cut the connection. uvicorn gives an app no way to do that, but its `receive` knows the transport."""
    receive.__self__.transport.abort()  # type: ignore[attr-defined]
