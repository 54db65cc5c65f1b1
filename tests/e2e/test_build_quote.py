"""Before sending: what it will cost and take, while typing; and which model answers, with its price."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.conftest import Enter
from tests.support.visitor import PATIENCE_MS, Visitor, composer, version_card

SPEED = 50.0
LINE = re.compile(r"^\$[\d.]+(–[\d.]+)? simulated · [\d ]*(s|min|–)[\d –smin]* · uses 1 of 50$")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_cost_time_and_use_are_said_while_typing(enter: Enter, size: tuple[int, int]) -> None:
    visitor = enter(size).as_guest()
    page = visitor.open(visitor.new_project())
    line = page.locator(".gl-quote")
    expect(line).to_be_empty()
    composer(page).press_sequentially("a page for our bakery")
    expect(line).to_have_text(LINE, timeout=PATIENCE_MS)
    expect(line).to_have_attribute("title", re.compile("^From typical requests"))
    composer(page).fill("")
    expect(line).to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_many_keys_make_one_question(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/quote") else None)
    composer(page).press_sequentially("a page for our bakery", delay=10)
    expect(page.locator(".gl-quote")).to_have_text(LINE, timeout=PATIENCE_MS)
    assert len(asked) == 1


def test_what_is_attached_is_counted(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    composer(page).fill("a page for our bakery")
    line = page.locator(".gl-quote")
    expect(line).to_have_text(LINE, timeout=PATIENCE_MS)
    with page.expect_response(lambda answer: answer.url.endswith("/quote")) as found:
        page.locator("input[type=file]").set_input_files(
            {"name": "menu.txt", "mimeType": "text/plain", "buffer": b"bread, rolls and cake. " * 400}
        )
    assert len(found.value.request.post_data_json["attachments"]) == 1
    assert found.value.json()["input_tokens"] > 2_300
    expect(line).to_have_text(LINE, timeout=PATIENCE_MS)


@pytest.mark.parametrize("trouble", ["silence", "failure"])
def test_sending_needs_no_quote(visitor: Visitor, trouble: str) -> None:
    def quote(route: Route) -> None:
        if trouble == "failure":
            route.fulfill(status=429, json={"code": "rate_limited", "message": "Later."})

    page = visitor.open(visitor.new_project())
    page.route("**/quote", quote)
    composer(page).fill("a landing page for a bakery")
    with page.expect_request("**/quote"):
        pass
    composer(page).press("Enter")
    expect(version_card(page, 1)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".gl-quote")).to_be_empty()
    expect(page.locator(".gl-refusal")).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")


def test_the_model_is_chosen_beside_its_price_and_the_quote_follows(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    choice = page.get_by_label("Model and its price")
    expect(choice).to_have_value("claude-sonnet-5-5")
    expect(choice.locator("option:checked")).to_have_text("Sonnet 5.5 · $2 / $10")
    composer(page).fill("a landing page for a bakery")
    line = page.locator(".gl-quote")
    expect(line).to_have_text(LINE, timeout=PATIENCE_MS)
    before = line.inner_text()

    choice.select_option(label="Haiku 5.5 · $0.10 / $0.50")
    expect(line).not_to_have_text(before, timeout=PATIENCE_MS)
    expect(line).to_have_text(LINE)
    visitor.build("a landing page for a bakery", 1)
    (generation,) = {message["generation"]["model"] for message in visitor.ask("GET", f"/projects/{project}/messages")}
    assert generation == "claude-haiku-5-5"

    page.reload()
    expect(choice).to_have_value("claude-haiku-5-5", timeout=PATIENCE_MS)
    visitor.open(visitor.new_project("Another"))
    expect(choice).to_have_value("claude-sonnet-5-5")


def test_a_model_that_is_not_offered_any_more_is_forgotten(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    page.evaluate("id => localStorage.setItem(`gl-model:${id}`, JSON.stringify('claude-gone-1'))", project)
    page.reload()
    expect(page.get_by_label("Model and its price")).to_have_value("claude-sonnet-5-5", timeout=PATIENCE_MS)
    visitor.build("a landing page for a bakery", 1)
