"""The web app over a test's own database: real services, real SQL, and a generation that the test writes by hand.

Only the runner sleeps: what it would do, a `Writer` does, one step at a time.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import httpx2
import uvicorn
from fastapi import FastAPI

from glacia_ui.claude.client import Claude
from glacia_ui.claude.demo import DemoTransport
from glacia_ui.core.events import Event
from glacia_ui.core.models import ChangeCard, ClaimedGeneration
from glacia_ui.core.models import Usage as UsageFacts
from glacia_ui.db.attachments import Attachments as AttachmentRows
from glacia_ui.db.files import Files
from glacia_ui.db.generations import Generations as GenerationRows
from glacia_ui.db.limits import Limits
from glacia_ui.db.projects import Projects as ProjectRows
from glacia_ui.db.quotes import Quotes as QuoteRows
from glacia_ui.db.snapshot_health import SnapshotHealths
from glacia_ui.db.transport import Transport
from glacia_ui.db.usage import Usage as UsageRows
from glacia_ui.identity import Identity
from glacia_ui.services.attachments import Attachments
from glacia_ui.services.container import Services
from glacia_ui.services.exports import Exports
from glacia_ui.services.feeds import Feeds
from glacia_ui.services.fixes import Fixes
from glacia_ui.services.generations import Generations
from glacia_ui.services.health import Health
from glacia_ui.services.previews import Previews
from glacia_ui.services.projects import Projects
from glacia_ui.services.quotes import Quotes
from glacia_ui.services.relay import Relay
from glacia_ui.services.templates import Templates
from glacia_ui.services.usage import Usage
from glacia_ui.settings import ROOT, Settings
from glacia_ui.web.options import WebOptions

COOKIE = "glacia_test"
ORIGIN = "http://glacia.example"
OPTIONS = WebOptions(cookie_name=COOKIE)
MODELS = frozenset({"claude-sonnet-5-5", "claude-haiku-5-5"})


class SleepingRunner:
    """Never claims anything."""

    async def wake(self, project_id: UUID | None = None) -> None: ...

    def stop(self, generation_id: UUID) -> None: ...


def make_services(
    transport: Transport,
    identity: Identity,
    *,
    model: httpx2.AsyncBaseTransport | None = None,
    count_seconds: float = 60,
) -> Services:
    """Everything that the web layer uses, over one database and the people in it. `model` counts tokens.

    The SDK may be imported meanwhile, which the app does at its start: so counting may take long.
    """
    rows, files, projects = GenerationRows(transport), Files(transport), ProjectRows(transport)
    feeds = Feeds(rows, Relay())
    generations = Generations(
        rows,
        feeds,
        SleepingRunner(),  # type: ignore[arg-type]
        default_model="claude-sonnet-5-5",
        models=MODELS,
        is_simulated=True,
    )
    return Services(
        settings=Settings(),
        identity=identity,
        projects=Projects(projects, files, Templates(ROOT / "templates")),
        generations=generations,
        attachments=Attachments(AttachmentRows(transport), projects),
        fixes=Fixes(SnapshotHealths(transport), generations),
        quotes=Quotes(
            QuoteRows(transport),
            Claude(api_key="test", transport=model or DemoTransport(), is_simulated=True),
            default_model="claude-sonnet-5-5",
            models=MODELS,
            count_seconds=count_seconds,
        ),
        usage=Usage(UsageRows(transport)),
        exports=Exports(projects, files),
        previews=Previews(files, b"a secret for tests"),
        health=Health(Limits(transport), environment="development", ai_provider="demo"),
        feeds=feeds,
    )


class Writer:
    """Does the runner's work by hand."""

    def __init__(self, transport: Transport) -> None:
        self.rows = GenerationRows(transport)

    async def claim(self, project_id: UUID) -> ClaimedGeneration:
        """Take the one that waits."""
        (claimed,) = await self.rows.claim_generations(uuid4(), 1, project_id)
        return claimed

    async def write(self, claimed: ClaimedGeneration, events: list[Event]) -> None:
        """Store events as a flush does."""
        batch = {
            "generation_id": claimed.id,
            "lease_token": claimed.lease_token,
            "events": events,
            "reserved_until": 200,
        }
        assert await self.rows.append_events([batch]) == set()

    async def finish(self, claimed: ClaimedGeneration, files: Mapping[str, str], events: list[Event]) -> int | None:
        """End it with these files as a new version. Returns its number."""
        result: dict[str, Any] = {
            "outcome": "committed",
            "text": "Done.",
            "thinking": "",
            "model": "claude-sonnet-5-5",
            "changes": [{"path": path, "content": content} for path, content in files.items()],
            "card": ChangeCard(title="A page"),
            "usage": UsageFacts(),
            "attempts": 1,
            "events": events,
            "reserved_until": 200,
        }
        _, generation = await self.rows.finish_generation(claimed.id, claimed.lease_token, result)
        return generation.snapshot

    async def cut_off(self, claimed: ClaimedGeneration, files: Mapping[str, str]) -> None:
        """End it as truncated, with a draft of these files."""
        changes = [{"path": path, "content": content} for path, content in files.items()]
        last = Event(seq=claimed.last_seq + 1, type="failed", data={"outcome": "truncated", "code": "truncated"})
        result: dict[str, Any] = {
            "outcome": "truncated",
            "code": "truncated",
            "message": "Cut off.",
            "attempts": 1,
            "events": [last],
            "draft": {"changes": changes, "card": ChangeCard(title="A part"), "unfinished": []},
        }
        await self.rows.fail_generation(claimed.id, claimed.lease_token, result)


def client(app: FastAPI, **options: Any) -> httpx.AsyncClient:
    """Talks to the app without a socket. Not for streams: this transport keeps an answer until it is complete."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("203.0.113.7", 1))
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, **options)


async def join(visitor: httpx.AsyncClient, email: str | None = None) -> httpx.Response:
    """Become somebody: a guest where there are guests and no address is given, else a new account."""
    if email is None:
        answer = await visitor.post("/api/v1/auth/guest")
        if answer.status_code != 403:
            return answer
    credentials = {"email": email or f"{uuid4().hex[:12]}@example.com", "password": "correct horse"}
    return await visitor.post("/api/v1/auth/sign-up", json=credentials)


async def sign_up(app: FastAPI, email: str | None = None) -> httpx.AsyncClient:
    """A client with a new user's token, and without the cookie: a script."""
    script = client(app)
    answer = await join(script, email)
    assert answer.status_code == 201, answer.text
    script.cookies.clear()
    script.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return script


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The app behind a real server on the loopback. Yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, proxy_headers=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
