"""`python -m benchmarks.streams.pass_through TOKENS`: the least that a server can do: each delta of the SDK goes out
as it came. Nothing is stored, numbered, merged or checked, and whoever loses the connection has lost the rest.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator

import anthropic
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from benchmarks.streams.steady import Steady
from glacia_ui.web.server import bind


def create_app(tokens: int) -> FastAPI:
    """One route."""
    http = anthropic.DefaultAsyncHttpxClient(transport=Steady(tokens))
    client = anthropic.AsyncAnthropic(api_key="bench", base_url="http://bench", http_client=http)
    app = FastAPI()

    async def deltas() -> AsyncIterator[str]:
        stream = await client.messages.create(
            model="claude-sonnet-5-5", max_tokens=64_000, messages=[{"role": "user", "content": "x"}], stream=True
        )
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield f"data: {json.dumps({'text': event.delta.text})}\n\n"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(deltas(), media_type="text/event-stream")

    return app


if __name__ == "__main__":
    listening = bind("127.0.0.1", 0)
    print(f"ready at http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(create_app(int(sys.argv[1])), log_config=None)).run(sockets=[listening])
