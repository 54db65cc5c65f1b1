"""What a request asks to be built: the kind of page, the trade, names, places and colours, taken from its words.

Rules, not understanding: the first strong word for a kind decides ("a sign-up form for a yoga class" is a form). What
is not found stays None, and the page then uses what the trade brings along.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from glacia_ui.claude.demo.colour import Colour, find_colour
from glacia_ui.claude.demo.library import entries

Kind = Literal["landing", "todo", "quiz", "portfolio", "menu", "form", "table", "event", "simple"]

_STRONG: dict[Kind, str] = {
    "todo": r"to-?\s?do|tasks?\b|check ?list|(?:shopping|packing|grocery) list",
    "quiz": r"quiz|trivia",
    "event": r"count ?down|wedding|birthday|festival|conference|save the date|invitation|anniversary|event\b|party\b",
    "form": r"sign-?\s?up|registration|wait-?\s?list|rsvp|newsletter|(?:contact|booking|order|feedback) form|\bform\b",
    "table": r"sortable|leader ?board|\btable of\b|\btable\b|overview of",
    "menu": r"\bmenu\b|price ?list|pricing|\bprices\b",
    "portfolio": r"portfolio|photograph|cv\b|résumé|resume|about me|personal (?:site|page|website|homepage)",
    "landing": r"landing ?page",
}
_WEAK = re.compile(r"\b(?:home ?page|web ?site|site|web ?page|page|one-pager)\b", re.IGNORECASE)
_BUILDS = re.compile(r"\b(?:build|create|make|design|write|generate|want|need|would like|set up|give)\b", re.IGNORECASE)
_BEYOND = re.compile(
    r"\b(?:calculator|game|chess|snake|tetris|chat ?bot|chat app|log-?in|online shop|web ?shop|e-?commerce|blog"
    r"|dashboard|weather|translator app|video|forum|database|api|calendar app|timer|stopwatch|clock|drawing app"
    r"|player)\b",
    re.IGNORECASE,
)
_END = (
    r"(?=\s+(?:in|with|that|which|where|who|and|at|on|near|from|to|using|called|named|for|featuring)\b|[,.;:!?()\n]|$)"
)
_CAPITALISED = (
    r"[A-Z][\w’'.-]*(?:(?:\s+(?:of|and|the|de|la|le|du|des|by))?\s+(?:&\s*)?[A-Z][\w’'.-]*|\s*&\s*[A-Z][\w’'.-]*)*"
)
_QUOTED = re.compile(r"[\"“«](.{2,60}?)[\"”»]")
_CALLED = re.compile(rf"\b(?:called|named|titled)\s+(.{{2,60}}?){_END}", re.IGNORECASE)
_FOR_NAME = re.compile(rf"\bfor\s+(?:the\s+|our\s+|my\s+)?({_CAPITALISED})")
_PLACE = re.compile(rf"\b(?:in|near|from)\s+({_CAPITALISED})")
_STREET = re.compile(
    r"\b(?:at|on)\s+((?:\d+\s+)?(?:[A-Z][\w’'-]*\s+)+(?:Street|Lane|Road|Square|Avenue|Place|Alley|Hill))\b"
)
_SUBJECT = re.compile(
    rf"\b(?:for|of|about|on)\s+(?P<article>(?:an?|my|our|the|your)\s+)?(?P<noun>[\w’'&-]+(?:\s+[\w’'&-]+){{0,4}}?){_END}",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        """
        January February March April May June July August September October November December
        Monday Tuesday Wednesday Thursday Friday Saturday Sunday English French German I
        """,
    )
)


@dataclass(frozen=True, slots=True)
class Brief:
    """A request to build something. `subject` is what it is for or about, as it was said, without its article."""

    kind: Kind
    prompt: str
    trade: dict[str, Any] | None
    name: str | None
    place: str | None
    subject: str | None
    phrase: str | None
    """The subject with its article: "my cat"."""
    colour: tuple[str, Colour] | None
    is_dark: bool
    is_understood: bool
    """False: the kind is a guess, and the answer says so."""


def find_brief(prompt: str) -> Brief | None:
    """The brief in a prompt; None when it does not ask for anything that could be a page."""
    trade = find_trade(prompt)
    kind = _kind(prompt, has_trade=trade is not None)
    if kind is None:
        return None
    name = _name(prompt, trade)
    return Brief(
        kind=kind,
        prompt=prompt,
        trade=trade,
        name=name and _tidy(name),
        place=_place(prompt),
        subject=_subject(prompt, with_article=False),
        phrase=_subject(prompt, with_article=True),
        colour=find_colour(prompt.replace(name or "\n", " ")),
        is_dark=bool(
            re.search(r"\bdark (?:mode|theme|design|background|page|site|look)|\bin dark\b", prompt, re.IGNORECASE)
        ),
        is_understood=kind != "simple",
    )


def is_beyond(prompt: str) -> str | None:
    """A thing that was asked for and that the built-in model cannot make, in the request's word."""
    found = _BEYOND.search(prompt)
    return found[0].lower() if found else None


