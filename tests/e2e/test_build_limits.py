"""What a user typed is never lost, and a limit says whose it is and when it ends."""

from __future__ import annotations

import re
from datetime import datetime

from playwright.sync_api import Route, expect

from tests.support.visitor import PATIENCE_MS, Visitor, composer

SPEED = 50.0
KEPT = "Put a form for pre-orders under the menu. Nobody should have to log in."


def _use_up_the_window(visitor: Visitor, project: str) -> None:
    for number in range(5):
        visitor.ask("POST", f"/projects/{project}/generations", {"prompt": f"a landing page for bakery {number}"})


def test_a_refused_request_is_still_there_after_a_reload(visitor: Visitor) -> None:
    project = visitor.new_project()
    _use_up_the_window(visitor, project)
    page = visitor.open(project)
    composer(page).fill(KEPT)
    composer(page).press("Enter")
    head = page.locator(".gl-refusal")
    expect(head).to_contain_text(re.compile(r"Next free slot in \d+:\d\d"))
    expect(head).to_contain_text("This is Glacia’s limit for your account, not Claude’s.")
    expect(composer(page)).to_have_value(KEPT)
    page.reload()
    expect(composer(page)).to_have_value(KEPT, timeout=PATIENCE_MS)
    expect(head).to_be_visible()


def test_a_draft_of_another_browser_is_there_too(visitor: Visitor) -> None:
    project = visitor.new_project()
    visitor.ask("PUT", f"/projects/{project}/draft", {"prompt": KEPT})
    expect(composer(visitor.open(project))).to_have_value(KEPT)


def test_a_draft_that_was_deleted_does_not_come_back(visitor: Visitor) -> None:
    project = visitor.new_project()
    visitor.ask("PUT", f"/projects/{project}/draft", {"prompt": KEPT})
    page = visitor.open(project)
    expect(composer(page)).to_have_value(KEPT)
    with page.expect_response("**/draft"):
        composer(page).fill("")
    page.reload()
    expect(page.locator(".gl-welcome")).to_be_visible(timeout=PATIENCE_MS)
    expect(composer(page)).to_have_value("")


def test_text_that_was_never_sent_survives_a_reload(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    composer(page).fill(KEPT)
    page.reload()
    expect(composer(page)).to_have_value(KEPT, timeout=PATIENCE_MS)


def test_it_goes_out_by_itself_when_the_slot_is_free(visitor: Visitor) -> None:
    project = visitor.new_project()
    _use_up_the_window(visitor, project)
    page = visitor.open(project)
    page.clock.install(time=datetime.now())  # noqa: DTZ005  the browser's own zone
    composer(page).fill(KEPT)
    composer(page).press("Enter")
    page.get_by_role("button", name=re.compile(r"Send it at \d\d:\d\d")).click()
    expect(page.get_by_text(re.compile(r"Goes out at \d\d:\d\d"))).to_be_visible()
    sent: list[str] = []

    def accept(route: Route) -> None:
        sent.append(route.request.post_data_json["prompt"])
        route.fulfill(status=202, json={"id": "x", "status": "queued", "position": 1, "events_url": "x"})

    page.route("**/generations", accept)
    page.clock.fast_forward(14 * 60 * 1000)
    assert sent == []
    page.clock.fast_forward(62 * 1000)
    expect(composer(page)).to_have_value("")
    assert sent == [KEPT]


def test_without_a_server_the_text_stays_and_the_same_request_is_not_sent_twice(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.post_data_json["idempotency_key"])
        route.abort()

    page.route("**/generations", lose)
    for _ in range(2):
        composer(page).fill(KEPT)
        composer(page).press("Enter")
        expect(page.locator(".gl-refusal")).to_contain_text("Glacia cannot be reached right now.")
        expect(composer(page)).to_have_value(KEPT)
    assert len(keys) == 2
    assert len(set(keys)) == 1
