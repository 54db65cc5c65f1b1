"""A locked file: Claude leaves it alone and says so; what is locked meanwhile is kept; unlocked it changes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Enter
from tests.support.visitor import PATIENCE_MS, Visitor, tab, version_card

SPEED = 1.0
"""As slow as a model is, so that there is time to lock a file while it works."""
REQUEST = "make it dark green"
CSS = "style.css"


def _row(page: Page, path: str) -> Locator:
    return page.locator(f'.gl-tree [data-path="{path}"]')


def _lock_button(page: Page) -> Locator:
    return page.locator(".gl-lock").get_by_role("button")


def _style(visitor: Visitor, project: str) -> Any:
    return next(file["sha256"] for file in visitor.ask("GET", f"/projects/{project}/files") if file["path"] == CSS)


def test_what_is_locked_stays(visitor: Visitor) -> None:
    project = visitor.new_project(template="small-shop")
    page = visitor.open(project)
    before = _style(visitor, project)

    tab(page, "Files").click()
    _row(page, CSS).click()
    expect(_lock_button(page)).to_have_text("Lock")
    _lock_button(page).click()
    expect(_lock_button(page)).to_have_attribute("aria-pressed", "true", timeout=PATIENCE_MS)
    expect(_row(page, CSS)).to_contain_text("Locked")
    expect(_row(page, "index.html")).not_to_contain_text("Locked")
    expect(page.locator(".gl-tree .note")).to_be_visible()

    visitor.send(REQUEST)
    expect(page.locator(".gl-turn").last).to_contain_text(f"{CSS} is locked", timeout=PATIENCE_MS)
    expect(page.locator(".gl-live")).to_have_count(0, timeout=PATIENCE_MS)
    assert _style(visitor, project) == before

    page.reload()
    tab(page, "Files").click()
    _row(page, CSS).click()
    expect(_lock_button(page)).to_have_text("Locked")
    _lock_button(page).click()
    expect(_lock_button(page)).to_have_attribute("aria-pressed", "false", timeout=PATIENCE_MS)
    expect(_row(page, CSS)).not_to_contain_text("Locked")

    # Locked by another tab while Claude is changing it: nothing is saved, nothing is charged, and it says why.
    visitor.send(REQUEST)
    expect(page.locator(".gl-live .gl-progress")).to_be_visible(timeout=PATIENCE_MS)
    visitor.ask("PUT", f"/projects/{project}/locks/{CSS}")
    failure = page.locator(".gl-failure")
    expect(failure).to_contain_text(f"A locked file was in the way: {CSS}", timeout=PATIENCE_MS)
    expect(failure).to_contain_text("Nothing was charged")
    assert _style(visitor, project) == before
    tab(page, "Preview").click()
    failure.get_by_role("button", name="See the files").click()
    _row(page, CSS).click()
    _lock_button(page).click()
    expect(_lock_button(page)).to_have_text("Lock", timeout=PATIENCE_MS)
    failure.get_by_role("button", name="Try again").click()
    expect(version_card(page, 2)).to_be_visible(timeout=PATIENCE_MS)
    assert _style(visitor, project) != before


def test_on_a_phone_the_lock_is_large_enough_and_undo_says_what_to_unlock(enter: Enter) -> None:
    visitor = enter((390, 844)).as_guest()
    project = visitor.new_project(template="small-shop")
    page = visitor.open(project)
    visitor.build(REQUEST, 2)
    visitor.ask("PUT", f"/projects/{project}/locks/{CSS}")
    version_card(page, 2).get_by_role("button", name="Undo").click()
    expect(version_card(page, 2).get_by_role("alert")).to_have_text(
        f"{CSS} is locked, so nothing was changed. Unlock it under Files, then try again.", timeout=PATIENCE_MS
    )
    page.reload()
    page.get_by_role("navigation", name="Project views").get_by_role("button", name="Files").click()
    _row(page, CSS).click()
    expect(_lock_button(page)).to_have_text("Locked")
    box = _lock_button(page).bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= 390
