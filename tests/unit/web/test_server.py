"""The socket that people connect to."""

from __future__ import annotations

import asyncio
import socket

from glacia_ui.web.server import bind


async def test_an_answer_in_two_writes_does_not_wait_for_an_acknowledgement() -> None:
    options: asyncio.Queue[int] = asyncio.Queue()

    async def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        options.put_nowait(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = bind("127.0.0.1", 0)
    async with await asyncio.start_server(look, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        assert await options.get()
        writer.close()
