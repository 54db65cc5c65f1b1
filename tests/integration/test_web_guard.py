"""Gradio behind its guard: strangers get nothing, users only what pages need, and nobody another's session."""

from __future__ import annotations

import asyncio
import itertools
import os
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.settings import Theme
from glacia_ui.web.app import create_app
from tests.support.web import COOKIE, OPTIONS, ORIGIN, client, make_services, sign_up

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr

TRAPS = ["startup-events", "app_id", "token", "user", "heartbeat/abc123", "theme.css", "login_check", "info", "runs"]
NOT_NEEDED = [
    "token",
    "user",
    "runs",
    "upload",
    "file=/etc/passwd",
    "file/etc/passwd",
    "deep_link",
    "vibe-code",
    "mcp/",
]
NOT_NEEDED += [
    "dev/reload",
    "call/greet",
    "call/v2/greet",
    "api/greet",
    "stream/x",
    "process_recording",
    "openapi.json",
]
PAGE = {"Accept": "text/html,application/xhtml+xml"}


def _greet(name: str, request: gr.Request) -> str:
    return f"{name} {request.request.state.admission.user.id}"  # type: ignore[union-attr]


def _mount(app: FastAPI) -> None:
    with gr.Blocks() as demo:
        name, out = gr.Textbox(), gr.Textbox()
        name.submit(_greet, name, out, api_name="greet", queue=False)
        gr.Button().click(_greet, name, out, api_name="greet_queued")
    with demo.route("Usage", "/usage"):
        gr.Markdown("usage")
    demo.queue(api_open=False)
    gr.mount_gradio_app(app, demo, path="/", ssr_mode=False, footer_links=[], run_history=False)


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS, _mount)


@pytest.fixture
def stranger(app: FastAPI) -> httpx.AsyncClient:
    return client(app)


async def _user(app: FastAPI) -> httpx.AsyncClient:
    script = await sign_up(app)
    token = script.headers.pop("Authorization").removeprefix("Bearer ")
    script.cookies.set(COOKIE, token)
    return script


async def test_pages_lead_strangers_to_sign_in(stranger: httpx.AsyncClient) -> None:
    for path in ["/", "/usage", "/usage?x=1&y=%26", "/nothing"]:
        answer = await stranger.get(path, headers=PAGE)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
        shown = httpx.URL(answer.headers["location"])
        assert shown.params.get("next", "/") == path
        assert answer.headers["cache-control"] == "no-store"


async def test_strangers_get_nothing_of_gradio(stranger: httpx.AsyncClient) -> None:
    calls = [("GET", f"/gradio_api/{name}") for name in TRAPS]
    calls += [("POST", f"/gradio_api/{name}") for name in ("cancel", "reset", "queue/join", "run/greet", "api/greet")]
    calls += [("GET", "/gradio_api/queue/data?session_hash=abc"), ("GET", "/gradio_api/queue/status")]
    calls += [("GET", path) for path in ("/", "/config", "/openapi.json", "/gradio_api/openapi.json", "/theme.css")]
    calls += [("POST", "/login"), ("GET", "/logout"), ("GET", "/monitoring"), ("POST", "/gradio_api/upload")]
    for method, path in calls:
        answer = await stranger.request(method, path, json={"session_hash": "abc", "data": [], "event_id": "x"})
        assert answer.status_code == 401, path
        assert answer.json()["code"] == "unauthenticated"


async def test_a_bearer_token_is_for_the_api_only(app: FastAPI) -> None:
    script = await sign_up(app)
    assert (await script.get("/config")).status_code == 401


async def test_what_belongs_to_everybody_needs_no_session(stranger: httpx.AsyncClient) -> None:
    for path in ("/robots.txt", "/favicon.ico", "/favicon.svg", "/manifest.json", "/brand.css"):
        answer = await stranger.get(path)
        assert answer.status_code == 200
        assert "gradio" not in answer.text.lower()
    assert "Disallow: /\n" in (await stranger.get("/robots.txt")).text
    page = await stranger.get("/assets/000000000000/tokens.css")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
    assert (await stranger.get("/assets/000000000000/../app.py")).status_code == 404
    assert (await stranger.get("/assets/000000000000/nothing.js")).status_code == 404


async def test_a_user_sees_pages(app: FastAPI) -> None:
    user = await _user(app)
    for path in ("/", "/usage"):
        page = await user.get(path, headers=PAGE)
        assert page.status_code == 200
        assert "window.gradio_config" in page.text
        policy = page.headers["content-security-policy"]
        assert "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:" in policy
        assert {"form-action 'self'", "frame-src 'self'", "object-src 'none'"} <= set(policy.split("; "))
        assert "frame-ancestors 'none'" in policy
        assert page.headers["cache-control"] == "private, no-cache"
    missing = await user.get("/nothing", headers=PAGE)
    assert missing.status_code == 404
    assert "This page does not exist" in missing.text
    assert missing.headers["content-type"].startswith("text/html")


async def test_gradio_assets_are_still_found(app: FastAPI) -> None:
    user = await _user(app)
    page = (await user.get("/", headers=PAGE)).text
    script = page.split('src="./assets/')[1].split('"')[0]
    assert (await client(app).get(f"/assets/{script}")).status_code == 200


