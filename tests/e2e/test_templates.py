"""The starter projects, as a visitor meets them: complete, at home on a phone, silent towards the outside, working."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import open_browser

FOLDER = Path(__file__).parents[2] / "templates"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/template.toml"))
SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test on any script error or any request that leaves the folder."""
    page = browser.new_page(viewport=SIZES[1])
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("request", lambda request: request.url.startswith("file:") or complaints.append(f"asked for {request.url}"))
    yield page
    page.close()
    assert complaints == []


def open_template(page: Page, name: str) -> None:
    page.goto((FOLDER / name / "index.html").as_uri())


def test_there_are_five() -> None:
    assert NAMES == ["dashboard", "invitation", "portfolio", "product-page", "small-shop"]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_complete(name: str) -> None:
    about = tomllib.loads((FOLDER / name / "template.toml").read_text("utf-8"))
    assert about["name"] == name
    assert about["title"]
    assert about["description"]
    files = {path.name for path in (FOLDER / name).iterdir()}
    assert files >= {"index.html", "style.css", "script.js", "thumbnail.svg", "template.toml"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_points_nowhere_or_outside(name: str) -> None:
    html = (FOLDER / name / "index.html").read_text("utf-8")
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    files = {path.name for path in (FOLDER / name).iterdir()}
    for target in re.findall(r'\b(?:href|src)="([^"]+)"', html):
        assert target.removeprefix("#") in (ids if target.startswith("#") else files), target
    text = "".join(path.read_text("utf-8") for path in (FOLDER / name).iterdir() if path.suffix != ".svg")
    assert set(re.findall(r"https?://[^\s'\"]+", text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_desktop_and_a_phone(page: Page, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for size in SIZES:
        page.set_viewport_size(size)
        open_template(page, name)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{width} px wide at {size['width']}"


@pytest.mark.parametrize("name", NAMES)
def test_every_control_has_a_name(page: Page, name: str) -> None:
    open_template(page, name)
    controls = page.locator("button:visible, a:visible, input:visible, select:visible, textarea:visible")
    unnamed = [
        control.evaluate("element => element.outerHTML")
        for control in controls.all()
        if not control.evaluate(
            "e => e.ariaLabel || e.textContent.trim() || [...(e.labels ?? [])].map(l => l.textContent.trim()).join('')"
        )
    ]
    assert unnamed == []
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h1").count() == 1


def test_the_shop_adds_up(page: Page) -> None:
    open_template(page, "small-shop")
    page.get_by_label("Add Flowering cactus to the basket").click()
    page.click("#open-basket")
    assert (page.inner_text("#subtotal"), page.inner_text("#delivery"), page.inner_text("#total")) == (
        "$14.00",
        "$6.00",
        "$20.00",
    )
    for _ in range(5):
        page.get_by_label("One Flowering cactus more").click()
    assert (page.inner_text("#delivery"), page.inner_text("#total")) == ("free", "$84.00")
    page.get_by_role("button", name="Place the order").click()
    assert "name" in page.inner_text("#order-error")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_role("button", name="Place the order").click()
    assert "Thank you, Ada" in page.inner_text("#thanks")
    assert page.inner_text("#count") == "0"


def test_the_shop_filters_and_sorts(page: Page) -> None:
    open_template(page, "small-shop")
    page.select_option("#sort", "low")
    assert page.locator(".card h3").first.inner_text() == "Flowering cactus"
    page.get_by_role("button", name="Pots", exact=True).click()
    assert page.locator(".card:visible").count() == 1


def test_the_invitation_takes_an_answer(page: Page) -> None:
    open_template(page, "invitation")
    page.get_by_role("button", name="Send the answer").click()
    assert page.inner_text("#error") == "Please tell us your name."
    page.get_by_label("Your name").fill("Ada")
    page.get_by_text("Yes, gladly").click()
    page.get_by_label("How many of you").select_option("3")
    page.get_by_role("button", name="Send the answer").click()
    assert "3 places are kept for you" in page.inner_text("#thanks")


def test_the_portfolio_filters_and_opens(page: Page) -> None:
    open_template(page, "portfolio")
    page.get_by_role("button", name="Illustration", exact=True).click()
    assert page.locator(".work:visible").count() == 2
    page.get_by_role("button", name="Night orchard").click()
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#viewer-title") == "Hut to hut"
    page.keyboard.press("Escape")
    assert page.locator("#viewer").is_hidden()


def test_the_product_page_shows_prices_by_the_year(page: Page) -> None:
    open_template(page, "product-page")
    page.get_by_text("by the year").click()
    assert page.locator(".amount").all_inner_texts() == ["$120 a year", "$290 a year", "$590 a year"]
    page.get_by_text("Newsletter").click()
    assert page.inner_text("#done-count") == "4 of 8 done"


def test_the_dashboard_searches_sorts_and_adds_up(page: Page) -> None:
    open_template(page, "dashboard")
    page.get_by_role("button", name="28 days").click()
    page.fill("#search", "cargo")
    page.get_by_role("button", name="Price").click()
    page.click("#all")
    prices = [int(text.strip("€").replace(",", "")) for text in page.locator("#rows td:nth-child(5)").all_inner_texts()]
    assert len(prices) > 10
    assert prices == sorted(prices)
    assert page.inner_text("#sum-price") == f"€{sum(prices):,}"
    assert {*page.locator("#rows td:nth-child(3)").all_inner_texts()} == {"Cargo"}
