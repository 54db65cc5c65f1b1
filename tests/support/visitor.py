"""Somebody with a browser: what people do on the pages, named as they would say it."""

from __future__ import annotations

import json
from typing import Any, Self

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

PATIENCE_MS = 30_000
"""For what a loaded machine may take long over; nothing waits that long when all is well."""


class Visitor:
    """A browser context with one page or more. `complaints` collects what must not happen on any of them."""

    def __init__(self, browser: Browser, url: str, size: tuple[int, int], **options: Any) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.context = browser.new_context(
            base_url=url, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **options
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        """Another tab of the same browser, signed in as this one."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("console", self._listen)
        page.on("request", self._watch)
        return page

    def as_guest(self) -> Self:
        """Signed in, without the detour over the sign-in page."""
        answer = self.context.request.post("/api/v1/auth/guest", headers={"Origin": self.url})
        assert answer.status == 201, answer.text()
        return self

    def leave(self) -> None:
        """Close everything."""
        self.context.close()

    # --- what the server says, for comparison with what the page shows

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """A call of the page's own API; the parsed answer."""
        answer = self.context.request.fetch(
            f"/page/v1{path}",
            method=method,
            headers={"Origin": self.url, "Content-Type": "application/json", "Accept": "application/json"},
            data=None if body is None else json.dumps(body),
        )
        assert answer.ok, (answer.status, answer.text())
        return answer.json() if answer.body() else None

    def new_project(self, name: str = "Corner Bakery", **more: object) -> str:
        """Its id."""
        return str(self.ask("POST", "/projects", {"name": name, **more})["id"])

    # --- the build page

    def open(self, project: str, page: Page | None = None) -> Page:
        """The build page of a project, ready for typing."""
        page = page or self.page
        page.goto(f"/build?project={project}")
        expect(composer(page)).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator(".gl-log-skeleton")).to_be_hidden(timeout=PATIENCE_MS)
        return page

    def send(self, text: str, page: Page | None = None) -> None:
        """Type it and press Enter; returns when it was accepted."""
        field = composer(page or self.page)
        field.fill(text)
        field.press("Enter")
        expect(field).to_have_value("", timeout=PATIENCE_MS)

    def build(self, text: str, version: int, page: Page | None = None) -> None:
        """Send it and wait for the version that it makes."""
        self.send(text, page)
        expect(version_card(page or self.page, version)).to_be_visible(timeout=PATIENCE_MS)

    def _listen(self, message: ConsoleMessage) -> None:
        # The browser itself reports an answer like 429 as an error; whether it was right is the test's business.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:", "about:")):
            self.complaints.append(f"asked for {request.url}")


def composer(page: Page) -> Locator:
    """The field for requests."""
    return page.get_by_role("textbox", name="Your request")


def version_card(page: Page, number: int) -> Locator:
    """The open change card of a version in the chat."""
    return page.locator(".gl-change", has=page.locator(".gl-chip", has_text=f"Version {number}"))


def preview(page: Page) -> Any:
    """The inside of the preview that is shown."""
    return page.frame_locator(".gl-panel:not([hidden]) .gl-view iframe >> nth=-1")


def tab(page: Page, name: str) -> Locator:
    """A tab of the workbench."""
    return page.get_by_role("tab", name=name)
