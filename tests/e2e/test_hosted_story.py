"""A team's Glacia on a hosted project: come in by mail and by GitHub, build a page, choose a new password, leave
everywhere. The real app speaks to the double of Supabase over HTTP.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.doubles.supabase.app import Project
from tests.doubles.supabase.server import Server
from tests.e2e.conftest import DESKTOP
from tests.support.app_process import AppProcess
from tests.support.databases import Cluster
from tests.support.visitor import PATIENCE_MS, Visitor, version_card

EMAIL, OLD, NEW = "front.desk@milllane.example", "correct horse", "battery staple"
SIGN_OUT_SECONDS = 5
"""What was promised, elsewhere; the page itself may ask a moment later."""


@pytest.fixture(scope="module")
def project(cluster: Cluster) -> Iterator[Server]:
    database = cluster.create()
    double = Project(database.conninfo("authenticator"), database.conninfo("supabase_admin"))
    with Server(double) as server:
        yield server
    cluster.drop(database)


@pytest.fixture(scope="module")
def hosted(project: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    keys, port = project.project.keys, free_port()
    env = {
        "GLACIA_PORT": str(port),
        "GLACIA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SUPABASE_URL": project.url,
        "SUPABASE_ANON_KEY": keys.publishable,
        "SUPABASE_SERVICE_ROLE_KEY": keys.secret,
        "GLACIA_SECRET_KEY": "a secret for this test alone, long enough",
    }
    with AppProcess(tmp_path_factory.mktemp("hosted") / "data", env=env) as app:
        yield app


@pytest.fixture
def visitor(browser: Browser, hosted: AppProcess) -> Iterator[Visitor]:
    found = Visitor(browser, hosted.url, DESKTOP)
    yield found
    found.leave()


def test_from_the_first_mail_to_leaving_everywhere(visitor: Visitor, browser: Browser, project: Server) -> None:
    page = visitor.page
    page.goto("/sign-in?next=/account")
    assert page.get_by_role("button", name="Try it as a guest").count() == 0
    page.get_by_role("link", name="Create an account").click()
    fill(page, Email=EMAIL, Password=OLD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible(timeout=PATIENCE_MS)
    open_mail(page, project)
    page.wait_for_url("**/account", timeout=PATIENCE_MS)
    expect(page.get_by_role("region", name="You")).to_contain_text(EMAIL)

    built = visitor.new_project("Corner Bakery")
    visitor.open(built)
    visitor.build("A landing page for a bakery", 1)
    expect(version_card(page, 1)).to_be_visible()
    expect(page.locator("iframe").last).to_be_visible(timeout=PATIENCE_MS)

    sign_out(page)
    by_link(visitor, project)
    sign_out(page)

    page.get_by_role("link", name=re.compile("Forgot")).click()
    fill(page, Email=EMAIL)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible(timeout=PATIENCE_MS)
    open_mail(page, project)
    page.wait_for_url("**/new-password*", timeout=PATIENCE_MS)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name=re.compile("password", re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", name=re.compile("password", re.IGNORECASE))).to_be_visible(timeout=PATIENCE_MS)

    elsewhere = Visitor(browser, visitor.url, DESKTOP)
    elsewhere.page.goto("/sign-in?next=/account")
    fill(elsewhere.page, Email=EMAIL, Password=OLD)
    elsewhere.page.keyboard.press("Enter")
    expect(elsewhere.page.get_by_role("alert")).to_contain_text("do not belong together", timeout=PATIENCE_MS)
    fill(elsewhere.page, Password=NEW)
    elsewhere.page.keyboard.press("Enter")
    elsewhere.page.wait_for_url("**/account", timeout=PATIENCE_MS)
    assert elsewhere.ask("GET", "/me")["user"]["email"] == EMAIL

    page.goto("/account")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Sign out")).last.click()
    page.wait_for_url("**/sign-in*", timeout=PATIENCE_MS)
    deadline = time.monotonic() + SIGN_OUT_SECONDS
    while (status := elsewhere.context.request.get("/page/v1/me").status) == 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert status == 401
    asked_outside = [
        each for each in visitor.complaints if not each.startswith(f"asked for {project.url}/auth/v1/verify")
    ]
    assert asked_outside == elsewhere.complaints == []
    elsewhere.leave()


def test_github_and_back(visitor: Visitor, project: Server) -> None:
    page = visitor.page
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name=re.compile("GitHub")).click()
    page.wait_for_url("**/account", timeout=PATIENCE_MS)
    expect(page.get_by_role("region", name="You")).to_contain_text(project.project.options.oauth_email)

    sign_out(page)
    project.project.options.oauth_denies = True
    page.get_by_role("button", name=re.compile("GitHub")).click()
    expect(page.get_by_role("alert")).to_contain_text("not signed in", timeout=PATIENCE_MS)
    project.project.options.oauth_denies = False


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)


def sign_out(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name=re.compile("^Account: .")).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*", timeout=PATIENCE_MS)


def by_link(visitor: Visitor, project: Server) -> None:
    """In by a link that is mailed."""
    page = visitor.page
    page.goto("/sign-in?next=/usage")
    fill(page, Email=EMAIL)
    page.get_by_role("button", name="Send me a link instead").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible(timeout=PATIENCE_MS)
    open_mail(page, project)
    page.wait_for_url("**/usage", timeout=PATIENCE_MS)


def open_mail(page: Page, project: Server) -> None:
    """Click the link in the newest mail."""
    page.goto(project.project.outbox[-1].url)


def free_port() -> int:
    """Links in mails name the port, so it must be known before the app starts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
