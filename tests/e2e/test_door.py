"""The ways in, in a real browser: forms, links out of a mail, another site's sign-in page, and the rules of the browser
for each (cookies on the way back, where a form may lead). The pages at the door have no script of their own to help.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from glacia_ui.db.transport import Transport
from glacia_ui.web.app import create_app
from tests.support.browser import QUIET, find_chromium
from tests.support.mailing_identity import MailingIdentity
from tests.support.visitor import PATIENCE_MS
from tests.support.web import OPTIONS, make_services, serving

pytestmark = pytest.mark.embedded_only  # its accounts are local; test_identity_supabase.py has GoTrue's

EMAIL, OLD, NEW = "front.desk@milllane.example", "correct horse", "battery staple"
INSIDE = "/api/docs"
"""A page of ours that needs a session; without Gradio there is no other."""


@pytest.fixture
def identity(transport: Transport) -> MailingIdentity:
    return MailingIdentity(transport)


@pytest.fixture
async def url(transport: Transport, identity: MailingIdentity) -> AsyncIterator[str]:
    app = create_app(make_services(transport, identity), OPTIONS)
    async with serving(app) as address, serving(other_site(address)) as site:
        # Another name makes it another site for the browser; it is this machine all the same.
        identity.site = site.replace("127.0.0.1", "localhost")
        yield address


def other_site(back: str) -> FastAPI:
    """Asks for consent by a form and redirects back, as sign-in pages do."""
    site = FastAPI()

    async def authorize(request: Request) -> Response:
        if request.method == "POST":
            return RedirectResponse(f"{back}/auth/callback?code={request.query_params['code']}", 302)
        return HTMLResponse('<form method="post"><button>Allow</button></form>')

    site.router.routes.append(Route("/authorize", authorize, methods=["GET", "POST"]))
    return site


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *sandbox])
        yield found
        await found.close()


async def somebody(browser: Browser, url: str, *, script: bool = True, width: int = 1440) -> Page:
    context = await browser.new_context(
        base_url=url, java_script_enabled=script, viewport={"width": width, "height": 900}
    )
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


async def open_mail(context: BrowserContext, url: str, identity: MailingIdentity) -> Page:
    """Click the newest link on a page of another site, as in a mail program in the browser."""
    page = await context.new_page()
    code = identity.mails[-1].code
    await page.goto(f"{identity.site}/authorize?code={code}")
    await page.get_by_role("button", name="Allow").click()
    return page


async def sign_in(page: Page, password: str) -> None:
    await page.goto(f"/sign-in?next={INSIDE}")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def is_inside(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Glacia API")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_every_way_in(browser: Browser, url: str, identity: MailingIdentity, script: bool) -> None:
    page = await somebody(browser, url, script=script)
    await page.goto(f"/sign-up?next={INSIDE}")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_label("Password").fill(OLD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    await expect(page.get_by_text(EMAIL)).to_be_visible()
    page = await open_mail(page.context, url, identity)
    await is_inside(page)

    other = await somebody(browser, url)
    await sign_in(other, OLD)
    await is_inside(other)

    await page.context.clear_cookies()
    await page.goto(f"/sign-in?next={INSIDE}")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("button", name="Send me a link instead").click()
    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page = await open_mail(page.context, url, identity)
    await is_inside(page)

    await page.context.clear_cookies()
    await page.goto(f"/sign-in?next={INSIDE}")
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("Email").fill(EMAIL)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page = await open_mail(page.context, url, identity)
    await page.get_by_label("New password").fill(NEW)
    await page.get_by_role("button", name="Set the new password").click()
    await page.get_by_role("link", name="Go on").click()
    await is_inside(page)
    await other.goto(INSIDE)
    await expect(other.get_by_role("heading", name="Sign in to Glacia")).to_be_visible()
    await sign_in(other, OLD)
    await expect(other.get_by_role("alert")).to_contain_text("do not belong together")
    await sign_in(other, NEW)
    await is_inside(other)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_another_site_vouches(browser: Browser, url: str, script: bool) -> None:
    """`form-action` must not stop the way there, nor the origin check the way back."""
    page = await somebody(browser, url, script=script)
    await page.goto(f"/sign-in?next={INSIDE}")
    await page.get_by_role("button", name="Continue with GitHub").click()
    await page.get_by_role("button", name="Allow").click()
    await is_inside(page)


async def test_a_link_that_is_opened_in_another_browser_explains_itself(
    browser: Browser, url: str, identity: MailingIdentity
) -> None:
    asking, other = await somebody(browser, url), await somebody(browser, url)
    await asking.goto("/forgot-password")
    await asking.get_by_label("Email").fill(EMAIL)
    await asking.keyboard.press("Enter")
    await expect(asking.get_by_role("heading", name="Check your mail")).to_be_visible()
    page = await open_mail(other.context, url, identity)
    await expect(page.get_by_role("heading", name="belongs to another browser")).to_be_visible()
    await page.get_by_role("link", name="Go to sign in").click()
    await expect(page.get_by_role("heading", name="Sign in to Glacia")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390, 320])
async def test_no_page_at_the_door_is_wider_than_the_window(
    browser: Browser, url: str, identity: MailingIdentity, width: int
) -> None:
    page = await somebody(browser, url, width=width)
    await page.goto("/forgot-password")
    await page.get_by_label("Email").fill(f"{'x' * 60}@{'y' * 60}.example")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    link = f"/auth/confirm?token_hash={identity.mails[-1].token_hash}&type=recovery"
    for address in ("/check-mail", "/auth/callback", "/auth/callback?error_code=otp_expired", link, "/sign-in"):
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth") == width, address
