"""Build and Ask: chosen with the keyboard, remembered, and seen on the request after a reload."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.visitor import PATIENCE_MS, Visitor, composer

SPEED = 50.0


def test_a_question_is_asked_with_the_keyboard_and_changes_nothing(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    visitor.build("a landing page for a bakery", 1)
    build, ask = (page.get_by_role("button", name=name, exact=True) for name in ("Build", "Ask"))
    expect(build).to_have_attribute("aria-pressed", "true")

    composer(page).press("Tab")
    page.keyboard.press("Tab")  # past the button that attaches files
    expect(build).to_be_focused()
    build.press("Tab")
    ask.press("Space")
    expect(ask).to_have_attribute("aria-pressed", "true")
    composer(page).fill("Which files are there?")
    composer(page).press("Enter")

    answer = page.locator(".gl-turn").nth(1)
    expect(answer.locator(".gl-cost")).to_be_visible(timeout=PATIENCE_MS)
    expect(answer.locator(".gl-prose")).to_contain_text("index.html")
    expect(page.locator(".gl-change")).to_have_count(1)
    assert visitor.ask("GET", f"/projects/{project}")["latest_snapshot"] == 1

    page.reload()
    expect(page.locator(".gl-user")).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.locator(".gl-user .gl-chip")).to_have_text(["Question"])
    expect(ask).to_have_attribute("aria-pressed", "true")
    visitor.open(visitor.new_project("Another"))
    expect(build).to_have_attribute("aria-pressed", "true")
