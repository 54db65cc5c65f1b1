"""Finds a day in a request: "12 June 2027", "June 12", "2027-06-12", "12.06.2027"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" if month != "May" else "May" for month in MONTHS)
_PATTERNS = (
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<name>{_MONTH})\b\.?,?(?:\s+(?P<year>20\d\d))?", re.I
    ),
    re.compile(
        rf"\b(?P<name>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?,?(?:\s+(?P<year>20\d\d))?", re.I
    ),
    re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    re.compile(r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>20\d\d)\b"),
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day. `iso` is None without a year: the page then counts to the next time that it comes round."""

    words: str
    month_day: str
    iso: str | None


def find_date(text: str) -> Day | None:
    """The first day that exists."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            given = found.groupdict()
            name = given.get("name")
            month = _month_number(name) if name else int(given["month"])
            day, year = int(given["day"]), given.get("year")
            try:
                date(int(year or 2028), month, day)  # 2028 is a leap year
            except ValueError:
                continue
            words = f"{day} {MONTHS[month - 1]}{f' {year}' if year else ''}"
            iso = f"{year}-{month:02}-{day:02}T18:00" if year else None
            return Day(words, f"{month:02}-{day:02}", iso)
    return None


def _month_number(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, start=1) if month.lower().startswith(name[:3].lower()))