async def test_what_no_page_needs_is_not_there(app: FastAPI) -> None:
    user = await _user(app)
    for method, path in itertools.product(("GET", "POST"), NOT_NEEDED):
        answer = await user.request(method, f"/gradio_api/{path}", json={"data": ["x"], "session_hash": "a"})
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "not_found"


async def test_neither_are_gradios_own_doors(app: FastAPI) -> None:
    user = await _user(app)
    for path in ("/login", "/logout", "/monitoring", "/monitoring/summary", "/pwa_icon", "/openapi.json"):
        for method in ("GET", "POST"):
            answer = await user.request(method, path, json={"username": "a", "password": "b"})
            assert answer.status_code == 404
            assert answer.json()["code"] == "not_found"


async def _run(user: httpx.AsyncClient, session_hash: str, **more: Any) -> httpx.Response:
    return await user.post("/gradio_api/run/greet", json={"data": ["hello"], "session_hash": session_hash, **more})


async def test_a_handler_knows_who_calls(app: FastAPI) -> None:
    user = await _user(app)
    me = (await user.get("/page/v1/me")).json()["user"]["id"]
    answer = await _run(user, "mine")
    assert answer.json()["data"] == [f"hello {me}"]


async def test_a_stolen_session_hash_opens_nothing(app: FastAPI) -> None:
    alice, mallory = await _user(app), await _user(app)
    assert (await _run(alice, "alices")).status_code == 200
    body = {"session_hash": "alices", "fn_index": 0, "event_id": "x", "data": ["x"], "component_id": 1, "fn_name": "x"}
    for path in ("run/greet", "queue/join", "cancel", "reset", "component_server"):
        assert (await mallory.post(f"/gradio_api/{path}", json=body)).status_code == 404
    for path in ("queue/data?session_hash=alices", "heartbeat/alices", "queue/data?session_hash=m&session_hash=alices"):
        assert (await mallory.get(f"/gradio_api/{path}")).status_code == 404
    # and the other way to name it, for those who look twice
    answer = await mallory.post("/gradio_api/run/greet?session_hash=alices", json={"data": ["x"], "session_hash": "m"})
    assert answer.status_code == 404
    twice = b'{"session_hash": "m", "data": ["x"], "session_hash": "alices"}'
    headers = {"Content-Type": "application/json"}
    assert (await mallory.post("/gradio_api/run/greet", content=twice, headers=headers)).status_code == 404
    assert (await _run(alice, "alices")).status_code == 200
    assert (await _run(mallory, "mallorys")).status_code == 200


async def test_what_is_no_json_object_does_not_reach_gradio(app: FastAPI) -> None:
    user = await _user(app)
    bodies = [b"", b"[]", b"{", b"--x\r\nContent-Disposition: form-data", b"[" * 100_000, b"\xff"]
    for path, body in itertools.product(("component_server", "queue/join", "run/greet", "cancel"), bodies):
        answer = await user.post(
            f"/gradio_api/{path}", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
        )
        assert answer.status_code == 422
        assert answer.json()["code"] in ("body_not_json", "body_not_object")


async def test_no_origin_is_let_in_by_gradio(app: FastAPI) -> None:
    user = await _user(app)
    for origin in ("https://evil.example", "null", f"{ORIGIN}.evil.example"):
        answer = await user.post("/gradio_api/queue/join", json={}, headers={"Origin": origin})
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]
    ours = await user.get("/config", headers={"Origin": ORIGIN})
    assert ours.status_code == 200
    assert not [name for name in ours.headers if name.startswith("access-control-allow")]


async def test_sign_out_closes_pages_at_once(app: FastAPI) -> None:
    user = await _user(app)
    token = user.cookies[COOKIE]
    assert (await user.get("/", headers=PAGE)).status_code == 200
    await user.post("/sign-out")
    answer = await user.get("/", headers=PAGE | {"Cookie": f"{COOKIE}={token}"})
    assert answer.status_code == 303


async def test_unknown_addresses_of_the_api_are_ours_not_gradios(app: FastAPI) -> None:
    user = await _user(app)
    for path in ("/api/v1/nothing", "/api/nothing", "/page/v1/nothing", "/api/v1/a%0ab", "/preview/x/a%0ab"):
        answer = await user.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_websocket_is_refused(app: FastAPI) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/gradio_api/queue/join", "headers": [], "query_string": b"", "scheme": "ws"}
    await asyncio.wait_for(app({**scope, "asgi": {"version": "3.0"}, "client": ("x", 1)}, receive, send), 5)
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_without_gradio_there_is_nothing_to_guard(transport: Transport, identity: Identity) -> None:
    with pytest.raises(LookupError):
        create_app(make_services(transport, identity), OPTIONS, lambda app: None)


async def test_an_operators_colours_are_a_style_sheet_of_their_own(transport: Transport, identity: Identity) -> None:
    options = replace(OPTIONS, brand_css=Theme(primaryColor="#123456").css)
    async with client(create_app(make_services(transport, identity), options)) as anybody:
        sheet = await anybody.get("/brand.css")
        assert sheet.headers["content-type"].startswith("text/css")
        assert "--accent: #123456" in sheet.text
        assert 'href="/brand.css"' in (await anybody.get("/sign-in")).text
