"""The double behind a real socket on the loopback, in a thread of its own: what is tested has its loop for itself."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Self

import uvicorn

from tests.doubles.supabase.app import Project, create_app

START_SECONDS = 30


class _PromptServer(uvicorn.Server):
    """uvicorn looks ten times a second whether it is to stop; a test would wait for that each time."""

    loop: asyncio.AbstractEventLoop
    stopped: asyncio.Event

    async def main_loop(self) -> None:
        """Until `stop`."""
        self.loop, self.stopped = asyncio.get_running_loop(), asyncio.Event()
        await self.stopped.wait()

    def stop(self) -> None:
        """From another thread."""
        self.should_exit = True
        self.loop.call_soon_threadsafe(self.stopped.set)


class Server:
    """Use it in a `with`; `url` is what SUPABASE_URL would be."""

    def __init__(self, project: Project, *, port: int = 0) -> None:
        self.project = project
        self._listening = socket.create_server(("127.0.0.1", port))
        # asyncio sets this only where a socket names its protocol; without it each answer waits 40 ms for an ACK.
        self._listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        project.keys.issuer = f"{self.url}/auth/v1"
        config = uvicorn.Config(create_app(project), log_config=None, access_log=False, timeout_graceful_shutdown=0)
        self._server = _PromptServer(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not hasattr(self._server, "stopped"):
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the double did not start")
            time.sleep(0.002)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._thread.join(START_SECONDS)
        self._listening.close()
