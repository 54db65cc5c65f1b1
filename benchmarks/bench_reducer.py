"""What turning the model's stream into events of ours costs, against the bare loop over the SDK's raw events.

Run with `make bench`. Both read the same bytes from memory through the real SDK; the ratio is ours to the bare loop, in
the same run, the better of several tries each. Text and the input of a tool, from 1,000 to 64,000 tokens: the cost of a
token must not grow with their number.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import anthropic
import httpx2

from glacia_ui.claude.client import Claude
from glacia_ui.claude.demo.script import Answer, Call
from glacia_ui.claude.demo.wire import frames
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.staging import Staging

MODEL = "claude-sonnet-5-5"
TOKENS = (1_000, 4_000, 16_000, 64_000)
TRIES = 5
LINE = "<p>Fresh bread, every morning from six o’clock: rye, spelt and “wheat”.</p>\n"


class Canned(httpx2.AsyncBaseTransport):
    """Gives the same stream to every request."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The stream, whatever is asked."""
        headers = {"content-type": "text/event-stream", "request-id": "req_bench"}
        return httpx2.Response(200, headers=headers, stream=_Pieces(self._pieces), request=request)


class _Pieces(httpx2.AsyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def stream_of(kind: str, tokens: int) -> tuple[list[bytes], int]:
    """(the bytes of each event, deltas in it) of an answer of about so many tokens."""
    text = LINE * (tokens * 9 // 2 // len(LINE) + 1)
    calls = (Call("write_file", {"path": "index.html", "content": text}), Call("finish", {"title": "A page"}))
    answer = Answer(text=text) if kind == "text" else Answer(text="I write.", calls=calls)
    sent = frames(answer, message_id="msg_bench", model=MODEL, input_tokens=10)
    return [frame.encode() for frame in sent], sum(bool(frame.tokens) for frame in sent)


async def bare(transport: Canned) -> None:
    """The least that a reader of the stream does: keep the pieces."""
    http = anthropic.DefaultAsyncHttpxClient(transport=transport)
    async with anthropic.AsyncAnthropic(api_key="bench", base_url="http://bench", http_client=http) as client:
        body: dict[str, Any] = {"model": MODEL, "max_tokens": 64_000, "messages": [{"role": "user", "content": "x"}]}
        kept: list[str] = []
        async for event in await client.messages.create(**body, stream=True):
            if event.type == "content_block_delta":
                delta = event.delta
                if delta.type == "text_delta":
                    kept.append(delta.text)
                elif delta.type == "input_json_delta":
                    kept.append(delta.partial_json)
        assert "".join(kept)


async def ours(transport: Canned) -> None:
    """The same stream through `claude/run.py` and `core/`: events, tools on the staged copy, outcome."""
    claude = Claude(api_key="bench", transport=transport)
    async with claude.run(ModelRequest("x", MODEL, {}), Staging({})) as run:
        count = 0
        async for _ in run:
            count += 1
    await claude.aclose()
    assert count
    assert run.result().outcome in ("answered", "committed")


async def timed(job: Callable[[Canned], Awaitable[None]], transport: Canned) -> float:
    """Seconds of one go, without the collector's pauses for earlier ones."""
    gc.collect()
    began = time.perf_counter()
    await job(transport)
    return time.perf_counter() - began


async def main() -> None:
    """Prints the table."""
    sys.stdout.write(f"{'stream':<12}{'tokens':>8}{'bare µs/token':>16}{'ours µs/token':>16}{'ratio':>8}\n")
    await ours(Canned(stream_of("text", 100)[0]))  # imports
    for kind in ("text", "tool input"):
        for tokens in TOKENS:
            pieces, deltas = stream_of(kind, tokens)
            transport = Canned(pieces)
            tries = [(await timed(bare, transport), await timed(ours, transport)) for _ in range(TRIES)]
            least_bare, least_ours = (min(taken) / deltas * 1e6 for taken in zip(*tries, strict=True))
            sys.stdout.write(
                f"{kind:<12}{deltas:>8}{least_bare:>16.1f}{least_ours:>16.1f}{least_ours / least_bare:>8.2f}\n"
            )


if __name__ == "__main__":
    asyncio.run(main())
