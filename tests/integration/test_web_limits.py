"""Limits over the API: what is left is always said, a refusal names the exact wait, pages are never counted."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from tests.support.databases import Database
from tests.support.web import COOKIE, OPTIONS, client, make_services, sign_up


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


@pytest.fixture
async def me(app: FastAPI) -> httpx.AsyncClient:
    return await sign_up(app)


async def test_a_hundred_calls_a_minute(me: httpx.AsyncClient) -> None:
    for left in range(99, -1, -1):
        # A call is counted whatever becomes of it.
        answer = await me.get("/api/v1/projects/x" if left % 10 == 5 else "/api/v1/templates")
        assert answer.headers["ratelimit-policy"] == '"api";q=100;w=60'
        assert answer.headers["ratelimit"].startswith(f'"api";r={left}')
    refused = await me.get("/api/v1/templates")
    wait = int(refused.headers["retry-after"])
    body = refused.json()
    assert refused.status_code == 429
    assert 0 < wait <= 60
    assert refused.headers["ratelimit"] == f'"api";r=0;t={wait}'
    assert (body["code"], body["retry_after"], body["limit"], body["window_seconds"]) == ("rate_limited", wait, 100, 60)
    assert f"0:{wait:02}" in body["message"] or wait == 60


async def test_pages_and_streams_are_not_counted(me: httpx.AsyncClient) -> None:
    me.cookies.set(COOKIE, me.headers["Authorization"].removeprefix("Bearer "))
    for _ in range(120):
        assert (await me.get("/page/v1/me")).status_code == 200
        assert (await me.get("/api/v1/generations/x/events")).status_code == 404
    assert (await me.get("/api/v1/me")).headers["ratelimit"] == '"api";r=99'


async def test_the_sixth_generation_is_refused_with_the_true_wait(me: httpx.AsyncClient) -> None:
    project_id = (await me.post("/api/v1/projects", json={"name": "x"})).json()["id"]
    address = f"/api/v1/projects/{project_id}/generations"
    begun = [await me.post(address, json={"prompt": f"page {number}"}) for number in range(5)]
    assert [answer.status_code for answer in begun] == [202] * 5
    assert begun[0].json()["events_url"] == f"/api/v1/generations/{begun[0].json()['id']}/events"
    refused = await me.post(address, json={"prompt": "the sixth"})
    wait = int(refused.headers["retry-after"])
    assert refused.status_code == 429
    assert 890 <= wait <= 900
    assert refused.headers["ratelimit-policy"] == '"gen";q=5;w=900'
    assert refused.headers["ratelimit"] == f'"gen";r=0;t={wait}'
    assert refused.json()["message"].startswith("Next free slot in 1")
    project = (await me.get(f"/api/v1/projects/{project_id}")).json()
    assert project["draft"]["prompt"] == "the sixth"


async def test_a_used_up_quota_is_402_and_says_until_when(me: httpx.AsyncClient, database: Database) -> None:
    project_id = (await me.post("/api/v1/projects", json={"name": "x"})).json()["id"]
    user_id = (await me.get("/api/v1/me")).json()["user"]["id"]
    with database.connect("supabase_admin") as connection:
        for _ in range(50):
            connection.execute("select public.decrement_quota(%s)", [user_id])
    refused = await me.post(f"/api/v1/projects/{project_id}/generations", json={"prompt": "one more"})
    assert refused.status_code == 402
    body = refused.json()
    assert body["code"] == "quota_exhausted"
    assert body["limit"] == 50
    assert body["resets_at"].endswith("-01T00:00:00+00:00")
    assert "are used" in body["message"]


async def test_the_same_key_gives_the_same_answer_and_another_prompt_a_conflict(me: httpx.AsyncClient) -> None:
    project_id = (await me.post("/api/v1/projects", json={"name": "x"})).json()["id"]
    address = f"/api/v1/projects/{project_id}/generations"
    first, again, other = [
        await me.post(address, json={"prompt": prompt, "idempotency_key": "k"}) for prompt in ("a", "a", "b")
    ]
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_too_many_sign_ins_from_one_address(app: FastAPI) -> None:
    who = {"email": "nobody@example.com", "password": "wrong horse"}
    visitor = client(app)
    answers = [await visitor.post("/api/v1/auth/sign-in", json=who) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].headers["ratelimit-policy"] == '"sign_in_account";q=10;w=900'
    assert answers[-1].json()["message"].startswith("Too many tries for this email.")
