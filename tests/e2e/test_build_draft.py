"""A request that was cut off for good: what there is is offered, in every tab and after a reload, and stays free."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.visitor import PATIENCE_MS, Visitor, preview, version_card

SPEED = 40.0
FAULTS = [{"kind": "max_tokens", "at": at} for at in (60, 60, 60, 1500, 40, 40)]
PROMPT = "a landing page for a bakery"


def test_what_there_is_can_be_discarded_or_kept(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    visitor.send(PROMPT)
    failures = page.locator(".gl-failure")
    offer = page.get_by_role("region", name="A part is there")
    expect(failures).to_contain_text("The answer became too long", timeout=PATIENCE_MS)
    expect(failures).to_contain_text("Nothing was charged")
    expect(offer).to_contain_text("index.html")
    expect(offer).to_contain_text("not finished")
    offer.get_by_role("button", name="Discard").click()
    expect(offer).to_have_count(0, timeout=PATIENCE_MS)
    assert visitor.ask("GET", f"/projects/{project}/generation-drafts") == []

    failures.get_by_role("button", name="Try again").click()
    expect(offer).to_be_visible(timeout=PATIENCE_MS)
    expect(failures).to_have_count(2)
    (draft,) = visitor.ask("GET", f"/projects/{project}/generation-drafts")
    assert len(draft["card"]["files"]) == 2
    page.reload()
    expect(offer.locator("li")).to_have_count(2, timeout=PATIENCE_MS)
    expect(offer).to_contain_text(f"+{draft['card']['added']}")

    other = visitor.new_tab()
    visitor.open(project, other)
    theirs = other.get_by_role("region", name="A part is there")
    expect(theirs).to_be_visible(timeout=PATIENCE_MS)
    offer.get_by_role("button", name="Keep what there is").click()
    expect(version_card(page, 1)).to_contain_text("style.css ends in the middle", timeout=PATIENCE_MS)
    expect(offer).to_have_count(0)
    expect(theirs).to_have_count(0, timeout=PATIENCE_MS)
    expect(version_card(other, 1)).to_be_visible(timeout=PATIENCE_MS)
    expect(preview(page).locator("h1")).to_be_visible(timeout=PATIENCE_MS)
    assert visitor.ask("GET", "/me")["quota"]["used"] == 0

    visitor.build(PROMPT, 2)
    assert visitor.ask("GET", "/me")["quota"]["used"] == 1
    # The part links a script that was never written. The browser says so, and so does the health of the version.
    visitor.complaints = [complaint for complaint in visitor.complaints if "/script.js'" not in complaint]
