"""The home page, as somebody meets it who wants something built."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import Enter
from tests.support.visitor import PATIENCE_MS, Visitor, composer

SPEED = 50.0
WISH = "Please make us a page for our choir: date, place and programme."
NAME = "Page for our choir"
SIZES = [(1440, 900), (390, 844), (320, 700)]


def at_home(visitor: Visitor) -> Page:
    """The home page with everything on it."""
    visitor.page.goto("/")
    expect(visitor.page.locator(".gl-projs")).not_to_have_attribute("aria-busy", "true", timeout=PATIENCE_MS)
    expect(visitor.page.locator(".gl-templates")).not_to_have_attribute("aria-busy", "true")
    return visitor.page


def card(page: Page, name: str) -> Locator:
    return page.locator(".gl-proj", has=page.get_by_role("heading", name=name))


def choose(page: Page, name: str, action: str) -> None:
    """Rename or delete, from the menu of a card."""
    page.get_by_role("button", name=f"More for {name}").click()
    card(page, name).get_by_role("button", name=action).click()


def use_up_the_window(visitor: Visitor) -> None:
    project = visitor.new_project("Used up")
    for number in range(5):
        visitor.ask("POST", f"/projects/{project}/generations", {"prompt": f"a landing page for bakery {number}"})


def test_a_new_guest_is_told_what_to_do(visitor: Visitor) -> None:
    page = at_home(visitor)
    expect(page).to_have_title("Home · Glacia")
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall we build?")
    expect(composer(page)).to_be_focused()
    expect(page.get_by_role("button", name="Build it")).to_be_disabled()
    expect(page.get_by_role("heading", name="Your projects will be here")).to_be_visible()
    expect(page.locator(".gl-tpl")).to_have_count(5)
    expect(page.locator(".gl-quota")).to_contain_text("50 of 50 left")
    expect(page.locator(".gl-quota")).to_contain_text("5 of 5 free now")


def test_enter_makes_a_project_and_sends_the_request(visitor: Visitor) -> None:
    page = at_home(visitor)
    composer(page).fill(WISH)
    composer(page).press("Enter")
    page.wait_for_url("**/build?project=*", timeout=PATIENCE_MS)
    expect(page.get_by_role("log")).to_contain_text(WISH, timeout=PATIENCE_MS)
    expect(page).to_have_title(f"{NAME} · Glacia")
    projects = visitor.ask("GET", "/projects")
    assert [project["name"] for project in projects] == [NAME]
    messages = visitor.ask("GET", f"/projects/{projects[0]['id']}/messages")
    assert messages[0]["text"] == WISH
    page = at_home(visitor)
    expect(page.locator(".gl-quota")).to_contain_text("49 of 50 left")
    expect(page.locator(".gl-quota")).to_contain_text("4 of 5 free now")


def test_shift_enter_starts_a_line(visitor: Visitor) -> None:
    page = at_home(visitor)
    composer(page).fill("A quiz")
    composer(page).press("Shift+Enter")
    composer(page).type("about whales")
    expect(composer(page)).to_have_value("A quiz\nabout whales")
    assert visitor.ask("GET", "/projects") == []


def test_a_suggestion_is_written_and_not_sent(visitor: Visitor) -> None:
    page = at_home(visitor)
    page.get_by_role("button", name="A to-do list").click()
    expect(composer(page)).to_have_value(re.compile("tick off"))
    expect(composer(page)).to_be_focused()
    assert visitor.ask("GET", "/projects") == []


def test_a_project_shows_itself_while_and_after_it_is_built(visitor: Visitor) -> None:
    project = visitor.new_project()
    visitor.ask("POST", f"/projects/{project}/generations", {"prompt": "a landing page for a bakery"})
    page = at_home(visitor)
    shown = card(page, "Corner Bakery")
    expect(shown).to_contain_text("Version 1", timeout=PATIENCE_MS)
    expect(shown.get_by_text("Being built")).to_be_hidden(timeout=PATIENCE_MS)
    expect(shown.locator("iframe.is-there")).to_be_attached(timeout=PATIENCE_MS)
    assert shown.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    expect(shown.frame_locator("iframe").locator("h1")).not_to_be_empty()
    shown.get_by_role("link").click()
    page.wait_for_url(f"**/build?project={project}")


def test_a_page_that_hung_is_shown_without_its_scripts(visitor: Visitor) -> None:
    project = visitor.new_project(template="invitation")
    page = visitor.page
    page.route("**/preview/**", lambda route: route.fulfill(body="<h1>Here</h1>", content_type="text/html"))
    page = at_home(visitor)
    frame = card(page, "Corner Bakery").locator("iframe")
    expect(frame).to_have_class("is-there")
    expect(frame).to_have_attribute("sandbox", "allow-scripts")
    assert page.evaluate("localStorage.getItem('gl-hung')") == "[]"
    # What a browser leaves behind when it is ended while the page still loads: no event that strikes it out.
    page.add_init_script(f"if (window === top) localStorage.setItem('gl-hung', '[\"{project}:1\"]')")
    page.reload()
    expect(frame).to_have_attribute("sandbox", "", timeout=PATIENCE_MS)


def test_a_template_becomes_version_1_of_a_project(visitor: Visitor) -> None:
    page = at_home(visitor)
    page.get_by_role("button", name="Portfolio").click()
    page.wait_for_url("**/build?project=*", timeout=PATIENCE_MS)
    (project,) = visitor.ask("GET", "/projects")
    assert (project["name"], project["latest_snapshot"], project["template"]) == ("Portfolio", 1, "portfolio")


def test_a_project_can_be_renamed(visitor: Visitor) -> None:
    visitor.new_project()
    page = at_home(visitor)
    choose(page, "Corner Bakery", "Rename")
    dialog = page.get_by_role("dialog", name="Rename project")
    field = dialog.get_by_label("Project name")
    expect(field).to_have_value("Corner Bakery")
    field.fill("   ")
    field.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("A project needs a name.")
    field.fill("Mill Lane <b>Bakery</b>")
    field.press("Enter")
    expect(dialog).to_be_hidden()
    expect(card(page, "Mill Lane <b>Bakery</b>")).to_be_visible()
    assert visitor.ask("GET", "/projects")[0]["name"] == "Mill Lane <b>Bakery</b>"


def test_a_project_is_deleted_only_after_a_question(visitor: Visitor) -> None:
    visitor.new_project(template="invitation")
    page = at_home(visitor)
    choose(page, "Corner Bakery", "Delete")
    dialog = page.get_by_role("dialog", name="Delete Corner Bakery?")
    expect(dialog).to_contain_text("This cannot be undone.")
    expect(dialog.get_by_role("button", name="Cancel").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert len(visitor.ask("GET", "/projects")) == 1
    choose(page, "Corner Bakery", "Delete")
    dialog.get_by_role("button", name="Delete project").click()
    expect(card(page, "Corner Bakery")).to_be_hidden()
    expect(page.get_by_role("heading", name="Your projects will be here")).to_be_visible()
    assert visitor.ask("GET", "/projects") == []


def test_what_cannot_be_deleted_says_why_and_stays(visitor: Visitor) -> None:
    visitor.new_project()
    page = at_home(visitor)
    sentence = "Claude is still working on this project. Wait until it is done, or stop it."
    page.route(
        "**/page/v1/projects/*",
        lambda route: route.fulfill(status=409, json={"code": "generation_running", "message": sentence}),
    )
    choose(page, "Corner Bakery", "Delete")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete project").click()
    expect(dialog.get_by_role("alert")).to_have_text(sentence)
    expect(dialog.get_by_role("button", name="Delete project")).to_be_enabled()
    expect(card(page, "Corner Bakery")).to_be_visible()


def test_a_refused_request_waits_as_the_draft_of_its_project(visitor: Visitor) -> None:
    use_up_the_window(visitor)
    page = at_home(visitor)
    expect(page.locator(".gl-quota.full")).to_contain_text("0 of 5 free now")
    expect(page.get_by_text(re.compile(r"the next one is free at \d\d:\d\d"))).to_be_visible()
    composer(page).fill(WISH)
    composer(page).press("Enter")
    page.wait_for_url("**/build?project=*", timeout=PATIENCE_MS)
    expect(composer(page)).to_have_value(WISH, timeout=PATIENCE_MS)
    page = at_home(visitor)
    expect(card(page, NAME).get_by_text("Draft")).to_be_visible()
    expect(card(page, NAME)).to_contain_text(WISH)


def test_without_a_server_the_text_stays_and_no_second_project_is_made(visitor: Visitor) -> None:
    page = at_home(visitor)
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.post_data_json["idempotency_key"])
        route.abort()

    page.route("**/generations", lose)
    composer(page).fill(WISH)
    for tries in (1, 2):
        composer(page).press("Enter")
        expect(page.get_by_role("alert").filter(has_text="Your text is still here")).to_be_visible()
        expect(composer(page)).to_have_value(WISH)
        expect(page.get_by_role("button", name="Build it")).to_be_enabled()
        assert len(keys) == tries
    assert len(set(keys)) == 1
    page.unroute("**/generations")
    composer(page).press("Enter")
    page.wait_for_url("**/build?project=*", timeout=PATIENCE_MS)
    assert len(visitor.ask("GET", "/projects")) == 1


def test_text_that_was_not_sent_survives_a_reload_but_not_another_user(visitor: Visitor) -> None:
    page = at_home(visitor)
    composer(page).fill(WISH)
    page.reload()
    expect(composer(page)).to_have_value(WISH, timeout=PATIENCE_MS)
    visitor.as_guest()
    page.reload()
    expect(page.locator(".gl-quota")).to_contain_text("50 of 50 left", timeout=PATIENCE_MS)
    expect(composer(page)).to_have_value("")


def test_a_text_that_is_too_long_says_by_how_much(visitor: Visitor) -> None:
    page = at_home(visitor)
    composer(page).fill("x" * 100_003)
    expect(page.get_by_role("alert").filter(has_text="3 characters too long")).to_be_visible()
    expect(page.get_by_role("button", name="Build it")).to_be_disabled()


def test_lists_that_cannot_be_read_say_so_and_can_be_tried_again(visitor: Visitor) -> None:
    visitor.new_project()
    page = visitor.page
    page.route("**/page/v1/projects", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_text("Your projects could not be read. Nothing is lost.")).to_be_visible()
    page.unroute("**/page/v1/projects")
    page.get_by_role("button", name="Try again").click()
    expect(card(page, "Corner Bakery")).to_be_visible()


def test_control_k_opens_a_project(visitor: Visitor) -> None:
    visitor.new_project("Winter concert")
    wanted = visitor.new_project("Pottery studio")
    visitor.new_project("Corner Bakery")
    page = at_home(visitor)
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Open a project")
    expect(dialog.get_by_role("option")).to_have_count(3)
    page.keyboard.type("POTTERY")
    expect(dialog.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/build?project={wanted}")


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_window(enter: Enter, size: tuple[int, int]) -> None:
    visitor = enter(size).as_guest()
    visitor.new_project("A project with a name that goes on and on and does not end where one would expect it to end")
    page = at_home(visitor)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    expect(page.get_by_role("navigation", name="Main")).to_have_count(1)


def test_on_a_phone_new_leads_to_the_field(enter: Enter) -> None:
    visitor = enter((390, 844)).as_guest()
    page = at_home(visitor)
    expect(composer(page)).not_to_be_focused()
    page.get_by_role("link", name="New").click()
    expect(composer(page)).to_be_focused()


def test_every_control_has_a_name_and_can_be_reached_by_keyboard(visitor: Visitor) -> None:
    visitor.new_project()
    page = at_home(visitor)
    names = []
    page.mouse.click(2, 2)
    page.keyboard.press("Tab")
    while (focused := page.locator("body :focus")).count():
        names.append(focused.get_attribute("aria-label") or focused.inner_text().strip())
        page.keyboard.press("Tab")
    assert "" not in names
    for name in ("Home", "Usage", "A quiz", "Small shop", "Corner Bakery", "More for Corner Bakery"):
        assert any(name in found for found in names), name
