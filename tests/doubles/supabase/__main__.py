"""`python -m tests.doubles.supabase --port 54321`: the double alone, on an embedded Postgres that goes away with it."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.doubles.supabase.app import Project
from tests.doubles.supabase.server import Server
from tests.support.databases import Cluster, remove_abandoned


def main() -> None:
    """Serve until SIGINT or SIGTERM. What is printed are the settings that Glacia takes."""
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.supabase", description=__doc__)
    parser.add_argument("--port", type=int, default=54321, help="0 takes a free one")
    parser.add_argument("--no-confirmation", action="store_true", help="sign people up without a mail")
    arguments = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    remove_abandoned()
    cluster = Cluster.start(18)
    try:
        database = cluster.create()
        project = Project(database.conninfo("authenticator"), database.conninfo("supabase_admin"))
        project.options.confirms_email = not arguments.no_confirmation
        with Server(project, port=arguments.port) as server:
            keys = server.project.keys
            sys.stdout.write(
                f"SUPABASE_URL={server.url}\n"
                f"SUPABASE_ANON_KEY={keys.publishable}\n"
                f"SUPABASE_SERVICE_ROLE_KEY={keys.secret}\n"
                f"SUPABASE_JWT_SECRET={keys.legacy_secret}\n"
                f"# the older kind of keys: {keys.anon} {keys.service_role}\n"
                f'DATABASE_URL="{database.conninfo("postgres")}"\n'
            )
            sys.stdout.flush()
            stopped.wait()
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
