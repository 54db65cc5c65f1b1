"""A Postgres of our own: binaries from a wheel, a data folder, and no set-up by anybody.

`EmbeddedPostgres(data_dir).start()` gives a `Dsn`; `ensure_running()` brings a killed server back; `stop()` shuts it
down when no other process of ours uses it. The way of a start: `server` (who may start or stop, and when) → `layout`
(which folders) → `account` (which user, if we are root) → `binaries` (which programs) → `launcher` (initdb, start,
stop) → `shim` (what a hosted project has before its first migration).
"""

from __future__ import annotations

from glacia_ui.db.embedded.launcher import EmbeddedPostgresError
from glacia_ui.db.embedded.server import Dsn, EmbeddedPostgres

__all__ = ["Dsn", "EmbeddedPostgres", "EmbeddedPostgresError"]
