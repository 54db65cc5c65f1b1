"""Serves the app: takes a free port, and stops within seconds even while event streams are open.

uvicorn waits for open responses before it runs shutdown; an event stream would keep it waiting for ever. So the first
signal ends every stream at once, and only then lets uvicorn wind down.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 3
PORTS_TRIED = 20
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on `port`, or on the next free one. Raises OSError when twenty in a row are taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + PORTS_TRIED):
        # The protocol is named because asyncio sets TCP_NODELAY only then: without it, an answer that is written in two
        # pieces waits 40 ms for an acknowledgement.
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # Without this a restart right after a stop would have to wait for TIME_WAIT and take another port.
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, candidate))
            found.listen(2048)
        except OSError:
            found.close()
            if port == 0:
                raise
            continue
        return found
    raise OSError(f"no free port between {port} and {port + PORTS_TRIED - 1}")


class Server(uvicorn.Server):
    """uvicorn, with our own way of being told to stop."""

    def __init__(self, app: ASGIApp, *, before_stop: Callable[[], None]) -> None:
        """`before_stop` ends the event streams. Access logs and proxy headers are ours, so uvicorn's are off."""
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=False,
            server_header=False,
        )
        super().__init__(config)
        self._before_stop = before_stop

    def stop(self) -> None:
        """End streams and then the server. The second time, do not wait for anything."""
        self._before_stop()
        self.force_exit = self.should_exit
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM. Unlike uvicorn's own, this does not raise them again: our clean-up follows."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
