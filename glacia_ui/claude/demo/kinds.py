"""What each kind of page is filled with, from the brief and from what stands in `content/`.

One function a kind; each gives the values of its template in `pages/<kind>/`. The keys that all of them have: `title`,
`description`, `headline`, `hue`, `display`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from glacia_ui.claude.demo.brief import Brief, Kind
from glacia_ui.claude.demo.dates import find_date
from glacia_ui.claude.demo.library import chosen, knows

Values = dict[str, Any]

_PROFESSIONS = (
    *("photographer", "designer", "illustrator", "architect", "developer", "writer", "artist", "painter", "musician"),
    *("filmmaker", "ceramicist", "potter", "engineer", "journalist", "translator", "stylist", "animator", "sculptor"),
)
_WORKS = {
    "photographer": (
        ["Places", "Portraits"],
        ["Harbour, early", "Nine workers", "North wall", "The neighbours", "Salt", "Ninety-one"],
    ),
    "": (["Projects", "Studies"], ["First light", "Two doors", "Eclipse", "River at night", "Half a city", "The tent"]),
}
_WORK_YEARS = (2026, 2026, 2025, 2025, 2024, 2023)


def values(brief: Brief) -> Values:
    """The values of the template of this brief's kind."""
    return _KINDS[brief.kind](brief)


def _landing(brief: Brief) -> Values:
    trade = brief.trade or {}
    name = brief.name or trade["name"]
    eyebrow = _about(brief, otherwise=trade["words"][0])
    return {
        **{key: trade[key] for key in ("hue", "display", "headline", "intro", "call", "offers", "offers_title")},
        **{key: trade[key] for key in ("story", "story_title")},
        "name": name,
        "title": f"{name}: {trade['headline'].rstrip('.').lower()}",
        "description": trade["intro"],
        "eyebrow": f"Welcome to {name}" if eyebrow.lower() in name.lower() else eyebrow,
        "offer_link": trade["offers_title"] if len(trade["offers_title"]) < 13 else "What we offer",
        "drawing": trade["drawing"],
        "visit_title": "Come and see us" if brief.place else "Say hello",
        "visit": f"{_where(brief.place)} A question before you come?"
        if brief.place
        else "A question, a wish, an idea?",
    }


def _todo(brief: Brief) -> Values:
    entry = chosen("lists", brief.prompt)
    headline = brief.name or entry["title"]
    return {
        **entry,
        "hue": 265,
        "display": "sans",
        "headline": headline,
        "title": headline,
        "description": "A list of tasks.",
    }


def _quiz(brief: Brief) -> Values:
    entry = chosen("quizzes", brief.prompt)
    headline = brief.name or entry["title"]
    return {
        "hue": 285,
        "display": "sans",
        "headline": headline,
        "title": headline,
        "description": f"A quiz with {len(entry['questions'])} questions.",
        "count": len(entry["questions"]),
        "questions": entry["questions"],
    }


def _portfolio(brief: Brief) -> Values:
    job = next((job for job in _PROFESSIONS if re.search(rf"\b{job}", brief.prompt, re.IGNORECASE)), "")
    if not job and re.search("photograph", brief.prompt, re.IGNORECASE):
        job = "photographer"
    kinds, titles = _WORKS.get(job, _WORKS[""])
    name = brief.name or "Mira Solberg"
    role = (job or "independent designer").capitalize()
    eyebrow = f"{role}{f' in {brief.place}' if brief.place else ''}"
    return {
        "hue": 30,
        "display": "serif",
        "name": name,
        "title": f"{name}, {role.lower()}",
        "description": f"Selected work by {name}.",
        "eyebrow": eyebrow,
        "headline": "I look until it gets simple.",
        "intro": f"I am {name.split()[0]}, {_article(role.lower())}. Here is work from the last years, "
        "and a little about how it came to be.",
        "kinds": kinds,
        "works": [
            {"title": title, "kind": kinds[number % 2], "year": _WORK_YEARS[number], "picture": f"work-{number + 1}"}
            for number, title in enumerate(titles)
        ],
        "about": "I work slowly and with few people at a time. Before I make anything I ask a lot of questions; "
        "after that there are usually fewer things to make.",
    }


