"""Everything on the build page can be done from the keyboard, and says its name to those who listen."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.visitor import PATIENCE_MS, Visitor, composer, tab, version_card

SPEED = 50.0
PROMPT = "a landing page for a bakery"


def test_enter_sends_and_shift_enter_breaks_the_line(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    expect(composer(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".gl-user")).to_have_count(0)
    page.keyboard.type("a landing page")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("for a bakery")
    expect(composer(page)).to_have_value("a landing page\nfor a bakery")
    page.keyboard.press("Enter")
    expect(page.locator(".gl-user")).to_have_text("a landing page\nfor a bakery")
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)


def test_tabs_versions_and_changes_by_key(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    visitor.build(PROMPT, 1)
    visitor.build("make it dark green", 2)
    for number, name in enumerate(("Preview", "Files", "Changes", "History"), start=1):
        page.keyboard.press(f"Alt+{number}")
        expect(tab(page, name)).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
    slider = page.get_by_role("slider", name="Version")
    expect(slider).to_have_attribute("aria-valuenow", "2")
    page.keyboard.press("[")
    expect(slider).to_have_attribute("aria-valuenow", "1")
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuenow", "2")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Version 2, Today"))

    page.keyboard.press("Alt+3")
    expect(page.locator(".gl-file").first).to_be_visible()
    page.locator(".gl-diff").focus()
    page.keyboard.press("n")
    expect(page.locator("tr.at")).to_have_count(1)
    page.keyboard.press("/")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("n/p")
    expect(composer(page)).to_have_value("n/p")


def test_the_chat_and_the_diff_speak(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    visitor.build(PROMPT, 1)
    expect(page.get_by_role("log", name="Conversation")).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="See what is in it").click()
    expect(page.locator("tr.a").first.locator(".sr")).to_have_text("added")
    for button in page.get_by_role("button").all():
        assert button.evaluate("button => (button.ariaLabel ?? button.innerText).trim()") != ""
