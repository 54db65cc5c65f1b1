"""What another website makes a browser send is refused, whatever it asks for."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from glacia_ui.web.origin import OriginMiddleware

HOST = "glacia.example:7860"
OURS = f"http://{HOST}"


async def _answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("in")


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = Starlette(
        routes=[Route("/{path:path}", _answer, methods=["GET", "POST", "DELETE", "OPTIONS"])],
        middleware=[Middleware(OriginMiddleware, public_origin="https://glacia.example.org/")],
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OURS)


ALLOWED = [
    ("GET", "/api/v1/me", {}),
    ("POST", "/api/v1/projects", {}),
    ("POST", "/api/v1/projects", {"Authorization": "Bearer x"}),
    ("POST", "/page/v1/projects", {"Origin": OURS, "Cookie": "glacia_x=1"}),
    ("POST", "/sign-in", {"Origin": "http://GLACIA.example:7860"}),
    ("POST", "/sign-in", {"Origin": "https://glacia.example.org"}),
    ("POST", "/sign-in", {"Origin": "https://glacia.example.org:443", "Sec-Fetch-Site": "same-origin"}),
    ("POST", "/sign-in", {"Referer": f"{OURS}/sign-in?next=/"}),
    ("GET", "/api/v1/me", {"Sec-Fetch-Site": "same-origin"}),
    ("GET", "/api/docs", {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}),
    ("GET", "/build", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
    ("GET", "/api/docs", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
    ("GET", "/auth/callback", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
    ("GET", "/preview/x/app.js", {"Origin": "null", "Sec-Fetch-Site": "cross-site"}),
]
REFUSED = [
    ("POST", "/api/v1/projects", {"Origin": "https://evil.example"}),
    ("GET", "/api/v1/me", {"Origin": "https://evil.example", "Authorization": "Bearer x"}),
    ("GET", "/api/v1/me", {"Origin": "null"}),
    ("GET", "/api/v1/me", {"Origin": ""}),
    ("POST", "/api/v1/projects", {"Origin": "http://glacia.example"}),
    ("POST", "/api/v1/projects", {"Origin": "http://glacia.example:7861"}),
    ("POST", "/api/v1/projects", {"Origin": "https://glacia.example:7860"}),
    ("POST", "/api/v1/projects", {"Origin": "http://glacia.example:7860.evil.example"}),
    ("POST", "/api/v1/projects", {"Origin": "http://glacia.example:not-a-port"}),
    ("POST", "/gradio_api/queue/join", {"Origin": "https://evil.example"}),
    ("OPTIONS", "/gradio_api/queue/join", {"Origin": "https://evil.example"}),
    ("POST", "/sign-out", {"Sec-Fetch-Site": "same-site"}),
    ("POST", "/sign-in", {"Referer": "https://evil.example/"}),
    ("GET", "/api/v1/me", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}),
    ("GET", "/api/v1/me", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
    ("GET", "/api/docs", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}),
    ("POST", "/auth/confirm", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
    ("GET", "/config", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
    ("POST", "/preview/x/", {"Origin": "null"}),
    ("POST", "/build", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
]


@pytest.mark.parametrize(("method", "path", "headers"), ALLOWED)
async def test_ours_and_scripts_pass(
    client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await client.request(method, path, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(("method", "path", "headers"), REFUSED)
async def test_others_do_not(client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]) -> None:
    answer = await client.request(method, path, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "wrong_origin"


async def test_two_origins_are_as_good_as_the_worse_one(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/projects", headers=[("Origin", OURS), ("Origin", "https://evil.example")])
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost:7860", 200),
        ("[::1]:7860", 200),
        ("glacia.localhost", 200),
        ("evil.example:7860", 403),
        ("127.0.0.1.evil.example", 403),
        ("192.168.1.5:7860", 403),
    ],
)
async def test_a_server_for_this_machine_answers_to_this_machines_names_only(name: str, status: int) -> None:
    app = Starlette(
        routes=[Route("/{path:path}", _answer)], middleware=[Middleware(OriginMiddleware, is_local_only=True)]
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as machine:
        answer = await machine.get("/", headers={"Host": name, "Origin": f"http://{name}"})
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "wrong_host"
