"""The sign-in page: forms that work without a script, tell what went wrong, and lead nowhere but inside."""

from __future__ import annotations

import re

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from glacia_ui.web.entrance import inside
from tests.support.web import COOKIE, OPTIONS, client, join, make_services

WHO = {"email": "anna@example.com", "password": "correct horse"}


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


@pytest.fixture
def browser(app: FastAPI) -> httpx.AsyncClient:
    return client(app, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"})


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up"])
async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(
    browser: httpx.AsyncClient, path: str
) -> None:
    page = await browser.get(path)
    assert page.status_code == 200
    assert not re.search(r'(src|href|action)="(https?:)?//', page.text)
    assert not re.search(r"<script(?! src=)|\son\w+=", page.text)
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("script-src")[1].split(";")[0]
    for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
        asset = await browser.get(address)
        assert asset.status_code == 200
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_sign_up_sign_out_sign_in(browser: httpx.AsyncClient) -> None:
    made = await browser.post("/sign-up", data=WHO | {"next": "/build?project=1"})
    assert (made.status_code, made.headers["location"]) == (303, "/build?project=1")
    token = browser.cookies[COOKIE]
    again = await browser.get("/sign-in?next=/usage")
    assert (again.status_code, again.headers["location"]) == (303, "/usage")
    left = await browser.post("/sign-out")
    assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
    assert COOKIE not in browser.cookies
    assert (await browser.get("/page/v1/me", headers={"Cookie": f"{COOKIE}={token}"})).status_code == 401
    back = await browser.post("/sign-in", data=WHO)
    assert (back.status_code, back.headers["location"]) == (303, "/")
    assert browser.cookies[COOKIE] != token


@pytest.mark.embedded_only
async def test_a_guest_needs_one_click(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/guest", data={"next": "/usage"})).headers["location"] == "/usage"
    assert (await browser.get("/page/v1/me")).json()["user"]["is_guest"] is True


async def test_a_new_session_closes_the_one_before(browser: httpx.AsyncClient) -> None:
    await browser.post("/sign-up", data=WHO)
    old = browser.cookies[COOKIE]
    await browser.post("/sign-in", data=WHO)
    browser.cookies.clear()
    assert (await browser.get("/page/v1/me", headers={"Cookie": f"{COOKIE}={old}"})).status_code == 401


@pytest.mark.parametrize(
    ("path", "form", "status", "sentence"),
    [
        ("/sign-in", {"email": "anna@example.com", "password": "wrong horse"}, 401, "do not belong together"),
        ("/sign-in", {"email": "", "password": "x"}, 422, "is missing"),
        ("/sign-in", {}, 422, "is missing"),
        ("/sign-in", {"email": "a\x00@example.com", "password": "x"}, 422, "cannot be stored"),
        ("/sign-in", {"email": "x" * 301, "password": "x"}, 422, "too long"),
        ("/sign-up", {"email": "anna", "password": "correct horse"}, 422, "not an email address"),
        ("/sign-up", {"email": "anna@example.com", "password": "short"}, 422, "too short"),
    ],
)
async def test_what_went_wrong_is_said_on_the_page(
    browser: httpx.AsyncClient, path: str, form: dict[str, str], status: int, sentence: str
) -> None:
    page = await browser.post(path, data=form)
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert sentence in page.text.split('role="alert"')[1]
    assert COOKIE not in browser.cookies


async def test_what_was_typed_is_kept_but_the_password(browser: httpx.AsyncClient) -> None:
    form = {"email": '"><script>alert(1)</script>', "password": "my secret", "next": '"><script>alert(2)</script>'}
    page = await browser.post("/sign-in", data=form)
    assert "&#34;&gt;&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    assert "my secret" not in page.text


async def test_too_many_tries_say_when(browser: httpx.AsyncClient) -> None:
    for _ in range(10):
        page = await browser.post("/sign-in", data={"email": "x@example.com", "password": "wrong"})
    page = await browser.post("/sign-in", data={"email": "x@example.com", "password": "wrong"})
    assert page.status_code == 429
    assert 0 < int(page.headers["retry-after"]) <= 900
    assert "Too many tries" in page.text


async def test_another_site_cannot_sign_anybody_in_or_out(app: FastAPI) -> None:
    browser = client(app)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        for path in ("/sign-in", "/sign-up", "/guest", "/sign-out"):
            assert (await browser.post(path, data=WHO, headers=headers)).status_code == 403


async def other_browser(app: FastAPI) -> httpx.AsyncClient:
    other = client(app, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"})
    assert (await other.post("/sign-in", data=WHO)).status_code == 303
    assert (await other.get("/page/v1/me")).status_code == 200
    return other


async def test_whoever_knows_the_old_password_may_choose_a_new_one(app: FastAPI, browser: httpx.AsyncClient) -> None:
    await browser.post("/sign-up", data=WHO)
    before = browser.cookies[COOKIE]
    other = await other_browser(app)
    form = {"password": "battery staple", "next": "/account"}
    for current, status in (("", 422), ("wrong horse", 401)):
        refused = await browser.post("/new-password", data=form | {"current": current})
        assert refused.status_code == status
        assert "battery staple" not in refused.text
    short = await browser.post("/new-password", data={"current": WHO["password"], "password": "short"})
    assert "too short" in short.text.split('role="alert"')[1]
    assert browser.cookies[COOKIE] == before
    done = await browser.post("/new-password", data=form | {"current": WHO["password"]})
    assert (done.status_code, 'href="/account"' in done.text) == (200, True)
    assert browser.cookies[COOKIE] != before
    assert (await browser.get("/page/v1/me")).status_code == 200
    assert (await other.get("/page/v1/me")).status_code == 401
    assert (await browser.get("/page/v1/me", headers={"Cookie": f"{COOKIE}={before}"})).status_code == 401
    assert (await other.post("/sign-in", data=WHO)).status_code == 401
    assert (await other.post("/sign-in", data=WHO | {"password": "battery staple"})).status_code == 303


@pytest.mark.embedded_only
async def test_a_new_password_is_for_people_who_have_one(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/new-password")).headers["location"] == "/sign-in?next=/new-password"
    assert (await browser.post("/new-password", data={"password": "x"})).status_code == 303
    await browser.post("/guest")
    page = await browser.get("/new-password")
    assert (page.status_code, "A guest has no password" in page.text) == (403, True)


async def test_signing_out_everywhere_ends_every_browser_and_nobody_else(
    app: FastAPI, browser: httpx.AsyncClient
) -> None:
    await browser.post("/sign-up", data=WHO)
    other, stranger = await other_browser(app), client(app, headers={"Sec-Fetch-Site": "same-origin"})
    await join(stranger)
    left = await browser.post("/sign-out", data={"everywhere": "yes"})
    assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
    assert COOKIE not in browser.cookies
    assert (await other.get("/page/v1/me")).status_code == 401
    assert (await stranger.get("/page/v1/me")).status_code == 200


@pytest.mark.embedded_only
async def test_what_is_not_offered_is_not_shown_and_does_not_work(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/sign-in")
    for way in ("/forgot-password", "/sign-in-link", "/auth/start"):
        assert way not in page.text
    assert (await browser.get("/forgot-password")).status_code == 404
    assert (await browser.post("/auth/start/github")).status_code == 404
    for path in ("/forgot-password", "/sign-in-link"):
        assert (await browser.post(path, data={"email": "anna@example.com"})).status_code == 403


@pytest.mark.parametrize("good", ["/", "/build?project=1", "/api/docs", "/usage#x", "/a//b"])
def test_inside_is_inside(good: str) -> None:
    assert inside(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\n/evil",
        "/\t/e",
        "build",
        "/" + "x" * 1000,
    ],
)
def test_everything_else_is_the_start_page(bad: str) -> None:
    assert inside(bad) == "/"
