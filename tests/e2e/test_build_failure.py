"""When Claude fails: what happened, that nothing was charged, what to do; and what waits behind it waits for a word."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.visitor import PATIENCE_MS, Visitor, composer, version_card

SPEED = 4.0
FAULTS = ({"kind": "cut", "at": 300}, {"kind": "cut", "at": 300})
PROMPT = "a landing page for a bakery"


def test_two_failures_and_a_request_behind_them(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    visitor.send(PROMPT)
    cards = page.locator(".gl-failure")
    expect(cards).to_have_count(1, timeout=PATIENCE_MS)
    expect(cards).to_contain_text("Nothing was charged")
    expect(cards).to_contain_text("Your project is unchanged, still empty.")
    assert visitor.ask("GET", "/me")["quota"]["used"] == 0

    cards.get_by_role("button", name="Edit the text").click()
    expect(composer(page)).to_have_value(PROMPT)
    composer(page).fill("")
    cards.get_by_role("button", name="Try again").click()
    expect(page.locator(".gl-live .gl-prose:visible").first).not_to_be_empty(timeout=PATIENCE_MS)
    visitor.send("a quiz about birds")

    expect(cards).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Try again")).to_have_count(1)
    waiting = page.locator(".gl-wait")
    expect(waiting).to_have_text(re.compile("so this one waits for you"))
    waiting.get_by_role("button", name="Continue").click()
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    assert visitor.ask("GET", "/me")["quota"]["used"] == 1

    # What failed plays back as well, up to how it failed.
    page.get_by_role("button", name="Play it back").first.click()
    player = page.get_by_role("region", name="Playing back")
    player.get_by_role("button", name="To the end").click()
    expect(page.locator(".gl-turn").first.locator(".gl-progress")).to_contain_text("connection to Claude")
    page.keyboard.press("Escape")
    expect(cards).to_have_count(2)