def _menu(brief: Brief) -> Values:
    entry = chosen("menus", brief.prompt)
    trade = brief.trade or {"name": "Our prices", "hue": 40, "display": "serif", "words": [""]}
    is_menu = bool(re.search(r"\bmenu\b", brief.prompt, re.IGNORECASE))
    name = brief.name or trade["name"]
    what = "Menu" if is_menu else "Prices"
    return {
        "hue": trade["hue"],
        "display": trade["display"],
        "headline": name,
        "title": f"{name}: {what.lower()}",
        "description": entry["intro"],
        "eyebrow": f"{what}{f', {brief.place}' if brief.place else ''}",
        "intro": entry["intro"],
        "note": entry["note"],
        "has_marks": entry["has_marks"],
        "groups": [
            {
                "id": re.sub(r"\W+", "-", group["title"].lower()),
                "title": group["title"],
                "entries": [
                    {"name": name, "about": about, "price": price, "green": bool(marks) and entry["has_marks"]}
                    for name, about, price, *marks in group["entries"]
                ],
            }
            for group in entry["groups"]
        ],
    }


def _form(brief: Brief) -> Values:
    entry = chosen("forms", brief.prompt)
    subject = brief.subject or (brief.name or "our next course")
    eyebrow = brief.name or _first_upper(subject)
    return {
        **{key: entry[key] for key in ("headline", "choice", "options", "call")},
        "hue": (brief.trade or {}).get("hue", 175),
        "display": (brief.trade or {}).get("display", "sans"),
        "title": f"{eyebrow}: {entry['call'].lower()}",
        "description": entry["headline"],
        "eyebrow": eyebrow,
        "intro": entry["intro"].format(subject=_with_article(subject)),
        "drawing": (brief.trade or {}).get("drawing", "shapes"),
    }


def _table(brief: Brief) -> Values:
    entry = chosen("tables", brief.prompt)
    headline = brief.name or entry["title"]
    return {
        **entry,
        "hue": 235,
        "display": "sans",
        "headline": headline,
        "title": headline,
        "description": entry["intro"],
    }


def _event(brief: Brief) -> Values:
    entry = chosen("events", brief.prompt)
    who = brief.name or entry["who"]
    date = find_date(brief.prompt)
    return {
        **{
            key: entry[key]
            for key in ("hue", "display", "headline", "intro", "drawing", "day_title", "programme", "closing")
        },
        "name": who,
        "title": f"{who}: {entry['headline'].rstrip('.').lower()}",
        "description": entry["intro"],
        "eyebrow": entry["eyebrow"],
        "date": date.iso if date else None,
        "date_words": date.words if date else "Soon",
        "month_day": date.month_day if date else entry["month_day"],
        "place": brief.place,
        "where": (_where(brief.place) or "The place will be announced here.") + " How to get there follows soon.",
    }


def _simple(brief: Brief) -> Values:
    subject = brief.phrase or brief.name or "something new"
    name = brief.name or _first_upper(re.sub(r"^(?:an?|the) ", "", subject))
    return {
        "hue": 225,
        "display": "serif",
        "name": name,
        "title": name,
        "description": f"A page about {subject}.",
        "headline": f"{name}.",
        "intro": f"This page is about {subject}: what it is, what makes it worth a look, and how to join in.",
        "drawing": "shapes",
        "more_title": "Three things to know",
        "parts": [
            ["How it began", "Room for the beginning: when it was, who was there and what the idea was."],
            ["What makes it special", "Room for the best thing about it. Two or three sentences are enough."],
            ["What comes next", "Room for the next step, with a day or a month, so that people come back."],
        ],
    }


_KINDS: Mapping[Kind, Callable[[Brief], Values]] = {
    "landing": _landing,
    "todo": _todo,
    "quiz": _quiz,
    "portfolio": _portfolio,
    "menu": _menu,
    "form": _form,
    "table": _table,
    "event": _event,
    "simple": _simple,
}


def is_known_subject(brief: Brief) -> bool:
    """Whether quiz, table and list really are about what was asked for."""
    name = {"quiz": "quizzes", "table": "tables"}.get(brief.kind)
    return name is None or not brief.subject or knows(name, brief.prompt)


def _about(brief: Brief, *, otherwise: str) -> str:
    """ "Vegan bakery in Lyon": the trade as it was said, with its place."""
    said = brief.subject if brief.subject and brief.subject != brief.name and len(brief.subject) < 40 else None
    if said and brief.name and brief.name.lower() in said.lower():
        said = None
    what = _first_upper(said or otherwise)
    if not brief.place:
        return what
    return f"{what}, {brief.place}" if brief.place[0].isdigit() else f"{what} in {brief.place}"


def _where(place: str | None) -> str:
    if not place:
        return ""
    return f"You find us at {place}." if place[0].isdigit() else f"You find us in {place}."


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _with_article(subject: str) -> str:
    """ "a yoga class" for "yoga class"; plurals and names stay as they are."""
    is_plural = subject.endswith("s") and not subject.endswith("ss")
    is_plain = subject.islower() and not is_plural and not subject.startswith(("a ", "an ", "the ", "our ", "my "))
    return f"the {subject}" if is_plain else subject
