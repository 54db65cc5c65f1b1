"""The usage page: every number opens its rows and equals their sum."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Enter
from tests.support.visitor import PATIENCE_MS, Visitor

SPEED = 50.0


def at_usage(visitor: Visitor, query: str = "") -> Page:
    page = visitor.page
    page.goto(f"/usage{query}")
    expect(page.locator(".gl-tiles")).not_to_have_attribute("aria-busy", "true", timeout=PATIENCE_MS)
    return page


def tile(page: Page, name: str) -> Locator:
    return page.locator(".gl-tile").filter(has_text=name)


def value(page: Page, name: str) -> str:
    return tile(page, name).locator(".v").inner_text()


def column(page: Page, heading: str) -> list[str]:
    """The cells below a heading of the table of rows, without the last line."""
    table = page.locator(".gl-usage-table table")
    headings = table.locator("thead th").all_inner_texts()
    index = headings.index(heading) + 1
    return table.locator(f"tbody tr:has(td:nth-child(2)) > :nth-child({index})").all_inner_texts()


def wait_until_over(visitor: Visitor, project: str) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    for _ in range(300):
        if visitor.ask("GET", f"/projects/{project}")["active_generation_id"] is None:
            return
        visitor.page.wait_for_timeout(100)
    raise AssertionError("it does not end")


@pytest.fixture
def builder(visitor: Visitor) -> Visitor:
    """A guest who has built one page, asked one question, and taken one request back before it started."""
    project = visitor.new_project()
    visitor.ask("POST", f"/projects/{project}/generations", {"prompt": "a landing page for a bakery"})
    wait_until_over(visitor, project)
    other = visitor.new_project("Winter concert")
    visitor.ask("POST", f"/projects/{other}/generations", {"prompt": "a to-do list"})
    dropped = visitor.ask("POST", f"/projects/{other}/generations", {"prompt": "make it dark green"})
    visitor.ask("POST", f"/generations/{dropped['id']}/cancel")
    wait_until_over(visitor, other)
    return visitor


def test_with_nothing_used_it_says_what_will_be_here(visitor: Visitor) -> None:
    page = at_usage(visitor)
    expect(page.get_by_role("heading", name="Nothing in this period yet")).to_be_visible()
    assert value(page, "Generations") == "0"
    assert value(page, "With a result") == "–"
    assert value(page, "Left in").startswith("50")
    expect(page.locator(".gl-usage-charts")).to_be_hidden()
    page.get_by_role("link", name="Build something").click()
    page.wait_for_url("**/#new")


def test_the_tiles_say_what_the_server_says(builder: Visitor) -> None:
    page = at_usage(builder)
    rows = builder.ask("GET", "/usage?group_by=outcome")
    by_outcome = {row["group"]: row["generations"] for row in rows}
    assert by_outcome == {"committed": 2, "dropped": 1}
    assert value(page, "Generations") == "3"
    assert value(page, "With a result") == "67 %"
    assert value(page, "Returned to you") == "1"
    assert value(page, "Left in").split()[0] == "48"
    cost = sum(Decimal(row["cost_usd"]) for row in rows)
    shown = Decimal(value(page, "Cost").removeprefix("$"))
    assert abs(shown - cost) <= Decimal("0.005")
    expect(tile(page, "Cost")).to_contain_text("Simulated: nobody pays it")


def test_each_tile_opens_the_rows_that_it_counts(builder: Visitor) -> None:
    page = at_usage(builder)
    for name, kinds in (
        ("Generations", ["Returned", "Made a version", "Made a version"]),
        ("With a result", ["Made a version", "Made a version"]),
        ("Returned to you", ["Returned"]),
    ):
        tile(page, name).click()
        expect(page.get_by_role("heading", name="Each generation")).to_be_focused()
        assert sorted(column(page, "Outcome")) == sorted(kinds), name
        expect(page.locator(".gl-usage-table tfoot")).to_contain_text(f"These {len(kinds)}")
    tile(page, "Cost").click()
    costs = [Decimal(cell.removeprefix("$")) for cell in column(page, "Cost")]
    assert costs == sorted(costs, reverse=True)
    total = Decimal(page.locator(".gl-usage-table tfoot td").last.inner_text().removeprefix("$"))
    assert abs(sum(costs) - total) <= Decimal("0.0002")


@pytest.mark.parametrize("by", ["Day", "Project", "Model", "Outcome"])
def test_each_grouping_adds_up_to_the_tiles_and_opens_its_rows(builder: Visitor, by: str) -> None:
    page = at_usage(builder)
    page.get_by_role("group", name="Group by").get_by_role("button", name=by).click()
    expect(page.get_by_role("columnheader", name=by)).to_be_visible()
    assert sum(int(cell) for cell in column(page, "All")) == 3
    assert sum(int(cell) for cell in column(page, "Returned")) == 1
    line = page.locator(".gl-usage-table tbody tr.is-link").first
    count = int(line.locator("td").first.inner_text())
    line.get_by_role("button").click()
    assert len(column(page, "Outcome")) == count
    page.get_by_role("button", name="Show all again").click()
    assert len(column(page, "Outcome")) == 3


def test_the_charts_are_drawn_and_say_what_they_show(builder: Visitor) -> None:
    page = at_usage(builder)
    bars = page.get_by_role("img", name=re.compile(r"Generations per day: 2 made a version, .* 1 returned"))
    expect(bars).to_be_visible()
    expect(page.locator(".gl-bars rect.gl-k-returned")).to_have_count(1)
    plots = page.locator(".gl-plot svg.marks")
    expect(plots).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.locator(".gl-plot .mark-line path").first).to_be_attached()
    labels = page.locator(".gl-plot .mark-rect path").evaluate_all("all => all.map(bar => bar.ariaLabel)")
    shown = [re.fullmatch(r".*; Tokens: ([\d.]+)(k?); .*", label) for label in labels]
    drawn = sum(Decimal(found[1]) * (1000 if found[2] else 1) for found in shown if found)
    assert len(labels) == 60
    assert drawn == sum(int(cell.replace(",", "")) for cell in column(page, "Tokens")) > 0
    page.locator(".gl-bars rect.gl-k-returned").click()
    assert column(page, "Outcome") == ["Returned"]


def test_a_period_can_be_chosen_and_linked_to(builder: Visitor) -> None:
    page = at_usage(builder)
    page.get_by_role("group", name="Period").get_by_role("button", name="This year").click()
    expect(page.get_by_role("heading", name="Generations per month")).to_be_visible()
    assert page.url.endswith("/usage?period=year")
    page.reload()
    expect(page.get_by_role("heading", name="By month")).to_be_visible(timeout=PATIENCE_MS)
    assert value(page, "Generations") == "3"
    page = at_usage(builder, "?period=%3Cscript%3E&view=nonsense")
    expect(page.get_by_role("heading", name="Generations per day")).to_be_visible()


def test_the_file_has_the_same_rows(builder: Visitor, tmp_path: Path) -> None:
    page = at_usage(builder)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    target = tmp_path / "usage.csv"
    download.value.save_as(target)
    rows = list(csv.DictReader(target.read_text("utf-8").splitlines()))
    assert len(rows) == 3
    assert sum(row["returned"] == "True" for row in rows) == 1


def test_the_ledger_adds_up_to_what_is_left(builder: Visitor) -> None:
    page = at_usage(builder)
    tile(page, "Left in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledger")
    expect(page.get_by_text("The balance is the sum of these rows")).to_be_visible()
    table = page.get_by_role("table", name="Movements of your quota")
    changes = table.locator("tbody tr td:nth-child(6)").all_inner_texts()
    balances = table.locator("tbody tr td:nth-child(7)").all_inner_texts()
    amounts = [int(change.replace("−", "-").replace("±", "")) for change in changes]
    assert sum(amounts) == int(balances[0]) == 48
    assert len(amounts) == len(builder.ask("GET", "/ledger")) == 7
    sums = page.get_by_label("How the balance is made")
    assert [int(text) for text in sums.locator(".gl-sum").all_inner_texts()] == [50, 3, 1, 48]
    assert page.url.endswith("/usage?view=ledger")


def test_a_reader_who_has_lost_the_server_is_told(visitor: Visitor) -> None:
    page = visitor.page
    page.clock.install()
    page.route("**/gradio_api/**", lambda route: route.abort())
    page.goto("/usage")
    expect(page.locator(".gl-tiles")).to_have_attribute("aria-busy", "true", timeout=PATIENCE_MS)
    page.clock.fast_forward(21_000)
    expect(page.get_by_role("alert").filter(has_text="Your usage could not be read")).to_be_visible()
    page.unroute("**/gradio_api/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert").filter(has_text="Your usage could not be read")).to_be_hidden()


def test_a_reader_whose_session_has_ended_is_sent_to_sign_in(visitor: Visitor) -> None:
    page = at_usage(visitor)
    page.clock.install()
    visitor.context.clear_cookies()
    page.get_by_role("group", name="Period").get_by_role("button", name="7 days").click()
    page.clock.fast_forward(21_000)
    page.wait_for_url("**/sign-in?next=*", timeout=PATIENCE_MS)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (320, 700)])
@pytest.mark.parametrize("query", ["", "?view=ledger"])
def test_nothing_is_wider_than_the_window(enter: Enter, size: tuple[int, int], query: str) -> None:
    visitor = enter(size).as_guest()
    project = visitor.new_project(
        "A project with a name that goes on and on and does not end where one would expect it"
    )
    visitor.ask("POST", f"/projects/{project}/generations", {"prompt": "a to-do list"})
    wait_until_over(visitor, project)
    page = at_usage(visitor, query)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
