"""Sections that can be put into a page, and where they go: before the contact, with a link in the navigation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from glacia_ui.claude.demo.brief import Brief
from glacia_ui.claude.demo.hours import USUAL, find_hours
from glacia_ui.claude.demo.site import Site

_FOLDER = Path(__file__).parent / "pages" / "sections"
_BEFORE = re.compile(r'(?m)^[ \t]*<section\b[^>]*\bid="(?:visit|contact|place|reply)"')
_ENDS = (re.compile(r"(?m)^[ \t]*</main>"), re.compile(r"(?m)^[ \t]*<footer\b"), re.compile(r"(?m)^[ \t]*</body>"))
_WIDE_RULE = ".section { max-width: 70rem; margin-inline: auto; padding: 3.5rem max(1.25rem, 4vw); }"
_INNER_RULE = ".section { padding-block: 2.5rem 0; }"
"""For pages without a rule for sections: in a `main` with a class of its own the sides are padded already."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section by its key, which is its id in the page; `link` is its word in the navigation."""

    key: str
    title: str
    link: str
    words: str


SECTIONS = (
    Section(
        "hours",
        "Opening hours",
        "Hours",
        r"opening (?:hours|times)|hours|open(?:ing)? times|when (?:we|you) (?:are|re) open",
    ),
    Section("faq", "Questions and answers", "Questions", r"faqs?|frequently asked|questions(?: and answers)?|q ?& ?a"),
    Section("prices", "Prices", "Prices", r"prices?|pricing|price list|rates|costs?"),
    Section("gallery", "Gallery", "Gallery", r"gallery|photos?|pictures|images"),
    Section(
        "voices",
        "What people say",
        "Voices",
        r"testimonials?|reviews?|quotes?|voices|what (?:people|customers|guests) say",
    ),
    Section("team", "The team", "Team", r"team|about us|who we are|staff|people behind"),
    Section("steps", "How it works", "How it works", r"how it works|steps|process"),
    Section("news", "News", "News", r"news|events?|dates|calendar|programme|schedule"),
    Section(
        "contact",
        "Contact",
        "Contact",
        r"contact(?: us| details| form| section)?|address|location|map|find us|directions|e-?mail|phone",
    ),
)


def find_section(text: str) -> Section | None:
    """The section that a text names first."""
    found = [
        (match.start(), number)
        for number, section in enumerate(SECTIONS)
        if (match := re.search(rf"\b(?:{section.words})\b", text, re.IGNORECASE))
    ]
    return SECTIONS[min(found)[1]] if found else None


def has_section(html: str, section: Section) -> bool:
    """Whether the page has it already; a "visit" is a contact, too."""
    keys = [section.key, "visit", "place"] if section.key == "contact" else [section.key]
    return any(re.search(rf'<section\b[^>]*\bid="{key}"', html) for key in keys)


def with_section(site: Site, section: Section, *, hours: list[tuple[str, str]] | None = None) -> Site:
    """The site with one more section, its styles where they are missing, and a link to it."""
    block = _block(section.key)
    if section.key == "hours":
        block = block.replace("{rows}", _rows(hours or USUAL))
    at = _place(site.html, section)
    if at is None:
        return site
    html = site.html[:at] + block + site.html[at:]
    site = site.with_html(_with_link(html, section))
    rules = _rules(section.key)
    if ".section" not in site.css:
        rules = f"{_INNER_RULE if '<main class' in site.html else _WIDE_RULE}\n{rules}"
    return site.with_styles(rules) if rules and f"#{section.key} " not in site.css else site


def with_hours(site: Site, hours: list[tuple[str, str]]) -> Site:
    """Other times in the section that is there."""
    html = re.sub(
        r'(?s)(<section\b[^>]*\bid="hours".*?<tbody>\n).*?(\n[ \t]*</tbody>)',
        lambda found: found[1] + _rows(hours) + found[2],
        site.html,
        count=1,
    )
    return site.with_html(html)


def add_wanted_sections(files: dict[str, str], brief: Brief) -> dict[str, str]:
    """The sections that a request for a new page names after "with": "with opening hours and a FAQ"."""
    site = Site.find(files)
    aside = re.search(r"\b(?:with|including|plus|and)\b(.*)$", brief.prompt, re.IGNORECASE | re.DOTALL)
    if site is None or aside is None:
        return files
    for section in SECTIONS:
        is_named = re.search(rf"\b(?:{section.words})\b", aside[1], re.IGNORECASE)
        if is_named and section.key != "prices" and not has_section(site.html, section):
            site = with_section(site, section, hours=find_hours(brief.prompt))
    return dict(site.files)


def _place(html: str, section: Section) -> int | None:
    before = _BEFORE.search(html)
    if before and section.key != "contact":
        return before.start()
    end = next((found for pattern in _ENDS if (found := pattern.search(html))), None)
    return end.start() if end else None


def _with_link(html: str, section: Section) -> str:
    """A link at the same place in the first navigation; none where there is no navigation."""
    nav = re.search(r"(?s)<nav\b.*?</nav>", html)
    if not nav:
        return html
    link = f'<a href="#{section.key}">{section.link}</a>'
    last = re.search(r'(?m)^([ \t]*)<a href="#(?:visit|contact|place)">', nav[0])
    if last:
        fresh = nav[0][: last.start()] + f"{last[1]}{link}\n" + nav[0][last.start() :]
    else:
        fresh = re.sub(
            r"(\s*)</nav>", rf"\n      {link}\g<1></nav>" if "\n" in nav[0] else rf" {link}\g<1></nav>", nav[0]
        )
    return html[: nav.start()] + fresh + html[nav.end() :]


def _rows(hours: list[tuple[str, str]]) -> str:
    return "\n".join(
        f'          <tr><th scope="row">{escape(days)}</th><td>{escape(times)}</td></tr>' for days, times in hours
    )


@cache
def _block(key: str) -> str:
    return (_FOLDER / f"{key}.html").read_text(encoding="utf-8")


@cache
def _rules(key: str) -> str:
    path = _FOLDER / f"{key}.css"
    return path.read_text(encoding="utf-8") if path.exists() else ""
