"""A new section: opening hours, contact, questions and answers, prices, pictures, voices, team, how it works."""

from __future__ import annotations

import re

from glacia_ui.claude.demo.change import Cannot, Change
from glacia_ui.claude.demo.hours import find_hours
from glacia_ui.claude.demo.sections import SECTIONS, Section, find_section, has_section, with_hours, with_section
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

_ADD = re.compile(
    r"\b(?:add|put|insert|include|show|need|want|give|create|make|missing|with|section|also)\b|^(?:an?|our|the)\b", re.I
)
_ANY_SECTION = re.compile(r"\b(?:add|insert|create)\b.*\bsection\b", re.I)


def add_section(site: Site, wish: str) -> Change | Cannot | None:
    """One of the sections that the model knows; times that are given are used."""
    section = find_section(wish)
    if section is None:
        return Cannot(text("demo.unknown_section", known=_known())) if _ANY_SECTION.search(wish) else None
    if not _ADD.search(wish) and not find_hours(wish):
        return None
    hours = find_hours(wish) if section.key == "hours" else []
    if has_section(site.html, section):
        return _new_times(site, hours) if hours else Cannot(text("demo.has_section", section=section.title))
    changed = with_section(site, section, hours=hours)
    if changed.html == site.html:
        return Cannot(text("demo.no_place"))
    words = _words("section", section)
    if f'<a href="#{section.key}">' in changed.html:
        words["done"] = text("demo.section_with_link", section=section.title)
    return Change(changed, **words, check=_check(section, is_given=bool(hours)))


def _new_times(site: Site, hours: list[tuple[str, str]]) -> Change | Cannot:
    changed = with_hours(site, hours)
    if changed.html == site.html:
        return Cannot(text("demo.same"))
    words = {part: text(f"demo.times_{part}") for part in ("title", "said", "done")}
    return Change(changed, **words, check=text("demo.times_check"))


def _words(key: str, section: Section) -> dict[str, str]:
    return {part: text(f"demo.{key}_{part}", section=section.title) for part in ("title", "said", "done")}


def _check(section: Section, *, is_given: bool) -> str:
    if is_given:
        return text("demo.times_check")
    return text("demo.section_check", section=section.title)


def _known() -> str:
    return ", ".join(section.title.lower() for section in SECTIONS)
