"""Signing in and out, the account page, light and dark, and the keys."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter
from tests.support.visitor import PATIENCE_MS, Visitor, composer

PASSWORD = "correct horse battery"


def is_dark(page: Page) -> bool:
    return bool(page.evaluate("document.body.classList.contains('dark')"))


def menu(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Account: .")).click()


def test_a_stranger_is_sent_to_sign_in_and_back_to_where_they_wanted(enter: Enter) -> None:
    page = enter().page
    page.goto("/usage?view=ledger")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    page.get_by_role("button", name="Try it as a guest").click()
    page.wait_for_url("**/usage?view=ledger", timeout=PATIENCE_MS)


def test_an_account_can_be_made_left_and_entered_again(enter: Enter) -> None:
    visitor, email = enter(), f"front.desk.{uuid4().hex[:8]}@milllane.example"
    page = visitor.page
    page.goto("/sign-in")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".gl-home")).to_be_visible(timeout=PATIENCE_MS)
    visitor.new_project("Mine")
    expect(page.get_by_role("button", name=f"Account: {email}")).to_have_text("FD")
    menu(page)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*", timeout=PATIENCE_MS)

    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("something else")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("Email")).to_have_value(email)
    expect(page.get_by_label("Password")).to_be_focused()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mine")).to_be_visible(timeout=PATIENCE_MS)


def test_a_guest_is_told_what_a_guest_is_and_asked_before_leaving(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/account")
    expect(page.get_by_role("region", name="You")).to_contain_text("A guest cannot become an account")
    expect(page.get_by_role("region", name="You")).to_contain_text("50 of 50 this month")
    leave = page.get_by_role("region", name="You").get_by_role("button", name="Sign out")
    leave.click()
    dialog = page.get_by_role("dialog", name="Sign out as a guest?")
    dialog.get_by_role("button", name="Cancel").last.click()
    expect(dialog).to_be_hidden()
    expect(leave).to_be_focused()
    leave.click()
    dialog.get_by_role("button", name="Sign out for good").click()
    page.wait_for_url("**/sign-in*", timeout=PATIENCE_MS)
    assert visitor.context.request.get("/page/v1/me").status == 401


def test_a_password_is_changed_and_every_browser_signed_out(enter: Enter) -> None:
    visitor, other, email = enter(), enter(), f"owner.{uuid4().hex[:8]}@milllane.example"
    who = {"email": email, "password": PASSWORD}
    page = visitor.page
    assert visitor.context.request.post("/sign-up", form=who, headers={"Origin": visitor.url}).ok
    page.goto("/account")
    you = page.get_by_role("region", name="You")
    you.get_by_role("link", name="Change password").click()
    page.get_by_label("Password now").fill(PASSWORD)
    page.get_by_label("New password").fill("battery staple")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()
    page.get_by_role("link", name="Go on").click()

    entered = other.context.request.post(
        "/sign-in", form=who | {"password": "battery staple"}, headers={"Origin": other.url}
    )
    assert entered.ok
    other.page.goto("/account")
    expect(other.page.get_by_role("region", name="You")).to_contain_text(email)
    everywhere = you.get_by_role("button", name="Sign out everywhere")
    everywhere.click()
    dialog = page.get_by_role("dialog", name="Sign out everywhere?")
    dialog.get_by_role("button", name="Cancel").last.click()
    expect(everywhere).to_be_focused()
    everywhere.click()
    dialog.get_by_role("button", name="Sign out everywhere").click()
    page.wait_for_url("**/sign-in*", timeout=PATIENCE_MS)
    assert other.context.request.get("/page/v1/me").status == 401
    other.page.reload()
    other.page.wait_for_url("**/sign-in?next=*", timeout=PATIENCE_MS)


def test_a_guest_has_no_password_and_no_other_browser(visitor: Visitor) -> None:
    visitor.page.goto("/account")
    you = visitor.page.get_by_role("region", name="You")
    expect(you).to_contain_text("You are a guest", timeout=PATIENCE_MS)
    expect(you.get_by_text("Change password")).to_have_count(0)
    expect(you.get_by_text("Sign out everywhere")).to_have_count(0)


def test_the_theme_is_chosen_at_once_and_stays(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/")
    assert not is_dark(page)
    menu(page)
    page.get_by_role("radiogroup", name="Theme").get_by_text("Dark").click()
    assert is_dark(page)
    page.goto("/account")
    appearance = page.get_by_role("region", name="Appearance")
    expect(appearance.get_by_role("radio", name="Dark")).to_be_checked()
    assert is_dark(page)
    appearance.get_by_role("radiogroup").get_by_text("System").click()
    assert not is_dark(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.body.classList.contains('dark')")


def test_the_menu_closes_with_escape_and_gives_the_focus_back(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/")
    button = page.get_by_role("button", name="Account: Guest")
    button.click()
    expect(page.get_by_role("link", name="Account and shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Account and shortcuts")).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_single_keys_can_be_switched_off(visitor: Visitor) -> None:
    page = visitor.page
    for is_on in (True, False):
        page.goto("/account")
        page.get_by_role("switch", name="Single keys as commands").set_checked(is_on, force=True)
        page.goto("/")
        expect(composer(page)).to_be_focused(timeout=PATIENCE_MS)
        composer(page).blur()
        page.keyboard.press("/")
        if is_on:
            expect(composer(page)).to_be_focused()
        else:
            expect(composer(page)).not_to_be_focused()
        expect(composer(page)).to_have_value("")


def test_the_page_says_that_a_demo_model_answers(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/")
    page.get_by_role("button", name="Demo model").click()
    expect(page.get_by_text("a model built into Glacia answers")).to_be_visible()


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (320, 700)])
@pytest.mark.parametrize("path", ["/account", "/sign-in", "/sign-up", "/nowhere"])
def test_nothing_is_wider_than_the_window(enter: Enter, size: tuple[int, int], path: str) -> None:
    visitor = enter(size)
    if not path.startswith("/sign"):
        visitor.as_guest()
    visitor.page.goto(path)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE_MS)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == size[0]
