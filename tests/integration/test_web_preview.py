"""Previews: whoever has the address sees the page, and the page sees nothing of ours."""

from __future__ import annotations

from string import ascii_letters, digits
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.core.events import Event
from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from tests.support.web import OPTIONS, ORIGIN, Writer, client, make_services, sign_up

FILES = {
    "index.html": "<!doctype html><html><head><title>x</title></head><body>start</body></html>",
    "docs/index.html": "<p>docs</p>",
    "app.js": "export const x = 1;",
    "style.css": "body{}",
    "data.json": "{}",
    "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "LICENSE": "free",
    "été & 1.html": "<p>été</p>",
}


@pytest.fixture
def app(transport: Transport, identity: Identity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


@pytest.fixture
async def link(app: FastAPI, transport: Transport) -> str:
    me = await sign_up(app)
    project_id = (await me.post("/api/v1/projects", json={"name": "x"})).json()["id"]
    await me.post(f"/api/v1/projects/{project_id}/generations", json={"prompt": "a page"})
    writer = Writer(transport)
    claimed = await writer.claim(UUID(project_id))
    await writer.finish(claimed, FILES, [Event(seq=1, type="done", data={"outcome": "committed", "card": None})])
    found: str = (await me.get(f"/api/v1/projects/{project_id}/preview?snapshot=1")).json()["url"]
    return found


@pytest.fixture
def visitor(app: FastAPI) -> httpx.AsyncClient:
    """Somebody without a session: the frame has none either."""
    return client(app)


def assert_isolated(answer: httpx.Response, link: str) -> None:
    policy = {part.split()[0]: part.split()[1:] for part in answer.headers["content-security-policy"].split("; ")}
    base = f"{ORIGIN}{link}"
    assert policy["sandbox"] == ["allow-scripts", "allow-forms", "allow-modals"]
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == policy["frame-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert policy["script-src"] == [base, "'unsafe-inline'", "'unsafe-eval'", "blob:"]
    for directive in ("style-src", "img-src", "font-src", "media-src", "connect-src"):
        assert policy[directive][0] == base
    # 'self' would be the whole app, and any address of it could be called.
    assert not any(
        "'self'" in sources or ORIGIN in sources for name, sources in policy.items() if name.endswith("-src")
    )
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "cross-origin-resource-policy" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("index.html", "text/html"),
        ("app.js", "text/javascript"),
        ("style.css", "text/css"),
        ("data.json", "application/json"),
        ("logo.svg", "image/svg+xml"),
        ("LICENSE", "text/plain"),
        ("%C3%A9t%C3%A9%20%26%201.html", "text/html"),
    ],
)
async def test_files_and_their_types(visitor: httpx.AsyncClient, link: str, path: str, media_type: str) -> None:
    answer = await visitor.get(link + path, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert_isolated(answer, link)
    assert ("localStorage" in answer.text) is (media_type == "text/html")


async def test_the_start_page_and_folders(visitor: httpx.AsyncClient, link: str) -> None:
    start = await visitor.get(link)
    assert "<body>start" in start.text
    assert start.text.index("<script>") < start.text.index("<title>")
    assert start.text.startswith("<!doctype html><html><head><script>")
    assert (await visitor.get(f"{link}docs/")).text.endswith("<p>docs</p>")
    for address in (link.rstrip("/"), f"{link}docs"):
        moved = await visitor.get(address)
        assert (moved.status_code, moved.headers["location"]) == (307, f"{address}/")
        assert_isolated(moved, link)


@pytest.mark.parametrize("path", ["nope.html", "docs/nope/", "../index.html", "%2e%2e/x", "<script>", "a%00b"])
async def test_a_missing_file_is_explained_inside_the_preview(visitor: httpx.AsyncClient, link: str, path: str) -> None:
    answer = await visitor.get(link + path.replace("../", "%2e%2e/"))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "not in your project yet" in answer.text
    assert answer.text.count("<script") == answer.text.count("<script data-missing>") == 1  # ours
    assert_isolated(answer, link)


async def test_a_forged_address_shows_nothing(visitor: httpx.AsyncClient, link: str) -> None:
    capability = link.split("/")[2]
    forged = ["x", "%20", "é", "A" * len(capability)]
    forged += [capability[:-1] + other for other in ascii_letters + digits + "-_" if other != capability[-1]]
    forged += ["x; script-src *", "x%0d%0aX-Evil: 1", "-" * 5000]
    for number in range(0, len(capability), 7):
        other = "A" if capability[number] != "A" else "B"
        forged.append(capability[:number] + other + capability[number + 1 :])
    for guess in forged:
        for path in ("", "index.html"):
            answer = await visitor.get(f"/preview/{guess}/{path}")
            assert answer.status_code == 404, guess
            assert "start" not in answer.text.split("<h1>")[1].split("</p>")[0]
            assert "script-src *" not in answer.headers["content-security-policy"]
            assert "x-evil" not in answer.headers


async def test_a_host_that_is_none_makes_no_policy(visitor: httpx.AsyncClient, link: str) -> None:
    for host in ("x; script-src *", "evil.example/", ""):
        answer = await visitor.get(link, headers={"Host": host})
        assert answer.status_code == 422
        assert "script-src *" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_a_preview_can_only_be_read(visitor: httpx.AsyncClient, link: str, method: str) -> None:
    answer = await visitor.request(method, link, headers={"Origin": "null"})
    assert answer.status_code == 403
    assert (await visitor.request(method, link)).status_code == 405


async def test_head_is_get_without_the_body(visitor: httpx.AsyncClient, link: str) -> None:
    answer = await visitor.head(f"{link}app.js")
    assert answer.status_code == 200
    assert_isolated(answer, link)


async def test_the_app_does_not_let_a_preview_call_it(visitor: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/api/v1/me"),
        ("POST", "/api/v1/auth/guest"),
        ("POST", "/guest"),
        ("GET", "/sign-in"),
    ):
        answer = await visitor.request(method, path, headers={"Origin": "null"})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
