"""Links by mail and other sites' sign-in: the browser that asked gets in, every other gets a page that helps."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from glacia_ui.db.transport import Transport
from glacia_ui.errors import RateLimitedError
from glacia_ui.web.app import create_app
from tests.support.mailing_identity import Mail, MailingIdentity
from tests.support.web import COOKIE, OPTIONS, client, make_services

pytestmark = pytest.mark.embedded_only  # its accounts are local; test_identity_supabase.py has GoTrue's

EMAIL = "anna@example.com"
OLD, NEW = "correct horse", "battery staple"
FLOW = f"{COOKIE}_flow"
FROM_MAIL = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def identity(transport: Transport) -> MailingIdentity:
    return MailingIdentity(transport)


@pytest.fixture
def app(transport: Transport, identity: MailingIdentity) -> FastAPI:
    return create_app(make_services(transport, identity), OPTIONS)


@pytest.fixture
def browser(app: FastAPI) -> httpx.AsyncClient:
    return a_browser(app)


def a_browser(app: FastAPI) -> httpx.AsyncClient:
    return client(app, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"})


async def follow(browser: httpx.AsyncClient, mail: Mail) -> httpx.Response:
    return await browser.get(f"/auth/callback?code={mail.code}", headers=FROM_MAIL)


async def who(browser: httpx.AsyncClient) -> str | None:
    answer = await browser.get("/page/v1/me", headers={"Accept": "application/json"})
    return str(answer.json()["user"]["email"]) if answer.status_code == 200 else None


async def have_account(browser: httpx.AsyncClient, identity: MailingIdentity) -> None:
    await browser.post("/sign-up", data={"email": EMAIL, "password": OLD})
    assert (await follow(browser, identity.mails[-1])).status_code == 303
    await browser.post("/sign-out")


async def test_a_new_account_is_confirmed_by_mail(browser: httpx.AsyncClient, identity: MailingIdentity) -> None:
    sent = await browser.post("/sign-up", data={"email": EMAIL, "password": OLD, "next": "/usage?view=ledger"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/check-mail")
    assert EMAIL in (await browser.get("/check-mail")).text
    early = await browser.post("/sign-in", data={"email": EMAIL, "password": OLD})
    assert early.status_code == 401
    assert "not confirmed yet" in early.text
    arrived = await follow(browser, identity.mails[-1])
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/usage?view=ledger")
    assert await who(browser) == EMAIL
    assert FLOW not in browser.cookies


async def test_the_answer_does_not_tell_whether_there_is_an_account(
    app: FastAPI, browser: httpx.AsyncClient, identity: MailingIdentity
) -> None:
    await have_account(browser, identity)
    for path in ("/sign-up", "/sign-in-link", "/forgot-password"):
        pages = []
        for email in (EMAIL, "nobody@example.com"):
            asking = a_browser(app)
            sent = await asking.post(path, data={"email": email, "password": OLD})
            assert (sent.status_code, sent.headers["location"]) == (303, "/check-mail")
            pages.append((await asking.get("/check-mail")).text.replace(email, "…"))
        assert pages[0] == pages[1]


async def test_a_link_signs_in_and_works_once(browser: httpx.AsyncClient, identity: MailingIdentity) -> None:
    await have_account(browser, identity)
    await browser.post("/sign-in-link", data={"email": EMAIL, "next": "//evil.example"})
    flow = browser.cookies[FLOW]
    assert (await follow(browser, identity.mails[-1])).headers["location"] == "/"
    assert await who(browser) == EMAIL
    browser.cookies.set(FLOW, flow)
    again = await follow(browser, identity.mails[-1])
    assert again.status_code == 410
    assert "has expired" in again.text


async def test_a_link_that_is_opened_elsewhere_signs_nobody_in_and_is_not_used_up(
    app: FastAPI, browser: httpx.AsyncClient, identity: MailingIdentity
) -> None:
    await browser.post("/sign-up", data={"email": EMAIL, "password": OLD})
    other = a_browser(app)
    page = await follow(other, identity.mails[-1])
    assert page.status_code == 403
    assert "Your address is confirmed now" in page.text
    assert await who(other) is None
    assert (await follow(browser, identity.mails[-1])).status_code == 303


async def test_a_foreign_link_does_not_sign_a_browser_in_that_waits_for_its_own(
    app: FastAPI, browser: httpx.AsyncClient, identity: MailingIdentity
) -> None:
    await a_browser(app).post("/sign-in-link", data={"email": "mallory@example.com"})
    foreign = identity.mails[-1]
    await browser.post("/sign-in-link", data={"email": EMAIL})
    assert (await follow(browser, foreign)).status_code == 410
    assert await who(browser) is None


@pytest.mark.parametrize("forged", ["", "x", "e30.e30", "é.é", "{}.{}"])
async def test_a_flow_that_we_did_not_write_counts_for_nothing(
    browser: httpx.AsyncClient, identity: MailingIdentity, forged: str
) -> None:
    await browser.post("/sign-in-link", data={"email": EMAIL})
    cookie = f"{FLOW}={forged}".encode()
    browser.cookies.clear()
    answer = await browser.get(f"/auth/callback?code={identity.mails[-1].code}", headers={"Cookie": cookie})
    assert answer.status_code == 403


async def test_an_expired_link_offers_a_new_one(browser: httpx.AsyncClient, identity: MailingIdentity) -> None:
    address = "/auth/callback?error=access_denied&error_code=otp_expired&error_description=<b>Pay+me</b>"
    strange = await browser.get(address, headers=FROM_MAIL)
    assert (strange.status_code, "Pay" in strange.text) == (410, False)
    assert 'action="/sign-in-link"' in strange.text
    await browser.post("/forgot-password", data={"email": EMAIL, "next": "/usage"})
    known = await browser.get(address, headers=FROM_MAIL)
    assert f'value="{EMAIL}"' in known.text
    assert 'action="/forgot-password"' in known.text
    assert 'name="next" value="/usage"' in known.text


async def test_send_again_says_when_the_limit_allows_it(browser: httpx.AsyncClient, identity: MailingIdentity) -> None:
    await browser.post("/sign-in-link", data={"email": EMAIL})
    identity.refusal = RateLimitedError(params={"limit": 1, "window_seconds": 60, "policy": "x"}, retry_after=41)
    refused = await browser.post("/check-mail")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "41")
    assert "0:41" in refused.text.split('role="alert"')[1]
    identity.refusal = None
    assert 'role="status"' in (await browser.post("/check-mail")).text
    assert (await follow(browser, identity.mails[0])).status_code == 410
    assert (await follow(browser, identity.mails[-1])).status_code == 303


async def test_a_forgotten_password_is_replaced_and_other_browsers_end(
    app: FastAPI, browser: httpx.AsyncClient, identity: MailingIdentity
) -> None:
    await have_account(browser, identity)
    other = a_browser(app)
    await other.post("/sign-in", data={"email": EMAIL, "password": OLD})
    assert await who(other) == EMAIL
    await browser.post("/forgot-password", data={"email": EMAIL, "next": "/usage"})
    assert (await follow(browser, identity.mails[-1])).headers["location"] == "/new-password"
    form = await browser.get("/new-password")
    assert 'name="current"' not in form.text
    assert 'name="next" value="/usage"' in form.text
    assert "too short" in (await browser.post("/new-password", data={"password": "short"})).text
    done = await browser.post("/new-password", data={"password": NEW, "next": "/usage"})
    assert (done.status_code, 'href="/usage"' in done.text) == (200, True)
    assert await who(browser) == EMAIL
    assert await who(other) is None
    assert 'name="current"' in (await browser.get("/new-password")).text
    assert (await browser.post("/new-password", data={"password": OLD})).status_code == 422
    for password, status in ((OLD, 401), (NEW, 303)):
        answer = await a_browser(app).post("/sign-in", data={"email": EMAIL, "password": password})
        assert answer.status_code == status


async def test_a_proof_is_worth_nothing_in_another_session(
    app: FastAPI, browser: httpx.AsyncClient, identity: MailingIdentity
) -> None:
    await have_account(browser, identity)
    await browser.post("/forgot-password", data={"email": EMAIL})
    await follow(browser, identity.mails[-1])
    other = a_browser(app)
    await other.post("/sign-in", data={"email": EMAIL, "password": OLD})
    other.cookies.set(FLOW, browser.cookies[FLOW])
    assert (await other.post("/new-password", data={"password": NEW})).status_code == 422


async def test_a_link_for_any_browser_waits_for_a_click(
    app: FastAPI, browser: httpx.AsyncClient, identity: MailingIdentity
) -> None:
    await browser.post("/sign-up", data={"email": EMAIL, "password": OLD})
    link = {"token_hash": identity.mails[-1].token_hash, "type": "signup"}
    other = a_browser(app)
    await other.post("/guest")
    for _ in range(2):
        shown = await other.get("/auth/confirm", params=link, headers=FROM_MAIL)
        assert (shown.status_code, "You are here as a guest" in shown.text) == (200, True)
    done = await other.post("/auth/confirm", data=link | {"next": "/usage"})
    assert f"{EMAIL}</b>" in done.text
    assert 'href="/usage"' in done.text
    assert await who(other) == EMAIL
    assert (await other.post("/auth/confirm", data=link)).status_code == 410


async def test_a_link_for_any_browser_leads_on_at_once_where_it_was_asked_for(
    browser: httpx.AsyncClient, identity: MailingIdentity
) -> None:
    await browser.post("/sign-up", data={"email": EMAIL, "password": OLD, "next": "/usage"})
    done = await browser.post("/auth/confirm", data={"token_hash": identity.mails[-1].token_hash, "type": "email"})
    assert (done.status_code, done.headers["location"]) == (303, "/usage")
    await browser.post("/forgot-password", data={"email": EMAIL})
    recovered = await browser.post(
        "/auth/confirm", data={"token_hash": identity.mails[-1].token_hash, "type": "recovery"}
    )
    assert recovered.headers["location"] == "/new-password"


@pytest.mark.parametrize("link", [{}, {"token_hash": "a"}, {"token_hash": "a", "type": "oauth"}, {"type": "signup"}])
async def test_what_is_not_such_a_link_is_not_found(browser: httpx.AsyncClient, link: dict[str, str]) -> None:
    assert (await browser.get("/auth/confirm", params=link)).status_code == 404
    assert (await browser.post("/auth/confirm", data=link)).status_code == 404


async def test_another_site_vouches_for_somebody(browser: httpx.AsyncClient, identity: MailingIdentity) -> None:
    await browser.post("/guest")
    guest = browser.cookies[COOKIE]
    page = await browser.post("/auth/start/github", data={"next": "/usage"})
    assert page.status_code == 200
    url = page.text.split('http-equiv="refresh" content="0;url=')[1].split('"')[0].replace("&amp;", "&")
    assert url.startswith("https://provider.example/authorize?provider=github&code=")
    back = await browser.get(f"/auth/callback?code={httpx.URL(url).params['code']}", headers=FROM_MAIL)
    assert (back.status_code, back.headers["location"]) == (303, "/usage")
    assert await who(browser) == "github@example.com"
    browser.cookies.clear()
    assert await who(client(browser._transport.app, headers={"Cookie": f"{COOKIE}={guest}"})) is None  # type: ignore[attr-defined]


async def test_a_refusal_at_the_other_site_is_told_at_the_door(browser: httpx.AsyncClient) -> None:
    await browser.post("/auth/start/google", data={"next": "/usage"})
    refused = await browser.get("/auth/callback?error=access_denied&error_description=no", headers=FROM_MAIL)
    assert refused.status_code == 401
    assert "consent" in refused.text.split('role="alert"')[1]
    assert 'name="next" value="/usage"' in refused.text
    failed = await browser.get("/auth/callback?error=server_error", headers=FROM_MAIL)
    assert "did not work" in failed.text


async def test_nothing_is_started_by_another_site_or_for_an_unknown_one(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/auth/start/evil")).status_code == 404
    for path in (
        "/auth/start/github",
        "/sign-in-link",
        "/forgot-password",
        "/check-mail",
        "/new-password",
        "/auth/confirm",
    ):
        answer = await browser.post(path, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
        assert answer.status_code == 403


async def test_a_callback_without_anything_says_that_it_is_not_complete(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/auth/callback", headers=FROM_MAIL)
    assert (page.status_code, "not complete" in page.text) == (400, True)
    assert (await browser.get("/check-mail")).headers["location"] == "/sign-in"


async def test_the_flow_cookie_is_kept_from_scripts_and_other_sites(browser: httpx.AsyncClient) -> None:
    sent = await browser.post("/sign-in-link", data={"email": EMAIL})
    parts = {part.strip().lower() for part in sent.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/", "max-age=3600"} <= parts
