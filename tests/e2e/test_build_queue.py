"""What waits in line can be worded anew, moved and dropped, seen alike in every tab; too late, the text is kept."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.visitor import PATIENCE_MS, Visitor, composer

SPEED = 1.0
PROMPT = "a landing page for a bakery"


def _fill_the_line(visitor: Visitor, page: Page, *prompts: str) -> None:
    for prompt in (PROMPT, *prompts):
        visitor.send(prompt)
    expect(page.locator(".gl-wait")).to_have_count(len(prompts))


def _waiting(page: Page) -> list[str]:
    return page.locator(".gl-turn", has=page.locator(".gl-wait")).locator(".gl-user").all_inner_texts()


def test_the_line_is_changed_with_the_keyboard_and_another_tab_sees_it(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    other = visitor.open(project, visitor.new_tab())
    page.bring_to_front()
    _fill_the_line(visitor, page, "make it blue", "make it green", "make it red")

    up = page.get_by_role("button", name="Move up")
    expect(up.nth(0)).to_be_disabled()
    up.nth(2).press("Enter")
    expect(up.nth(1)).to_be_focused()
    assert _waiting(page) == ["make it blue", "make it red", "make it green"]
    up.nth(1).press("Enter")
    expect(page.get_by_role("button", name="Move down").nth(0)).to_be_focused()
    assert _waiting(page) == ["make it red", "make it blue", "make it green"]
    expect(page.get_by_role("status").get_by_text("Now number 1 in line")).to_be_attached()

    page.get_by_role("button", name="Edit", exact=True).nth(1).press("Enter")
    field = page.get_by_role("textbox", name="Text of the waiting request")
    expect(field).to_be_focused()
    field.fill("make it dark blue")
    field.press("Enter")
    expect(field).to_have_count(0)
    expect(page.get_by_role("button", name="Edit", exact=True).nth(1)).to_be_focused()
    page.get_by_role("button", name="Take it out").nth(2).press("Enter")
    expect(page.locator(".gl-wait")).to_have_count(2)

    line = ["make it red", "make it dark blue"]
    assert _waiting(page) == line
    expect(other.locator(".gl-turn", has=other.locator(".gl-wait")).locator(".gl-user")).to_have_text(line)
    page.reload()
    expect(page.locator(".gl-wait")).to_have_count(2, timeout=PATIENCE_MS)
    assert _waiting(page) == line


def test_what_was_being_typed_when_it_started_is_in_the_composer(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    _fill_the_line(visitor, page, "make it blue")
    page.get_by_role("button", name="Edit", exact=True).click()
    field = page.get_by_role("textbox", name="Text of the waiting request")
    field.fill("make it blue, with a big headline")
    page.reload()
    expect(field).to_have_value("make it blue, with a big headline", timeout=PATIENCE_MS)
    composer(page).fill("and this")

    page.get_by_role("button", name="Stop").click()
    expect(composer(page)).to_have_value("make it blue, with a big headline\n\nand this", timeout=PATIENCE_MS)
    expect(page.locator(".gl-refusal")).to_contain_text("started")
    expect(field).to_have_count(0)
    expect(page.locator(".gl-user").nth(1)).to_have_text("make it blue")


def test_esc_leaves_the_edit_and_stops_nothing(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    _fill_the_line(visitor, page, "make it blue")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("textbox", name="Text of the waiting request").press("Escape")
    expect(page.locator(".gl-wait")).to_have_count(1)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert _waiting(page) == ["make it blue"]
