"""The main job as a new user: describe a page, watch it grow, change it, see what changed, go back, see the cost."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter
from tests.support.visitor import PATIENCE_MS, Visitor, composer, preview, tab, version_card

SPEED = 4.0
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|rgb|hsl|color-scheme", re.IGNORECASE)


def test_from_the_first_sentence_to_the_bill(enter: Enter) -> None:
    visitor = enter()
    project = _come_in_and_ask(visitor)
    _watch_it_being_written(visitor)
    _see_it_running(visitor)
    _make_it_green(visitor, project)
    _go_back(visitor, project)
    _look_at_the_bill(visitor)


def _come_in_and_ask(visitor: Visitor) -> str:
    page = visitor.page
    page.goto("/")
    page.get_by_role("button", name=re.compile("guest", re.IGNORECASE)).click()
    prompt = page.locator(".gl-home-composer textarea")
    prompt.fill("a landing page for a bakery")
    prompt.press("Enter")
    page.wait_for_url("**/build?project=*", timeout=PATIENCE_MS)
    expect(page.locator(".gl-user")).to_have_text("a landing page for a bakery", timeout=PATIENCE_MS)
    return page.url.split("project=")[1]


def _watch_it_being_written(visitor: Visitor) -> None:
    """The text streams, and the files are there to be read before they are finished."""
    page = visitor.page
    tab(page, "Files").click()
    expect(page.locator(".gl-progress")).to_contain_text(re.compile(r"Writing \S+ · \d+ lines?"), timeout=PATIENCE_MS)
    growing = page.locator(".gl-growing")
    expect(growing).not_to_be_empty(timeout=PATIENCE_MS)
    before = growing.inner_text()
    expect(page.locator(".gl-live .gl-prose:visible").first).not_to_be_empty()
    page.wait_for_function(
        "before => document.querySelector('.gl-growing')?.textContent.length > before", arg=len(before)
    )
    expect(page.locator(".gl-filepane .gl-tree")).to_contain_text("index.html")
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".gl-change .gl-chip", has_text="Demo model")).to_be_visible()


def _see_it_running(visitor: Visitor) -> None:
    page = visitor.page
    tab(page, "Preview").click()
    expect(preview(page).locator("h1")).not_to_be_empty()
    expect(page.locator(".gl-view iframe")).to_have_attribute("sandbox", "allow-scripts allow-forms allow-modals")


def _make_it_green(visitor: Visitor, project: str) -> None:
    """The page shows exactly the change that the server computed, and that is one of colours."""
    page = visitor.page
    before = preview(page).locator("body").inner_text()
    visitor.build("make it dark green", 2)
    tab(page, "Changes").click()
    expected = visitor.ask("GET", f"/projects/{project}/diff?from=1&to=2")
    expect(page.locator(".gl-file")).to_have_count(len(expected))
    for file in expected:
        block = page.locator(f'.gl-file[data-path="{file["path"]}"]')
        assert _texts(block.locator("tr.a td.c")) == [line["text"] for line in _lines(file, "+")]
        assert _texts(block.locator("tr.d td.c")) == [line["text"] for line in _lines(file, "-")]
        assert all(
            re.search(r"#[0-9a-f]{3,8}\b|rgb|hsl|color-scheme", line["text"], re.I) for line in _lines(file, "+")
        )
    expect(page.locator(".gl-lines ins").first).to_be_visible()
    tab(page, "Preview").click()
    assert preview(page).locator("body").inner_text() == before


def _go_back(visitor: Visitor, project: str) -> None:
    page = visitor.page
    tab(page, "History").click()
    page.get_by_role("slider", name="Version").press("Home")
    expect(page.get_by_text("Restoring makes version 3. Version 2 stays here, and you can undo it.")).to_be_visible()
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.get_by_role("slider", name="Version")).to_have_attribute("aria-valuenow", "3")
    assert visitor.ask("GET", f"/projects/{project}/diff?from=1&to=3") == []
    page.get_by_role("button", name="Show the chat").click()
    expect(version_card(page, 3)).to_be_visible()
    expect(composer(page)).to_be_editable()


def _look_at_the_bill(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("link", name="Usage", exact=True).click()
    page.wait_for_url("**/usage*")
    events = visitor.ask("GET", "/usage?group_by=day&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")
    assert sum(row["generations"] for row in events) == 2
    tile = page.locator(".gl-tile", has_text="Generations")
    expect(tile.locator(".v")).to_have_text("2", timeout=PATIENCE_MS)


def _lines(file: dict[str, list[dict[str, list[dict[str, str]]]]], kind: str) -> list[dict[str, str]]:
    return [line for hunk in file["hunks"] for line in hunk["lines"] if line["kind"] == kind]


def _texts(cells: Page) -> list[str]:
    return [str(text) for text in cells.all_text_contents()]
