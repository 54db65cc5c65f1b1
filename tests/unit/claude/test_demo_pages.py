"""New pages of every kind: whole, self-contained, accessible in what can be read off the markup, escaped."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from glacia_ui.claude.demo.brief import find_brief
from glacia_ui.claude.demo.build import PAGES, build
from glacia_ui.claude.demo.library import CONTENT, entries
from glacia_ui.claude.demo.plan import plan
from glacia_ui.core.texts import text
from tests.unit.claude.test_demo_follow_ups import Tags

KINDS = {
    "landing": "a landing page for a bakery with opening hours and a FAQ",
    "todo": "a to-do list for a trip",
    "quiz": "a quiz about food",
    "portfolio": "a portfolio for Anna Berg, photographer in Oslo",
    "menu": "a menu for our pizzeria",
    "prices": "a price list for a hair salon",
    "form": "a sign-up form for a yoga class",
    "table": "a table of mountains",
    "event": "a countdown to our wedding on 12 June 2027",
    "undated": "a countdown to the festival",
    "simple": "a page about my cat",
    "dark": "a red landing page in dark mode for a startup called Lumo",
}


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def page(request: pytest.FixtureRequest) -> dict[str, str]:
    brief = find_brief(request.param)
    assert brief is not None
    return build(brief)


def test_a_page_is_three_files(page: dict[str, str]) -> None:
    assert list(page) == ["index.html", "style.css", "script.js"]
    assert all(content.endswith("\n") and len(content) < 20_000 for content in page.values())
    assert not re.search(r"\{\{|\{%|Undefined", "".join(page.values()))


def test_its_markup_is_whole(page: dict[str, str]) -> None:
    html = page["index.html"]
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert html.count("<h1") == 1
    ids = re.findall(r' id="([\w-]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="#|for="|aria-labelledby=")([\w-]+)"', html)) <= set(ids)


def test_it_asks_nobody_outside(page: dict[str, str]) -> None:
    whole = "".join(page.values())
    assert not re.search(r"https?://|//[\w-]+\.\w|@import|url\(", whole)


def test_it_says_what_it_is_to_everybody(page: dict[str, str]) -> None:
    html = page["index.html"]
    assert '<html lang="en">' in html
    assert 'name="viewport"' in html
    assert "<main" in html
    assert all("aria-" in svg or 'role="img"' in svg for svg in re.findall(r"<svg[^>]*>", html))
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*\bid=\"([\w-]+)\"", html)
    assert all(f'for="{field}"' in html or f'<label><input type="checkbox" id="{field}"' in html for field in fields)
    assert ":focus-visible" in page["style.css"]


def test_words_of_the_request_are_escaped() -> None:
    brief = find_brief('a landing page for a bakery called "<img src=x onerror=alert(1)> & Sons"')
    assert brief is not None
    html = build(brief)["index.html"]
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; Sons" in html


@pytest.mark.parametrize("trade", entries("trades"))
def test_every_trade_makes_a_page(trade: str) -> None:
    entry = entries("trades")[trade]
    brief = find_brief(f"a landing page for a {entry['words'][0]} in Bern")
    assert brief is not None
    assert brief.trade == entry
    html = build(brief)["index.html"]
    assert entry["headline"] in html
    assert "in Bern" in html


def test_content_and_pages_belong_together() -> None:
    drawings = {path.stem for path in (PAGES / "drawings").glob("*.svg") if not path.stem.startswith("work-")}
    used = {entry["drawing"] for name in ("trades", "events") for entry in entries(name).values()}
    assert used <= drawings
    assert drawings - used <= {"shapes"}
    for path in sorted(CONTENT.glob("*.toml")):
        known = tomllib.loads(path.read_text("utf-8"))
        assert all("words" in entry for entry in known.values())
        assert all(entry["words"] for entry in list(known.values())[:-1])


def test_quizzes_have_four_different_answers_each() -> None:
    for entry in entries("quizzes").values():
        assert len(entry["questions"]) == 5
        for ask, answers, note in entry["questions"]:
            assert ask.endswith("?")
            assert len(set(answers)) == 4
            assert note


def test_tables_have_a_value_for_every_column() -> None:
    for entry in entries("tables").values():
        assert all(len(row) == len(entry["columns"]) for row in entry["rows"])
        for row in entry["rows"]:
            assert all(re.fullmatch(r"[\d,.]+", row[column]) for column in entry["numbers"])


def test_what_it_guesses_or_does_not_know_is_said() -> None:
    assert text("demo.guessed") in plan("a page about my cat", {}).text
    assert "opera" in plan("a quiz about opera", {}).text
    assert "operas" in plan("a table of operas", {}).text
    assert text("demo.unknown_subject", subject="food") not in plan("a quiz about food", {}).text


def test_the_same_request_gives_the_same_page() -> None:
    assert plan("a landing page for a bakery", {}) == plan("a landing page for a bakery", {})


def test_templates_are_files_of_the_package() -> None:
    assert Path(PAGES / "base.css").is_file()
