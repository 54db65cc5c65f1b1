"""Where a request comes from and what it wants."""

from __future__ import annotations

import pytest
from starlette.types import Scope

from glacia_ui.web.scope import client_address, host, wants_page


def _scope(path: str = "/", method: str = "GET", client: str | None = None, **headers: str) -> Scope:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"path": path, "method": method, "headers": raw, "client": client and (client, 1), "scheme": "http"}


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("not an address", "unknown"),
        (None, "unknown"),
    ],
)
def test_client_address(client: str | None, address: str) -> None:
    assert client_address(_scope(client=client)) == address


@pytest.mark.parametrize("good", ["127.0.0.1:7860", "glacia.example", "[::1]:7860", "LOCALHOST"])
def test_a_host_is_a_host(good: str) -> None:
    assert host(_scope(host=good)) == good.lower()


@pytest.mark.parametrize("bad", ["", "a b", "x; script-src *", "x/", "x\n", "é", "[::1", "x:port", "user@x"])
def test_what_is_no_host_is_nothing(bad: str) -> None:
    assert host(_scope(host=bad)) == ""


@pytest.mark.parametrize(
    ("path", "method", "accept", "is_page"),
    [
        ("/build", "GET", "text/html,*/*", True),
        ("/build", "HEAD", "text/html", True),
        ("/build", "POST", "text/html", False),
        ("/build", "GET", "*/*", False),
        ("/api/v1/me", "GET", "text/html", False),
        ("/page/v1/me", "GET", "text/html", False),
        ("/health", "GET", "text/html", False),
        ("/apiary", "GET", "text/html", True),
    ],
)
def test_wants_page(path: str, method: str, accept: str, is_page: bool) -> None:
    assert wants_page(_scope(path, method, accept=accept)) is is_page
