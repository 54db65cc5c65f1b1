"""The last request once more: tried again as it was, or put into the composer to be worded anew."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.visitor import PATIENCE_MS, Visitor, composer, version_card

SPEED = 4.0
FAULTS = ({"kind": "cut", "at": 300},)
PROMPT = "a landing page for a bakery"


def test_a_failure_is_tried_again_once_however_often_one_clicks(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    visitor.send(PROMPT)
    expect(page.locator(".gl-failure")).to_be_visible(timeout=PATIENCE_MS)
    page.reload()
    composer(page).fill("and this, later")
    page.get_by_role("button", name="Try again").dblclick()
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    expect(composer(page)).to_have_value("and this, later")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    asked = [m for m in visitor.ask("GET", f"/projects/{project}/messages") if m["role"] == "user"]
    assert [message["text"] for message in asked] == [PROMPT, PROMPT]

    page.get_by_role("button", name="Edit and send again").press("Enter")
    expect(composer(page)).to_have_value(f"{PROMPT}\n\nand this, later")
    expect(composer(page)).to_be_focused()
    expect(page.get_by_text("Builds on version 1")).to_be_visible()
    page.get_by_role("button", name="Edit and send again").click()
    expect(composer(page)).to_have_value(f"{PROMPT}\n\nand this, later")
    visitor.build("make it dark green", 2)
    assert [s["number"] for s in visitor.ask("GET", f"/projects/{project}/snapshots")] == [2, 1]


def test_a_stopped_question_is_tried_again_as_a_question(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    page.get_by_role("button", name="Ask", exact=True).click()
    visitor.send("what can you do?")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Build", exact=True).click()
    page.reload()
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.locator(".gl-user .gl-chip")).to_have_count(2)
    expect(page.locator(".gl-cost")).to_be_visible(timeout=PATIENCE_MS)
    messages = visitor.ask("GET", f"/projects/{project}/messages")
    generations = [message["generation"] for message in messages if message["role"] == "user"]
    assert [(each["mode"], each["status"]) for each in generations] == [("ask", "cancelled"), ("ask", "succeeded")]
