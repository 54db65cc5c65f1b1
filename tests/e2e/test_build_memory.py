"""How full the model's memory is, beside the field for requests: while it writes, afterwards, and after a reload."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.visitor import PATIENCE_MS, Visitor, version_card

SPEED = 20.0


def test_the_memory_used_is_shown_and_still_there_after_a_reload(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    meter = page.get_by_role("meter")
    expect(meter).to_be_hidden()
    visitor.send("a landing page for a bakery")
    expect(meter).to_be_visible(timeout=PATIENCE_MS)
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    _shows_what_was_stored(visitor, page, project)
    page.reload()
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    _shows_what_was_stored(visitor, page, project)


def _shows_what_was_stored(visitor: Visitor, page: Page, project: str) -> None:
    usage = visitor.ask("GET", f"/projects/{project}/messages")[-1]["generation"]["usage"]
    assert 0 < usage["context_tokens"] < 1_000_000
    assert usage["context_share"] == round(usage["context_tokens"] / 1_000_000, 4)
    percent = round(100 * usage["context_share"])
    expect(page.get_by_role("meter")).to_have_attribute("aria-valuenow", str(percent))
    expect(page.get_by_role("meter")).to_contain_text(f"{percent or '< 1'}")
