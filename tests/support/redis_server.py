"""A real redis-server for tests: on a socket in a private folder, with nothing on disk, to be stopped and filled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest
import redis

START_SECONDS = 30


def find_redis_server() -> str:
    """Its path. A test that needs it and has none fails: skipped, nobody would notice."""
    found = shutil.which("redis-server")
    if not found:
        pytest.fail("redis-server is missing: install it (Debian, Ubuntu: apt install redis-server).", False)
    return found


class RedisServer:
    """One server. `stop` and `start` again, and it has forgotten everything."""

    def __init__(self, *options: str) -> None:
        """`options` as on its command line."""
        self._program = find_redis_server()
        self._folder = Path(tempfile.mkdtemp(prefix="redis-"))
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{self._folder}/redis.sock"
        self.start()

    @property
    def client(self) -> redis.Redis:
        """A connection to look inside with."""
        return redis.Redis(unix_socket_path=f"{self._folder}/redis.sock", decode_responses=True)

    def start(self) -> None:
        """Returns when it answers."""
        socket = ("--unixsocket", f"{self._folder}/redis.sock", "--dir", str(self._folder))
        plain = () if "--tls-port" in self._options else ("--port", "0")
        command = [self._program, *plain, *socket, "--save", "", "--appendonly", "no", *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended at once"
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """As by a crash."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """It keeps its connections and answers nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It answers again."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def fill(self) -> None:
        """It answers, but refuses whatever needs memory."""
        self.client.config_set("maxmemory", 1)

    def empty(self) -> None:
        """It takes writes again."""
        self.client.config_set("maxmemory", 0)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.AuthenticationError:
            return True
        except redis.ConnectionError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
