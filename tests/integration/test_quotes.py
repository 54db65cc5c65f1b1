"""Quotes and models over the API: what they rest on, whose they are, and that nothing depends on them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from io import BytesIO
from statistics import median
from uuid import UUID, uuid4

import httpx
import httpx2
import pytest
from fastapi import FastAPI
from PIL import Image

from glacia_ui.claude.client import Claude
from glacia_ui.claude.demo import DemoTransport
from glacia_ui.core.body import counted_body
from glacia_ui.core.models import Usage
from glacia_ui.core.pricing import MODELS as ALL_MODELS
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.quote import estimated_tokens
from glacia_ui.db.quotes import Quotes as QuoteRows
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.identity import Identity
from glacia_ui.services.quotes import Quotes
from glacia_ui.web.app import create_app
from tests.conftest import MakeUser
from tests.support.databases import Database
from tests.support.sizes import full_size
from tests.support.studio import MODEL, Studio, open_studio
from tests.support.web import OPTIONS, make_services, sign_up

PROMPT = "a landing page for a bakery"


class Counter(DemoTransport):
    """Counts what it was asked to count, or cannot."""

    def __init__(self, *, status: int = 200, delay: float = 0.0) -> None:
        super().__init__()
        self.counted: list[dict[str, object]] = []
        self._status = status
        self._delay = delay

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("count_tokens"):
            self.counted.append(json.loads(await request.aread()))
            await asyncio.sleep(self._delay)
            if self._status != 200:
                error = {"type": "error", "error": {"type": "api_error", "message": "scripted"}}
                return httpx2.Response(self._status, json=error)
        return await super().handle_async_request(request)


def _app(transport: Transport, identity: Identity, model: DemoTransport | None = None, seconds: float = 60) -> FastAPI:
    return create_app(make_services(transport, identity, model=model, count_seconds=seconds), OPTIONS)


async def _project(me: httpx.AsyncClient, **body: str) -> str:
    return str((await me.post("/api/v1/projects", json={"name": "Bakery", **body})).json()["id"])


async def test_a_quote_says_range_time_and_what_it_uses(transport: Transport, identity: Identity) -> None:
    counter = Counter()
    me = await sign_up(_app(transport, identity, counter))
    project = await _project(me)
    answer = await me.post(f"/api/v1/projects/{project}/quote", json={"prompt": PROMPT})
    quote = answer.json()
    assert answer.status_code == 200
    assert Decimal(0) < Decimal(quote["cost_usd"]["low"]) < Decimal(quote["cost_usd"]["high"])
    assert 0 < quote["seconds"]["low"] < quote["seconds"]["high"]
    assert quote["output_tokens"][0] < quote["output_tokens"][1]
    facts = ("uses", "remaining", "is_estimate", "basis", "is_simulated", "model")
    assert [quote[fact] for fact in facts] == [1, 50, False, "typical", True, MODEL]
    assert counter.counted == [counted_body(ModelRequest(PROMPT, MODEL, {}))]
    assert abs(quote["input_tokens"] - estimated_tokens(counter.counted[0])) < 5  # the built-in model counts alike


async def test_files_are_counted_and_the_price_is_the_models(transport: Transport, identity: Identity) -> None:
    me = await sign_up(_app(transport, identity))
    empty, full = await _project(me), await _project(me, template="portfolio")
    quotes = [
        (await me.post(f"/api/v1/projects/{project}/quote", json={"prompt": PROMPT, "model": model})).json()
        for project, model in ((empty, MODEL), (full, MODEL), (full, "claude-haiku-5-5"))
    ]
    assert quotes[1]["input_tokens"] > quotes[0]["input_tokens"] + 1_000
    assert float(quotes[2]["cost_usd"]["high"]) * 20 == pytest.approx(float(quotes[1]["cost_usd"]["high"]), rel=1e-3)


async def test_what_goes_with_the_prompt_is_counted(transport: Transport, identity: Identity) -> None:
    counter = Counter()
    me = await sign_up(_app(transport, identity, counter))
    project = await _project(me)
    address = f"/api/v1/projects/{project}"
    target = BytesIO()
    Image.new("RGB", (750, 400), "teal").save(target, "PNG")
    picture = (await me.post(f"{address}/attachments", params={"name": "a.png"}, content=target.getvalue())).json()[
        "id"
    ]
    note = (await me.post(f"{address}/attachments", params={"name": "a.txt"}, content=b"menu " * 800)).json()["id"]
    tokens = [
        (await me.post(f"{address}/quote", json={"prompt": PROMPT, "attachments": ids})).json()["input_tokens"]
        for ids in ([], [picture], [note], [picture, note, str(uuid4())])
    ]
    assert tokens[1] - tokens[0] == 400  # 750 × 400 pixels, a token for 750 of them
    assert 1_000 <= tokens[2] - tokens[0] <= 1_050
    assert tokens[3] - tokens[2] == 400
    assert "image" not in json.dumps(counter.counted[-1]["messages"])


@pytest.mark.parametrize(
    ("counter", "seconds"), [(Counter(status=529), 60), (Counter(status=400), 60), (Counter(delay=60), 0.2)]
)
async def test_without_a_count_it_is_estimated_and_says_so(
    transport: Transport, identity: Identity, counter: Counter, seconds: float
) -> None:
    me = await sign_up(_app(transport, identity, counter, seconds))
    project = await _project(me)
    quote = (await me.post(f"/api/v1/projects/{project}/quote", json={"prompt": PROMPT})).json()
    assert quote["is_estimate"] is True
    assert quote["input_tokens"] == estimated_tokens(counted_body(ModelRequest(PROMPT, MODEL, {})))


async def test_quotes_are_no_calls_and_have_a_limit_of_their_own(transport: Transport, identity: Identity) -> None:
    me = await sign_up(_app(transport, identity))
    project = await _project(me)
    answers = [await me.post(f"/api/v1/projects/{project}/quote", json={"prompt": PROMPT}) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert answers[-1].headers["ratelimit-policy"] == '"quote";q=60;w=60'
    assert int(answers[-1].headers["retry-after"]) <= 60
    assert "sending works all the same" in answers[-1].json()["message"]
    assert (await me.get("/api/v1/me")).headers["ratelimit"] == '"api";r=98'  # the project and this
    begun = await me.post(f"/api/v1/projects/{project}/generations", json={"prompt": PROMPT})
    assert begun.status_code == 202


@pytest.mark.parametrize(
    ("body", "code"),
    [({"prompt": " "}, "invalid_prompt"), ({"prompt": "x", "model": "gpt"}, "unknown_model"), ({}, "field_missing")],
)
async def test_what_cannot_be_sent_is_not_quoted(
    transport: Transport, identity: Identity, body: dict[str, str], code: str
) -> None:
    counter = Counter()
    me = await sign_up(_app(transport, identity, counter))
    answer = await me.post(f"/api/v1/projects/{await _project(me)}/quote", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert counter.counted == []


async def test_models_have_names_and_prices(transport: Transport, identity: Identity) -> None:
    me = await sign_up(_app(transport, identity))
    models = (await me.get("/api/v1/models")).json()
    assert [model["id"] for model in models] == [MODEL, "claude-haiku-5-5"]
    assert models[0] == {
        "id": MODEL, "name": "Claude Sonnet 5.5", "input_usd_per_mtok": "2", "output_usd_per_mtok": "10",
        "context_tokens": 1_000_000, "is_default": True, "is_simulated": True,
    }  # fmt: skip


@pytest.fixture
async def studio(transport: Transport) -> AsyncIterator[Studio]:
    async with open_studio(transport) as opened:
        yield opened


REQUESTS = (
    PROMPT,
    "add our opening hours",
    "make it blue",
    "add a contact section",
    "change the headline to Fresh every morning",
    "remove the contact section",
    "what can you do?",
    "use a serif font",
    "add questions and answers",
)


async def test_four_of_five_real_results_fall_into_the_range_quoted_before(
    studio: Studio, make_user: MakeUser, database: Database
) -> None:
    """The whole pipeline over the built-in model: each request quoted, then run, in time order.

    Only the costs: how long it takes here is the machine's affair.
    """
    user = await make_user()
    claude = Claude(api_key="test", transport=studio.model, is_simulated=True)
    quotes = Quotes(QuoteRows(studio.transport), claude, default_model=MODEL, models=ALL_MODELS, count_seconds=60)
    hits, widths, count = 0, [], full_size(200, 24)
    project_id: UUID | None = None
    for number in range(count):
        _open_windows(database)
        if project_id is None or number % len(REQUESTS) == 0:
            project_id = (await studio.projects.create(user, "Bakery")).id
        prompt = REQUESTS[number % len(REQUESTS)]
        quote = await quotes.quote(user, project_id, prompt)
        generation = await studio.run(user, project_id, prompt)
        assert generation.status == "succeeded", generation
        assert generation.usage is not None
        hits += quote.cost_usd.low <= generation.usage.cost_usd <= quote.cost_usd.high
        widths.append(float(quote.cost_usd.high / quote.cost_usd.low))
    assert hits >= 0.8 * count
    assert median(widths) <= 10
    await claude.aclose()


def _open_windows(database: Database) -> None:
    """As if enough time had gone by, and with enough quota for two hundred."""
    with database.connect("supabase_admin") as connection:
        connection.execute("delete from private.rate_hits")
        connection.execute("update public.quotas set quota_limit = 1000, remaining = 1000 - used - reserved")


async def test_a_result_is_remembered_with_what_its_first_request_held(studio: Studio, make_user: MakeUser) -> None:
    user: Caller = await make_user()
    project_id = (await studio.projects.create(user, "Bakery")).id
    generation = await studio.run(user, project_id)
    basis = await QuoteRows(studio.transport).get_quote_basis(
        user, (await studio.projects.create(user, "Another")).id, model=MODEL, is_simulated=True
    )
    (past,) = basis.past
    usage: Usage | None = generation.usage
    assert usage is not None
    assert past.first_prompt_tokens == usage.input_tokens  # the built-in model has made one request
    assert (past.output_tokens, past.cost_usd) == (usage.output_tokens, usage.cost_usd)
