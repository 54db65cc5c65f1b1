"""Versions that a test writes by hand into the database of a running app: pages that no demo model would write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from glacia_ui.db.embedded import EmbeddedPostgres

_WRITE = """
select (private.write_snapshot(
  p, private.stage_changes(%s), jsonb_populate_record(null::public.snapshots, %s)
)).number
from public.projects p where p.id = %s
"""


class Pen:
    """Writes versions, as saving by hand does."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def write(self, project: str, files: Mapping[str, str | None], title: str = "By hand") -> int:
        """The next version: these files changed (None: deleted). Its number."""
        changes = [{"path": path, "content": content} for path, content in files.items()]
        snapshot = {"kind": "manual", "card": {"title": title}}
        row = self._connection.execute(_WRITE, [Jsonb(changes), Jsonb(snapshot), project]).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def pen(data_dir: Path) -> Iterator[Pen]:
    """A second user of the server that the app has started; it stays the app's."""
    server = EmbeddedPostgres(data_dir)
    with psycopg.connect(server.start().conninfo("postgres"), autocommit=True) as connection:
        yield Pen(connection)
    server.stop()
