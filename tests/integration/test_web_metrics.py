"""`/metrics`: what it counts, and who may read it."""

from __future__ import annotations

import math

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.telemetry.metrics import Metrics
from glacia_ui.web.app import create_app
from glacia_ui.web.options import WebOptions
from tests.conftest import MakeUser
from tests.support.studio import open_studio
from tests.support.web import make_services

TOKEN = "a token for the metrics"


def _reader(app: FastAPI, address: str, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://glacia.example", headers=headers)


@pytest.mark.parametrize(
    ("token", "address", "sent", "status"),
    [
        (None, "127.0.0.1", "", 200),
        (None, "203.0.113.7", "", 403),
        (TOKEN, "203.0.113.7", f"Bearer {TOKEN}", 200),
        (TOKEN, "203.0.113.7", "Bearer another", 403),
        (TOKEN, "127.0.0.1", "", 403),
    ],
)
async def test_who_may_read(
    transport: Transport, identity: Identity, token: str | None, address: str, sent: str, status: int
) -> None:
    app = create_app(make_services(transport, identity), WebOptions(cookie_name="c", metrics_token=token))
    async with _reader(app, address, authorization=sent) as reader:
        answer = await reader.get("/metrics")
    assert answer.status_code == status
    assert ("glacia_requests" in answer.text) == (status == 200)


async def test_requests_are_counted_by_area_and_never_by_path(transport: Transport, identity: Identity) -> None:
    app = create_app(make_services(transport, identity), WebOptions(cookie_name="c"))
    async with _reader(app, "127.0.0.1") as reader:
        await reader.get("/health")
        await reader.get("/api/v1/projects/7f0e3ffc-0000-4000-8000-000000000000")
        text = (await reader.get("/metrics")).text
    assert 'glacia_requests_total{area="health",status="2xx"} 1.0' in text
    assert 'glacia_requests_total{area="api",status="4xx"} 1.0' in text
    assert "7f0e3ffc" not in text


async def test_a_generation_is_counted_with_its_tokens(transport: Transport, make_user: MakeUser) -> None:
    async with open_studio(transport, speed=math.inf) as studio:
        user = await make_user()
        project = await studio.projects.create(user, "Bakery")
        generation = await studio.run(user, project.id)
    metrics = Metrics()
    metrics.generation_ended(generation)
    assert generation.usage is not None
    text = metrics.text().decode()
    assert f'glacia_generations_total{{model="{generation.model}",outcome="committed"}} 1.0' in text
    assert f'glacia_tokens_total{{kind="output"}} {float(generation.usage.output_tokens)}' in text
    assert 'glacia_cost_usd_total{simulated="yes"}' in text
