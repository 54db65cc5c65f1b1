"""Opens everything in order, and closes it in reverse: the database, who is it, the model, the runner.

The only place besides `app.py` that knows the settings; everything else gets values.
"""

from __future__ import annotations

import hmac
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx2
from loguru import logger

from glacia_ui.claude.client import Claude
from glacia_ui.claude.demo import DemoTransport
from glacia_ui.core.pricing import MODELS
from glacia_ui.db.attachments import Attachments as AttachmentRows
from glacia_ui.db.files import Files
from glacia_ui.db.generations import Generations as GenerationRows
from glacia_ui.db.limits import Limits
from glacia_ui.db.projects import Projects as ProjectRows
from glacia_ui.db.quotes import Quotes as QuoteRows
from glacia_ui.db.snapshot_health import SnapshotHealths
from glacia_ui.db.usage import Usage as UsageRows
from glacia_ui.identity.model import Identity
from glacia_ui.services.attachments import Attachments
from glacia_ui.services.backend import Backend, open_backend
from glacia_ui.services.exports import Exports
from glacia_ui.services.feeds import Feeds
from glacia_ui.services.fixes import Fixes
from glacia_ui.services.generations import Generations
from glacia_ui.services.health import Health
from glacia_ui.services.previews import Previews
from glacia_ui.services.projects import Projects
from glacia_ui.services.quotes import Quotes
from glacia_ui.services.relay import RedisRelay, Relay
from glacia_ui.services.run import Run
from glacia_ui.services.runner import Runner
from glacia_ui.services.templates import Templates
from glacia_ui.services.usage import Usage
from glacia_ui.settings import ROOT, Settings
from glacia_ui.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Services:
    """What pages and web may use."""

    settings: Settings
    identity: Identity
    projects: Projects
    generations: Generations
    attachments: Attachments
    fixes: Fixes
    quotes: Quotes
    usage: Usage
    exports: Exports
    previews: Previews
    health: Health
    feeds: Feeds
    metrics: Metrics = field(default_factory=Metrics)
    database: str = ""
    """Which database this is and where its data lies, in words for the operator."""


@asynccontextmanager
async def open_services(
    settings: Settings, *, model_transport: httpx2.AsyncBaseTransport | None = None
) -> AsyncIterator[Services]:
    """Everything, ready to use; closed on the way out, whatever happened inside.

    `model_transport` takes the place of the network or of the built-in model; no setting reaches it.
    """
    for note in settings.notes():
        logger.warning(note)
    async with open_backend(settings) as backend, _model(settings, model_transport) as claude:
        rows = GenerationRows(backend.transport)
        relay = _relay(settings)
        feeds = Feeds(rows, relay)
        metrics = Metrics()
        runner = Runner(rows, feeds, Run(rows, claude, metrics), relay)
        try:
            await runner.open()
            services = _wire(settings, backend, rows, feeds, runner, claude)
            yield replace(services, database=backend.description, metrics=metrics)
        finally:
            feeds.close()
            await runner.close()


def _wire(
    settings: Settings, backend: Backend, rows: GenerationRows, feeds: Feeds, runner: Runner, claude: Claude
) -> Services:
    transport = backend.transport
    files, projects = Files(transport), ProjectRows(transport)
    models = frozenset({*MODELS, settings.model})
    generations = Generations(
        rows,
        feeds,
        runner,
        default_model=settings.model,
        models=models,
        is_simulated=settings.is_demo,
    )
    return Services(
        settings=settings,
        identity=backend.identity,
        projects=Projects(projects, files, Templates(ROOT / "templates")),
        generations=generations,
        attachments=Attachments(AttachmentRows(transport), projects),
        fixes=Fixes(SnapshotHealths(transport), generations),
        quotes=Quotes(QuoteRows(transport), claude, default_model=settings.model, models=models),
        usage=Usage(UsageRows(transport)),
        exports=Exports(projects, files),
        previews=Previews(files, settings.signing_key()),
        health=Health(
            Limits(transport),
            environment=settings.environment,
            ai_provider="demo" if settings.is_demo else "anthropic",
        ),
        feeds=feeds,
    )


def _relay(settings: Settings) -> Relay:
    """Between the processes on one database. The prefix is that database's: two may share a Redis."""
    if settings.redis_url is None:
        return Relay()
    place = settings.supabase_url or f"{socket.gethostname()}:{settings.data_dir.resolve()}"
    digest = hmac.new(settings.signing_key(), f"redis {place}".encode(), "sha256").hexdigest()
    return RedisRelay(settings.redis_url.get_secret_value(), f"glacia:{digest[:16]}")


@asynccontextmanager
async def _model(settings: Settings, transport: httpx2.AsyncBaseTransport | None) -> AsyncIterator[Claude]:
    """The real Claude, or without a key the built-in model behind the same SDK."""
    key = settings.anthropic_api_key
    claude = Claude(
        api_key=key.get_secret_value() if key else "demo",
        base_url=settings.anthropic_base_url,
        transport=transport or (None if key else DemoTransport()),
        is_simulated=settings.is_demo,
    )
    await claude.warm_up()
    try:
        yield claude
    finally:
        await claude.aclose()
