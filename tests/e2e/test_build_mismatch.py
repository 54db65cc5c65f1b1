"""A reply that claims what it did not do: said on the change card, beside an answer, and on a folded version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from glacia_ui.core.texts import text
from tests.support.app_process import AppProcess
from tests.support.visitor import PATIENCE_MS, Visitor, tab, version_card


def _page(said: str, summary: str, headline: str) -> dict[str, Any]:
    words = {"title": f"Headline {headline}", "summary": [summary], "what_to_check": []}
    content = f"<!doctype html><title>Bread</title><h1>{headline}</h1>\n"
    return {"text": said, "calls": [["write_file", {"path": "index.html", "content": content}], ["finish", words]]}


ANSWERS = [
    _page("I’ll make a page.", "I created index.html.", "Bread"),
    _page("I’ll change it.", "I changed index.html and style.css.", "Good bread"),
    {"text": "Done! I added a section with your opening hours."},
]


@pytest.fixture(scope="module")
def glacia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    with AppProcess(tmp_path_factory.mktemp("app") / "data", answers=ANSWERS, speed=100) as app:
        yield app


def test_what_a_reply_only_claims_is_said(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    visitor.build("a page for a bakery", 1)
    expect(version_card(page, 1).get_by_text("Answer fits the changes")).to_be_visible()

    visitor.build("change the headline to Good bread", 2)
    card = version_card(page, 2)
    expect(card.get_by_role("note")).to_contain_text(text("mismatches.missing", path="style.css"))
    expect(card.get_by_text("Answer fits the changes")).to_have_count(0)

    visitor.send("add our opening hours")
    note = page.locator(".gl-turn").last.get_by_role("note")
    expect(note).to_contain_text(text("mismatches.nothing"), timeout=PATIENCE_MS)
    page.reload()
    expect(page.locator(".gl-turn").last.get_by_role("note")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("note")).to_have_count(2)
    tab(page, "History").click()
    expect(page.locator(".gl-version").get_by_role("note")).to_contain_text("style.css")
