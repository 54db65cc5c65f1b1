"""What the built-in model reads out of a request: kind, trade, names, days, hours, wishes."""

from __future__ import annotations

import pytest

from glacia_ui.claude.demo.brief import find_brief, is_beyond
from glacia_ui.claude.demo.clauses import clauses, is_question
from glacia_ui.claude.demo.dates import find_date
from glacia_ui.claude.demo.hours import find_hours


@pytest.mark.parametrize(
    ("prompt", "kind", "name", "place", "trade"),
    [
        ("a landing page for a bakery", "landing", None, None, "Corner Bakery"),
        (
            "A landing page for a vegan bakery in Lyon called Petit Pain",
            "landing",
            "Petit Pain",
            "Lyon",
            "Corner Bakery",
        ),
        ("Make me a to-do list", "todo", None, None, None),
        ("build a quiz about planets", "quiz", None, None, None),
        ("a portfolio for Anna Berg, photographer in Oslo", "portfolio", "Anna Berg", "Oslo", None),
        ("A menu for our café", "menu", None, None, "Morning Room Café"),
        ("a sign-up form for a yoga class", "form", None, None, "Still Point"),
        ("sortable table of planets", "table", None, None, None),
        ("countdown page for our wedding on 12 June 2027", "event", None, None, None),
        ("website for Luigi's pizzeria in Naples with a menu", "landing", "Luigi’s Pizzeria", "Naples", "Da Luigi"),
        ("I need a site for my band The Night Owls", "landing", "The Night Owls", None, "The Night Ferries"),
        ('Create a homepage for my florist shop "Wild Rose"', "landing", "Wild Rose", None, "Wild & Stem"),
        ("a page for a bike repair shop at 14 Mill Lane", "landing", None, "14 Mill Lane", "Spoke & Chain"),
        ("a page about my cat", "simple", None, None, None),
        ("a pricing page for a software product", "menu", None, None, "Driftline"),
        ("a page that opens in December", "simple", None, None, None),
    ],
)
def test_briefs(prompt: str, kind: str, name: str | None, place: str | None, trade: str | None) -> None:
    brief = find_brief(prompt)
    assert brief is not None
    assert (brief.kind, brief.name, brief.place) == (kind, name, place)
    assert (brief.trade["name"] if brief.trade else None) == trade


@pytest.mark.parametrize("prompt", ["hello", "make it dark green", "bake me a cake", "", "42"])
def test_no_brief(prompt: str) -> None:
    assert find_brief(prompt) is None


def test_subject_colour_and_darkness() -> None:
    brief = find_brief("a dark blue landing page in dark mode for my vegan bakery")
    assert brief is not None
    assert (brief.subject, brief.phrase, brief.is_dark) == ("vegan bakery", "my vegan bakery", True)
    assert brief.colour is not None
    assert brief.colour[0] == "dark blue"
    named = find_brief('a page for the florist "Wild Rose"')
    assert named is not None
    assert named.colour is None


def test_what_is_too_much() -> None:
    assert is_beyond("build me a calculator") == "calculator"
    assert is_beyond("build me a page") is None


@pytest.mark.parametrize(
    ("said", "words", "iso"),
    [
        ("on 12 June 2027", "12 June 2027", "2027-06-12T18:00"),
        ("June 3rd, 2028!", "3 June 2028", "2028-06-03T18:00"),
        ("the 1st of May", "1 May", None),
        ("2027-02-03", "3 February 2027", "2027-02-03T18:00"),
        ("am 24.12.2026", "24 December 2026", "2026-12-24T18:00"),
    ],
)
def test_days(said: str, words: str, iso: str | None) -> None:
    found = find_date(said)
    assert found is not None
    assert (found.words, found.iso) == (words, iso)


@pytest.mark.parametrize("said", ["on 31 June 2027", "2027-13-01", "no day", "room 12, Maynard 5"])
def test_no_days(said: str) -> None:
    assert find_date(said) is None


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        (
            "Tuesday to Friday 7 to 6, Saturday until 4",
            [
                ("Monday", "Closed"),
                ("Tuesday to Friday", "7:00 – 18:00"),
                ("Saturday", "7:00 – 16:00"),
                ("Sunday", "Closed"),
            ],
        ),
        ("daily 9 to 5", [("Monday to Sunday", "9:00 – 17:00")]),
        ("Mon-Fri 8:30am - 5pm", [("Monday to Friday", "8:30 – 17:00"), ("Saturday and Sunday", "Closed")]),
        (
            "weekdays 10-18, weekends closed",
            [("Monday to Friday", "10:00 – 18:00"), ("Saturday and Sunday", "Closed")],
        ),
        (
            "Friday to Sunday 18 to 23",
            [("Monday to Thursday", "Closed"), ("Friday to Sunday", "18:00 – 23:00")],
        ),
        ("closed", []),
        ("add opening hours", []),
    ],
)
def test_hours(said: str, hours: list[tuple[str, str]]) -> None:
    assert find_hours(said) == hours


@pytest.mark.parametrize(
    ("prompt", "wishes"),
    [
        ("make it dark green", ["make it dark green"]),
        (
            "Make it warmer, and add our opening hours: Tuesday to Friday 7 to 6, Saturday until 4",
            ["Make it warmer", "add our opening hours: Tuesday to Friday 7 to 6, Saturday until 4"],
        ),
        (
            "Please add a footer. Then change the title to Bread and Butter",
            ["add a footer", "change the title to Bread and Butter"],
        ),
        ("Great, thanks! Can you make the text bigger?", ["make the text bigger?"]),
        ("could you please add a FAQ and remove the footer", ["add a FAQ", "remove the footer"]),
    ],
)
def test_wishes(prompt: str, wishes: list[str]) -> None:
    assert [wish.removeprefix("Then ") for wish in clauses(prompt)] == wishes


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("What is in this project?", True),
        ("why is the sky blue", True),
        ("Is it accessible?", True),
        ("the colours?", True),
        ("Can you make it blue?", False),
        ("could you please add a FAQ?", False),
        ("make it blue", False),
    ],
)
def test_questions(prompt: str, expected: bool) -> None:
    assert is_question(prompt) is expected
