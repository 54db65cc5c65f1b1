"""Playing a request back: the same view, from its record; leaving it puts the page back; what really happens wins."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Enter
from tests.support.visitor import PATIENCE_MS, Visitor, composer, tab, version_card

SPEED = 12.0


@pytest.fixture
def told(enter: Enter) -> Visitor:
    """Somebody with two versions, at the second one's page."""
    return _told(enter().as_guest())


def _told(visitor: Visitor) -> Visitor:
    visitor.open(visitor.new_project())
    visitor.build("a landing page for a bakery", 1)
    visitor.build("add our opening hours", 2)
    return visitor


def _player(page: Page) -> Locator:
    return page.get_by_role("region", name="Playing back")


def _play(page: Page, which: int = -1) -> Locator:
    page.get_by_role("button", name="Play it back").nth(which).click()
    player = _player(page)
    expect(player).to_be_visible()
    return player


def _shown(turns: Locator) -> str:
    """The conversation, but for the health of versions: the preview may report it at any time."""
    return str(
        turns.evaluate("""list => {
            const copy = list.cloneNode(true);
            copy.querySelectorAll('[data-health]').forEach((chip) => chip.remove());
            return copy.innerHTML;
        }""")
    )


def _place(player: Locator) -> int:
    return int(player.get_by_role("slider").input_value())


def test_it_ends_in_what_is_stored_and_leaving_it_puts_the_page_back(told: Visitor) -> None:
    page = told.page
    log, turns = page.locator(".gl-log"), page.locator(".gl-turns")
    page.locator(".gl-old").click()
    first = page.locator(".gl-turn").first
    said = first.locator(".gl-prose").inner_text()
    before = _shown(turns)
    log.evaluate("e => { e.scrollTop = 40; }")
    page.wait_for_function("document.querySelector('.gl-newest').hidden === false")
    quota = told.ask("GET", "/me")["quota"]

    player = _play(page, 0)
    expect(tab(page, "Files")).to_have_attribute("aria-selected", "true")
    growing = page.locator(".gl-codepane .gl-growing")
    expect(growing).to_be_visible(timeout=PATIENCE_MS)
    expect(first.locator(".gl-progress")).to_contain_text("Writing")
    player.get_by_role("button", name="To the end").click()
    expect(first.locator(".gl-progress")).to_contain_text("Done")
    assert " ".join(first.locator(".gl-prose:visible").all_inner_texts()).split() == said.split()
    project = re.search(r"project=([\w-]+)", page.url)
    assert project is not None
    stored = told.ask("GET", f"/projects/{project[1]}/files?snapshot=1")
    expect(page.locator(".gl-tree button")).to_have_count(len(stored))
    expect(page.locator(".gl-codepane td.c").first).to_be_visible()

    page.keyboard.press("Escape")
    expect(player).to_be_hidden()
    expect(tab(page, "Preview")).to_have_attribute("aria-selected", "true")
    assert _shown(turns) == before
    assert log.evaluate("e => e.scrollTop") == 40
    expect(page.get_by_role("button", name="Play it back").first).to_be_focused()
    assert told.ask("GET", "/me")["quota"] == quota


def test_it_stands_still_jumps_and_goes_faster_by_the_keyboard(told: Visitor) -> None:
    page = told.page
    page.locator(".gl-old").click()
    player = _play(page, 0)
    pause = player.get_by_role("button", name="Pause")
    expect(pause).to_be_focused()
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_focused()
    stands = _place(player)
    page.wait_for_timeout(300)
    assert _place(player) == stands

    place = player.get_by_role("slider")
    place.focus()
    page.keyboard.press("End")
    expect(player.get_by_role("button", name="Play it again")).to_be_visible()
    turn = page.locator(".gl-turn").first
    rows = turn.locator(".gl-steps li")
    expect(rows).to_have_count(3)
    page.keyboard.press("Home")
    expect(rows).to_have_count(0)
    expect(turn.locator(".gl-prose:visible")).to_have_count(0)

    fast = player.get_by_role("button", name="16 times as fast")
    fast.press("Enter")
    expect(fast).to_have_attribute("aria-pressed", "true")
    player.get_by_role("button", name="Play", exact=True).press("Enter")
    expect(rows).to_have_count(3, timeout=PATIENCE_MS)
    expect(player.get_by_role("button", name="Play it again")).to_be_visible(timeout=PATIENCE_MS)


def test_a_request_that_starts_meanwhile_takes_its_place(told: Visitor) -> None:
    page = told.page
    player = _play(page)
    player.get_by_role("button", name="Pause").click()
    composer(page).fill("make it blue")
    composer(page).press("Enter")
    expect(player).to_be_hidden(timeout=PATIENCE_MS)
    expect(version_card(page, 3)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".gl-turn")).to_have_count(3)


def test_on_a_phone_it_plays_in_the_chat(enter: Enter) -> None:
    visitor = _told(enter((390, 844)).as_guest())
    page = visitor.page
    player = _play(page)
    expect(page.locator(".gl-turn").last.locator(".gl-progress")).to_be_visible()
    for button in player.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    player.get_by_role("button", name="Leave the replay").click()
    expect(player).to_be_hidden()
    expect(version_card(page, 2)).to_be_visible()


def test_a_record_that_cannot_be_read_says_so_where_it_was_asked_for(told: Visitor) -> None:
    page = told.page
    page.route("**/replay?*", lambda route: route.fulfill(status=503, json={"message": "Not now."}))
    page.get_by_role("button", name="Play it back").click()
    expect(page.get_by_role("alert")).to_have_text("Not now.")
    expect(_player(page)).to_be_hidden()
