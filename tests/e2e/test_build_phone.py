"""On a phone: one pane at a time above a bar, nothing wider than the screen, a dot for what is new."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter
from tests.support.visitor import composer, preview, version_card

SPEED = 50.0
PHONES = ((390, 844), (320, 640))
PANES = {"Preview": ".gl-view", "Files": ".gl-code", "Changes": ".gl-diff", "History": ".gl-version"}


def _is_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("size", PHONES, ids=("390", "320"))
def test_one_pane_at_a_time(enter: Enter, size: tuple[int, int]) -> None:
    visitor = enter(size, has_touch=True).as_guest()
    page = visitor.open(visitor.new_project())
    bar = page.get_by_role("navigation", name="Project views")
    visitor.build("a landing page for a bakery", 1)
    expect(bar.locator("[data-tab=preview] .badge")).to_be_visible()
    assert not _is_wider_than_the_screen(page)
    for name, content in PANES.items():
        bar.get_by_role("button", name=name).click()
        expect(page.locator(f".gl-panel:not([hidden]) {content}").first).to_be_visible()
        expect(composer(page)).to_be_hidden()
        assert not _is_wider_than_the_screen(page)
    bar.get_by_role("button", name="Preview").click()
    expect(preview(page).locator("h1")).to_be_visible()
    expect(bar.locator(".badge:visible")).to_have_count(0)
    bar.get_by_role("button", name="Chat").click()
    expect(version_card(page, 1)).to_be_visible()


def test_targets_are_large_enough_to_touch(enter: Enter) -> None:
    visitor = enter(PHONES[0], has_touch=True).as_guest()
    page = visitor.open(visitor.new_project())
    visitor.build("a landing page for a bakery", 1)
    for button in page.locator(".gl-build-page button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, button.inner_text()
