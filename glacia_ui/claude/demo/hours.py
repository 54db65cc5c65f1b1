"""Reads opening hours out of a sentence: "Tuesday to Friday 7 to 6, Saturday until 4"."""

from __future__ import annotations

import re

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL = [("Monday to Friday", "9:00 – 18:00"), ("Saturday", "10:00 – 16:00"), ("Sunday", "Closed")]
"""Example times, said to be examples."""

_DAY = "|".join(f"{day[:3]}(?:{day[3:]})?s?" for day in DAYS) + "|tues|thurs|weds"
_SPAN = re.compile(
    rf"\b(?P<first>{_DAY}|daily|every day|weekdays|weekends?)\b\.?"
    rf"(?:\s*(?:to|-|–|until|through|and|&)\s*(?P<last>{_DAY})\b\.?)?",
    re.IGNORECASE,
)
_CLOCK = r"(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|a\.m\.|p\.m\.)?(?:\s*o.?clock)?"
_FROM_TO = re.compile(rf"{_CLOCK}\s*(?:to|-|–|until|till)\s*{_CLOCK}", re.IGNORECASE)
_UNTIL = re.compile(rf"(?:until|till|to)\s*{_CLOCK}", re.IGNORECASE)


def find_hours(text: str) -> list[tuple[str, str]]:
    """`(days, times)` in the order of the week; days that were not named are closed. Empty when none is named."""
    spans = list(_SPAN.finditer(text))
    times: dict[int, str] = {}
    opens = ""
    for number, span in enumerate(spans):
        stop = spans[number + 1].start() if number + 1 < len(spans) else len(text)
        said, opens = _times(text[span.end() : stop], opens)
        for day in _days(span) if said else ():
            times[day] = said
    if not times:
        return []
    return _grouped([times.get(day, "Closed") for day in range(7)])


def _times(said: str, opens: str) -> tuple[str, str]:
    """The times in a piece of text, and when the last day opened: "until 4" goes by that."""
    if re.search(r"\bclosed\b", said[:20], re.IGNORECASE):
        return "Closed", opens
    both = _FROM_TO.search(said)
    if both:
        opens = _clock(*both.groups()[:3], is_end=False)
        return f"{opens} – {_clock(*both.groups()[3:], is_end=True)}", opens
    end = _UNTIL.search(said)
    return (f"{opens} – {_clock(*end.groups(), is_end=True)}" if end and opens else ""), opens


def _clock(hour: str, minute: str | None, half: str | None, *, is_end: bool) -> str:
    """On 24 hours. Without am or pm an end before noon is meant in the afternoon."""
    number = int(hour) % 24
    is_afternoon = (half or "").lower().startswith("p") if half else is_end and number < 12
    if is_afternoon and number < 12:
        number += 12
    return f"{number}:{minute or '00'}"


def _days(span: re.Match[str]) -> list[int]:
    first = span["first"].lower()
    if first in ("daily", "every day"):
        return list(range(7))
    if first.startswith("week"):
        return list(range(5)) if first.startswith("weekday") else [5, 6]
    start = _number(first)
    if not span["last"]:
        return [start]
    end = _number(span["last"].lower())
    if re.search(r"\b(?:and|&)\b|&", span[0]):
        return [start, end]
    return [day % 7 for day in range(start, end + 1 + (7 if end < start else 0))]


def _number(name: str) -> int:
    return next(number for number, day in enumerate(DAYS) if day.lower().startswith(name[:3]))


def _grouped(week: list[str]) -> list[tuple[str, str]]:
    groups: list[tuple[str, str]] = []
    start = 0
    for day in range(1, 8):
        if day == 7 or week[day] != week[start]:
            last = day - 1
            joined = " to " if last - start > 1 else " and "
            name = DAYS[start] if last == start else f"{DAYS[start]}{joined}{DAYS[last]}"
            groups.append((name, week[start]))
            start = day
    return groups
