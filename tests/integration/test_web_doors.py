"""Who gets in: strangers nowhere, users through either door, and nobody after signing out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from glacia_ui.web.openapi import document
from tests.support.web import COOKIE, OPTIONS, ORIGIN, client, join, make_services, sign_up

OPEN = {"/api/v1/auth/sign-up", "/api/v1/auth/sign-in", "/api/v1/auth/guest", "/api/health"}


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app) as found:
        yield found


def all_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and address of every route of the API, through both doors, with ids that could exist."""
    found = []
    for path, methods in document(app)["paths"].items():
        address = re.sub(r"\{\w+_id\}", str(uuid4()), path).replace("{path}", "index.html")
        for method in methods:
            if path not in OPEN:
                found += [(method.upper(), address), (method.upper(), address.replace("/api/", "/page/"))]
    return found


async def test_every_route_is_closed_to_strangers(app: FastAPI, stranger: httpx.AsyncClient) -> None:
    routes = all_routes(app)
    assert len(routes) > 40
    for method, address in [*routes, ("GET", "/api/openapi.json"), ("GET", "/api/docs")]:
        for headers in ({}, {"Authorization": "Bearer " + "A" * 43}, {"Cookie": f"{COOKIE}={'A' * 43}"}):
            answer = await stranger.request(method, address, headers=headers, content=b"not even JSON")
            assert answer.status_code == 401, (method, address)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "unauthenticated"


async def test_a_page_for_a_stranger_leads_to_sign_in(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/api/docs", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/api/docs")


@pytest.mark.parametrize("path", ["/health", "/api/health"])
async def test_health_is_open(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert answer.status_code == 200
    assert answer.json() | {"version": "v1"} == answer.json()
    assert answer.json()["success"] is True
    assert (await stranger.head("/health")).status_code == 200


async def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(stranger: httpx.AsyncClient) -> None:
    answer = await join(stranger)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}={answer.json()['access_token']}".lower())
    assert {"httponly", "path=/", "samesite=lax", "max-age=2592000"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie


async def test_the_cookie_is_secure_over_https(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://glacia.example") as secure:
        answer = await join(secure)
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_a_cookie_opens_both_doors_and_a_token_only_the_api(app: FastAPI, stranger: httpx.AsyncClient) -> None:
    await join(stranger)
    assert (await stranger.get("/api/v1/me")).status_code == 200
    assert (await stranger.get("/page/v1/me")).status_code == 200
    script = await sign_up(app)
    assert (await script.get("/api/v1/me")).status_code == 200
    assert (await script.get("/page/v1/me")).status_code == 401


async def test_sign_out_is_immediate_through_both_doors(stranger: httpx.AsyncClient) -> None:
    token = (await join(stranger)).json()["access_token"]
    assert (await stranger.get("/page/v1/me")).status_code == 200
    answer = await stranger.post("/api/v1/auth/sign-out")
    assert answer.status_code == 204
    assert COOKIE not in stranger.cookies
    for path in ("/page/v1/me", "/api/v1/me"):
        headers = {"Cookie": f"{COOKIE}={token}"}
        assert (await stranger.get(path, headers=headers)).status_code == 401


async def test_sign_in_over_the_api(stranger: httpx.AsyncClient) -> None:
    who = {"email": "anna@example.com", "password": "correct horse"}
    made = await stranger.post("/api/v1/auth/sign-up", json=who)
    assert made.status_code == 201
    again = await stranger.post("/api/v1/auth/sign-in", json=who)
    assert again.status_code == 200
    assert again.json()["user"] == made.json()["user"]
    taken = await stranger.post("/api/v1/auth/sign-up", json=who)
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
    wrong = await stranger.post("/api/v1/auth/sign-in", json=who | {"password": "wrong horse"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_password")


async def test_another_site_cannot_use_the_cookie(stranger: httpx.AsyncClient) -> None:
    await join(stranger)
    for path in ("/api/v1/projects", "/page/v1/projects", "/sign-out"):
        answer = await stranger.post(path, json={"name": "x"}, headers={"Origin": "https://evil.example"})
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
        assert "access-control-allow-origin" not in answer.headers
    assert (await stranger.post("/api/v1/projects", json={"name": "x"}, headers={"Origin": ORIGIN})).status_code == 201


async def test_a_preflight_from_another_site_is_refused(stranger: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE"}
    answer = await stranger.options("/api/v1/projects", headers=headers)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_forged_forwarding_headers_change_nothing(app: FastAPI, stranger: httpx.AsyncClient) -> None:
    forged = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    new = {"email": "anna@example.com", "password": "correct horse"}
    answer = await stranger.post("/api/v1/auth/sign-up", headers=forged, json=new)
    assert "secure" not in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" not in answer.headers
    for number in range(120):
        elsewhere = {"X-Forwarded-For": f"198.51.100.{number}"}
        answer = await stranger.post("/api/v1/auth/sign-up", headers=elsewhere, json={**new, "password": "x" * 8})
    assert answer.status_code == 429  # all from one address, whatever they say


async def test_every_answer_has_an_id_of_ours(stranger: httpx.AsyncClient) -> None:
    ids = set()
    for path in ("/health", "/api/v1/me", "/sign-in", "/nothing/here", "/preview/x/", "/robots.txt", "/assets/x"):
        answer = await stranger.get(path, headers={"X-Request-ID": "forged"})
        ids.add(answer.headers["x-request-id"])
    assert len(ids) == 7
    assert all(re.fullmatch("[0-9a-f]{32}", found) for found in ids)
