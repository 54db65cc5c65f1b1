"""What goes wrong in a preview is seen, kept and offered for fixing; what a page says about itself is only text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.e2e.conftest import Enter
from tests.support.app_process import AppProcess
from tests.support.broken_pages import BROKEN, FINE, OK, Broken, Found, page_with
from tests.support.by_hand import Pen, pen
from tests.support.visitor import PATIENCE_MS, Visitor, preview, tab

SPEED = 20.0
FORGED = "{ glacia: 'preview', error: { kind: 'error', message: 'no', file: null, line: 1, column: 1 } }"


class Bakery:
    """Somebody on the build page of a project in which versions appear that nobody asked for."""

    def __init__(self, visitor: Visitor, pen: Pen) -> None:
        self.visitor, self.page, self._pen = visitor, visitor.page, pen
        self.project = visitor.new_project()
        self.reports: list[str] = []
        self.page.on("request", self._count)

    def _count(self, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/health"):
            self.reports.append(request.url)

    def write(self, files: Mapping[str, str]) -> int:
        return self._pen.write(self.project, files)

    def open(self) -> None:
        self.visitor.open(self.project)

    def look_again(self) -> None:
        """As when one comes back to the tab."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def health(self, number: int) -> Any:
        return self.visitor.ask("GET", f"/projects/{self.project}/snapshots/{number}/health")

    def wait_for(self, number: int, state: str) -> Any:
        """The health once it is that."""
        for _ in range(PATIENCE_MS // 100):
            if (health := self.health(number))["state"] == state:
                return health
            self.page.wait_for_timeout(100)
        raise AssertionError(f"version {number} is not {state}: {self.health(number)}")


@pytest.fixture(scope="module")
def hand(glacia: AppProcess) -> Iterator[Pen]:
    with pen(glacia.data_dir) as found:
        yield found


@pytest.fixture
def bakery(visitor: Visitor, hand: Pen) -> Iterator[Bakery]:
    yield Bakery(visitor, hand)
    # The pages are broken on purpose; the page around them is not: its scripts have addresses below /assets/.
    visitor.complaints[:] = [complaint for complaint in visitor.complaints if "/assets/" in complaint]


def bar(page: Page) -> Locator:
    """The bar above the preview."""
    return page.locator(".gl-panel:not([hidden]) .gl-health")


def test_what_goes_wrong_is_kept_with_the_version(bakery: Bakery) -> None:
    """One version after the other, each with one thing wrong."""
    bakery.write(OK)
    bakery.open()
    seen = {case: _look_at(bakery, broken) for case, broken in BROKEN.items()}
    assert seen == {case: (list(broken.found), True, 0) for case, broken in BROKEN.items()}


def _look_at(bakery: Bakery, broken: Broken) -> tuple[list[Found], bool, int]:
    """What was found, whether the bar says so, and how much markup is in it."""
    number = bakery.write(broken.files)
    bakery.look_again()
    if broken.clicked is not None:
        expect(bakery.page.locator(f".gl-view iframe[data-snapshot='{number}']")).to_have_count(1)
        preview(bakery.page).locator(broken.clicked).click()
    found = [
        (each["kind"], each["message"], each["file"], each["line"])
        for each in bakery.wait_for(number, "broken")["errors"]
    ]
    _, message, file, _ = broken.found[0]
    said = message or file or "something went wrong"
    expect(bar(bakery.page)).to_contain_text(said, timeout=PATIENCE_MS)
    return found, "This version has an error:" in bar(bakery.page).inner_text(), bar(bakery.page).locator("img").count()


def test_pages_that_work_are_said_to_work(bakery: Bakery) -> None:
    for count, (case, files) in enumerate(FINE.items(), 1):
        number = bakery.write(files)
        if count == 1:
            bakery.open()
        bakery.look_again()
        assert (case, bakery.wait_for(number, "ok")["errors"]) == (case, [])
        expect(bar(bakery.page)).to_be_hidden()
        assert len(bakery.reports) == count


def test_only_the_frame_that_was_placed_is_listened_to(bakery: Bakery) -> None:
    number = bakery.write(OK)
    bakery.open()
    bakery.page.evaluate(
        """() => new Promise((done) => {
          window.postMessage(FORGED);
          const frame = document.createElement('iframe');
          frame.sandbox = 'allow-scripts';
          frame.srcdoc = `<script>parent.postMessage(FORGED, '*'); parent.postMessage('done', '*');</` + 'script>';
          addEventListener('message', (event) => { if (event.data === 'done') done(); });
          document.body.append(frame);
        })""".replace("FORGED", FORGED)
    )
    assert bakery.wait_for(number, "ok")["errors"] == []


def test_ten_thousand_forged_errors_are_twenty_in_one_version(bakery: Bakery) -> None:
    named = FORGED.replace("message: 'no'", "message")
    forging = (
        "<script>for (let n = 0; n < 10000; n += 1) {\n"
        "const message = `<b>${String.fromCharCode(97 + n % 26, 97 + (n / 26 | 0) % 26)}</b>` + 'x'.repeat(480);\n"
        f"parent.postMessage({named}, '*');\n"
        "}</script>"
    )
    one = bakery.write(OK)
    bakery.open()
    bakery.wait_for(one, "ok")
    two = bakery.write(page_with(forging))
    bakery.look_again()
    assert len(bakery.wait_for(two, "broken")["errors"]) == 20
    bakery.page.wait_for_timeout(1500)
    assert len(bakery.reports) <= 1 + 20
    assert bakery.health(one)["errors"] == []
    assert bar(bakery.page).locator(".what b").count() == 0
    expect(bar(bakery.page)).to_contain_text("and 19 more")


def test_the_same_error_twice_leads_back_to_a_version_that_works(bakery: Bakery) -> None:
    page = bakery.page
    bakery.write(OK)
    bakery.open()
    bakery.wait_for(1, "ok")
    bakery.write(page_with("<h1>Broken</h1><script src=script.js></script>", script_js="missing();"))
    bakery.look_again()
    expect(bar(page)).to_contain_text("missing is not defined (script.js, line 1)", timeout=PATIENCE_MS)
    expect(bar(page)).to_contain_text(re.compile(r"Counts as 1 of your \d+ left"))
    before = bakery.visitor.ask("GET", "/me")["quota"]["remaining"]
    bar(page).get_by_role("button", name="Fix this").click()
    expect(page.locator(".gl-user")).to_contain_text("script.js, line 1", timeout=PATIENCE_MS)

    expect(bar(page)).to_contain_text("Same error twice.", timeout=PATIENCE_MS)
    assert bakery.visitor.ask("GET", "/me")["quota"]["remaining"] == before - 1
    expect(bar(page).get_by_role("button", name="Fix this")).to_be_disabled()
    refused = page.evaluate(
        "([id, snapshot]) => fetch(`/page/v1/projects/${id}/fix`, { method: 'POST', body: JSON.stringify({ snapshot }),"
        " headers: { 'Content-Type': 'application/json' } }).then(async (r) => [r.status, await r.json()])",
        [bakery.project, 2],
    )
    assert (refused[0], refused[1]["code"], refused[1]["last_working"]) == (409, "fix_loop", 1)
    expect(page.get_by_role("textbox", name="Your request")).to_be_enabled()

    bar(page).get_by_role("button", name="Back to version 1").click()
    expect(preview(page).locator("h1")).to_have_text("Corner Bakery", timeout=PATIENCE_MS)
    expect(bar(page)).to_be_hidden()
    bakery.wait_for(3, "ok")
    _see_it_in_history(page)


def test_a_fix_that_helps_is_seen_to_help(bakery: Bakery) -> None:
    page = bakery.page
    bakery.write(page_with("<h1>Bakery</h1><img src=cake.png alt=cake>", "<title>Bakery</title>"))
    bakery.open()
    expect(bar(page)).to_contain_text("cake.png is missing", timeout=PATIENCE_MS)
    bar(page).get_by_role("button", name="Fix this").click()
    expect(page.locator(".gl-change")).to_contain_text("Drawing cake.svg", timeout=PATIENCE_MS)
    assert bakery.wait_for(2, "ok")["errors"] == []
    expect(bar(page)).to_be_hidden()
    assert preview(page).locator("img").evaluate("image => image.naturalWidth") > 0
    expect(page.locator(".gl-change .gl-chip.ok")).to_have_text("No errors seen")
    expect(page.locator(".gl-old .gl-dot.bad")).to_have_count(1)
    expect(page.get_by_role("img", name="No errors seen")).to_be_visible()
    page.goto("/")
    expect(page.locator(".gl-proj", has_text="Corner Bakery").get_by_title("No errors seen")).to_be_visible()


def _see_it_in_history(page: Page) -> None:
    """Dot, triangle, dot; the words beside the version that is chosen."""
    tab(page, "History").click()
    marks = page.locator(".gl-stop .gl-dot")
    expect(marks).to_have_count(3)
    assert [mark.get_attribute("class") for mark in marks.all()] == ["gl-dot", "gl-dot bad", "gl-dot"]
    slider = page.get_by_role("slider", name="Version")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("No errors seen$"))
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("1 error seen$"))
    expect(page.locator(".gl-version")).to_contain_text("1 error seen")
    expect(page.locator(".gl-errors")).to_contain_text("missing is not defined")
    expect(bar(page).get_by_role("button")).to_have_count(0)


def test_a_limit_keeps_the_request_that_names_the_errors(enter: Enter, hand: Pen) -> None:
    bakery = Bakery(enter(size=(390, 844)).as_guest(), hand)
    page = bakery.page
    for _ in range(5):
        bakery.visitor.ask("POST", f"/projects/{bakery.project}/generations", {"prompt": "what can you do?"})
    for _ in range(PATIENCE_MS // 100):
        if bakery.visitor.ask("GET", f"/projects/{bakery.project}")["active_generation_id"] is None:
            break
        page.wait_for_timeout(100)
    bakery.write(page_with("<img src=cake.png>"))
    bakery.open()
    page.locator(".gl-bottom button[data-tab=preview]").click()
    expect(bar(page)).to_contain_text("cake.png is missing", timeout=PATIENCE_MS)
    bar(page).get_by_role("button", name="Fix this").click()
    expect(page.get_by_role("textbox", name="Your request")).to_have_value(re.compile("cake.png"), timeout=PATIENCE_MS)
    expect(page.locator(".gl-refusal")).to_contain_text("Next free slot")
