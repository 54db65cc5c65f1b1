"""A generation belongs to the server: reload, a second tab, a lost line, Stop. Nothing is lost, nothing comes twice."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.visitor import PATIENCE_MS, Visitor, composer, version_card

SPEED = 4.0
PROMPT = "a landing page for a bakery"


def _writing(page: Page) -> None:
    expect(page.locator(".gl-progress")).to_contain_text(re.compile(r"Writing \S+ ·"), timeout=PATIENCE_MS)


def _replies(page: Page) -> list[str]:
    return [re.sub(r"\s+", " ", text).strip() for text in page.locator(".gl-claude .gl-prose").all_inner_texts()]


def test_a_reload_in_the_middle_goes_on_where_it_was(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    visitor.send(PROMPT)
    _writing(page)
    prose = page.locator(".gl-live .gl-prose:visible").first.inner_text()
    page.reload()
    _writing(page)
    expect(page.locator(".gl-live .gl-prose:visible").first).to_contain_text(prose[:40])
    expect(page.locator(".gl-user")).to_have_count(1)
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    streamed = _replies(page)
    page.reload()
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    assert _replies(page) == streamed


def test_a_second_tab_shows_the_same_and_both_end_alike(visitor: Visitor) -> None:
    project = visitor.new_project()
    first = visitor.open(project)
    idle = visitor.open(project, visitor.new_tab())
    visitor.send(PROMPT, first)
    _writing(first)
    late = visitor.open(project, visitor.new_tab())
    for page in (idle, late):
        _writing(page)
    for page in (first, idle, late):
        expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    assert _replies(first) == _replies(idle) == _replies(late)


def test_a_lost_connection_is_said_and_made_good(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    page.route("**/page/v1/generations/**", lambda route: route.abort())
    visitor.send(PROMPT)
    expect(page.get_by_text("Connection lost.")).to_be_visible()
    expect(page.get_by_text("The work goes on; trying again in")).to_be_visible()
    page.unroute_all()
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Connection lost.")).to_be_hidden()


def test_stop_ends_it_and_says_what_it_costs(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    visitor.send(PROMPT)
    _writing(page)
    expect(page.get_by_text("Text was shown: this one counts", exact=True)).to_be_visible()
    expect(page.locator(".gl-steps li").first).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. Text was shown: this one counts.")).to_be_visible()
    assert visitor.ask("GET", f"/projects/{project}")["latest_snapshot"] == 0
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    offer = page.get_by_role("region", name="A part is there")
    expect(offer).to_contain_text("index.html", timeout=PATIENCE_MS)
    offer.get_by_role("button", name="Discard").click()
    expect(offer).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_text("Stopped. Text was shown: this one counts.")).to_be_visible()


def test_the_next_request_waits_its_turn_and_can_be_taken_out(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    visitor.send(PROMPT)
    _writing(page)
    visitor.send("make it dark green")
    visitor.send("add a section with opening hours")
    waiting = page.locator(".gl-wait")
    expect(waiting).to_have_text([re.compile("Next in line"), re.compile("Number 2 in line")])
    waiting.first.get_by_role("button", name="Take it out").click()
    expect(page.get_by_text("Taken out of the line. Nothing was charged.")).to_be_visible()
    expect(waiting).to_have_text([re.compile("Next in line")])
    page.get_by_role("button", name="Stop").click()
    expect(waiting).to_have_count(0, timeout=PATIENCE_MS)
    me = visitor.ask("GET", "/me")
    assert me["quota"]["limit"] - me["quota"]["remaining"] == 2
    expect(composer(page)).to_be_editable()