def find_trade(prompt: str) -> dict[str, Any] | None:
    """The trade whose word comes first in the request; of two at one place, the longer word."""
    found = [
        (match.start(), -len(word), trade)
        for trade in entries("trades").values()
        for word in trade["words"]
        if (match := re.search(rf"(?<![\w’'])(?:{re.escape(word)})(?:’s|'s|s)?\b", prompt, re.IGNORECASE))
    ]
    return min(found, key=lambda entry: entry[:2])[2] if found else None


def _kind(prompt: str, *, has_trade: bool) -> Kind | None:
    weak = _WEAK.search(prompt)
    found: list[tuple[int, Kind]] = []
    for kind, words in _STRONG.items():
        match = re.search(rf"(?:\b(?:{words}))", prompt, re.IGNORECASE)
        if match:
            found.append((match.start(), kind))
    aside = re.search(r"\b(?:with|including|plus)\b", prompt, re.IGNORECASE)
    if aside and weak and weak.start() < aside.start() and has_trade:
        found = [entry for entry in found if entry[0] < aside.start()]  # "a site for a bakery with a menu"
    if found:
        kind = min(found)[1]
        return "simple" if kind == "landing" and not has_trade else kind
    if has_trade and (weak or _BUILDS.search(prompt) or len(prompt.split()) <= 8):
        return "landing"
    return "simple" if weak else None


def _name(prompt: str, trade: dict[str, Any] | None) -> str | None:
    for pattern in (_QUOTED, _CALLED):
        if found := pattern.search(prompt):
            return found[1]
    words = "|".join(re.escape(word) for word in sorted(trade["words"], key=len, reverse=True)) if trade else ""
    if words and (owned := re.search(rf"\b([A-Z]\w+[’']s\s+)((?:\w+\s+)?(?:{words}))\b", prompt)):
        return owned[1] + owned[2].title()
    if words and (found := re.search(rf"\b(?:{words})\s+({_CAPITALISED})", prompt)):
        return found[1]
    found = _FOR_NAME.search(prompt)
    is_name = found and found[1].split()[0] not in _NO_NAMES
    return re.sub(r"[’']s$", "", found[1]) if found and is_name else None


def _place(prompt: str) -> str | None:
    for pattern in (_STREET, _PLACE):
        found = pattern.search(prompt)
        if found and found[1].split()[0] not in _NO_NAMES:
            return _tidy(found[1])
    return None


def _subject(prompt: str, *, with_article: bool) -> str | None:
    found = _SUBJECT.search(prompt)
    if not found:
        return None
    return _tidy((found["article"] or "") + found["noun"] if with_article else found["noun"])


def _tidy(text: str) -> str:
    return " ".join(text.replace("'", "’").split()).strip(" .,’-")
