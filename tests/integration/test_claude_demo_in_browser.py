"""The built-in model's pages in a real browser: they do what they promise, fit a phone, and speak to nobody outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from glacia_ui.claude.demo.brief import find_brief
from glacia_ui.claude.demo.build import build
from tests.support.browser import open_browser
from tests.unit.claude.test_demo_pages import KINDS

Open = Callable[[str], Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Builds a page and opens it. A script error, or a request for anything but its own files, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []

    def open_page(prompt: str) -> Page:
        brief = find_brief(prompt)
        assert brief is not None
        for path, content in build(brief).items():
            (tmp_path / path).write_text(content, "utf-8")
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith("file://") else complaints.append(asked.url))
        page.goto((tmp_path / "index.html").as_uri())
        return page

    yield open_page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("prompt", KINDS.values(), ids=KINDS.keys())
def test_every_kind_fits_from_320_px_to_a_desk(show: Open, prompt: str) -> None:
    page = show(prompt)
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("h1")).to_be_visible()


def test_the_list_takes_tasks_and_keeps_them(show: Open) -> None:
    page = show("a to-do list")
    page.get_by_label("New task").fill("Buy <b>flour</b>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("4 things left to do")
    page.get_by_label("Buy <b>flour</b>", exact=True).check()
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("listitem")).to_have_count(4)
    page.get_by_role("button", name="Remove what is done").click()
    expect(page.get_by_role("listitem")).to_have_count(3)
    page.get_by_role("button", name="Remove “Tick one off”").click()
    expect(page.get_by_role("status")).to_have_text("2 things left to do")


def test_the_quiz_is_played_to_its_end(show: Open) -> None:
    page = show("a quiz about space")
    for number in range(5):
        expect(page.get_by_text(f"Question {number + 1} of 5")).to_be_visible()
        right = page.evaluate("QUESTIONS[at].answers")
        page.get_by_role("button", name=right[1 if number == 0 else 0], exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("Not quite." if number == 0 else "Yes.")
        page.keyboard.press("Enter")
    expect(page.locator("#score")).to_have_text("4 / 5")
    page.get_by_role("button", name="Play again").click()
    expect(page.get_by_text("Question 1 of 5")).to_be_visible()


def test_the_table_sorts_numbers_as_numbers_and_searches(show: Open) -> None:
    page = show("a sortable table of planets")
    first = page.locator("tbody tr:visible th").first
    page.get_by_role("button", name="Diameter").click()
    expect(first).to_have_text("Mercury")
    page.get_by_role("button", name="Diameter").click()
    expect(first).to_have_text("Jupiter")
    expect(page.get_by_role("columnheader", name="Diameter")).to_have_attribute("aria-sort", "descending")
    page.get_by_label("Search").fill("ice")
    expect(page.get_by_role("status")).to_have_text("2 of 8")
    page.get_by_label("Search").fill("bread")
    expect(page.get_by_text("Nothing fits this search.")).to_be_visible()


def test_the_form_says_what_is_missing_and_thanks(show: Open) -> None:
    page = show("a sign-up form for a yoga class")
    page.get_by_role("button", name="Sign me up").click()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_text("Please tell us your name.")).to_be_visible()
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("How much do you know already?").select_option("I have tried it")
    page.get_by_label("You may write to me").check()
    page.get_by_role("button", name="Sign me up").click()
    expect(page.get_by_role("heading", name="Thank you, Ada.")).to_be_visible()


def test_the_countdown_counts(show: Open) -> None:
    page = show("a countdown to our wedding on 12 June 2099")
    assert int(page.locator("[data-unit=days]").inner_text()) > 10_000


def test_a_day_without_a_year_is_the_next_one(show: Open) -> None:
    page = show("a countdown to our party on 1 May")
    assert 0 <= int(page.locator("[data-unit=days]").inner_text()) <= 366
    expect(page.locator("#date")).to_contain_text("May 1")


def test_menu_and_portfolio_filter(show: Open) -> None:
    menu = show("a menu for our pizzeria")
    menu.get_by_label("Only without meat and fish").check()
    expect(menu.get_by_text("Diavola")).to_be_hidden()
    expect(menu.get_by_text("Margherita")).to_be_visible()
    portfolio = show("a portfolio for Anna Berg, photographer")
    portfolio.get_by_role("button", name="Places").click()
    expect(portfolio.locator(".works li:visible")).to_have_count(3)
