"""A loopback TCP port that leads to a test server's socket, for programs that speak TCP only.

The embedded Postgres listens on a socket in a private folder and on nothing else, so this stands before it. It can
also refuse and cut, as a network does.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from tests.support.databases import Database


@contextmanager
def tcp_port(database: Database) -> Iterator[int]:
    """A port on 127.0.0.1 while the body runs. Each connection is a connection to the database's server."""
    target = str(Path(database.dsn.host) / f".s.PGSQL.{database.dsn.port}")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, target), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def address(database: Database, port: int, role: str = "postgres", *, password: str | None = None) -> str:
    """What an operator would write into DATABASE_URL."""
    secret = str(conninfo_to_dict(database.conninfo(role))["password"]) if password is None else password
    return f"postgresql://{role}:{quote(secret, safe='')}@127.0.0.1:{port}/{database.name}?sslmode=disable"


def _accept(listener: socket.socket, target: str) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.socket(socket.AF_UNIX)
        server.connect(target)
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """One direction, until either side is gone; then both are."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for each in (source, sink):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                each.close()
