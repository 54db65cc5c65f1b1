"""What a list of generations adds up to: the numbers, tables and chart frames of the usage page.

Everything on that page is computed here, from one list of usage events, so a tile, a bar and the rows behind them
cannot disagree. Days are UTC, like the quota's month. Sums of money are exact (Decimal); only charts get floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Literal
from uuid import UUID

import pandas as pd
from pydantic import computed_field

from glacia_ui.core.books import UsageEvent
from glacia_ui.core.models import Model, Outcome

PeriodName = Literal["7d", "30d", "year"]
Kind = Literal["made", "answered", "stopped", "returned"]
"""What people see of an outcome: a version, an answer, a stop that counts, or a generation that was given back."""
KINDS: tuple[Kind, ...] = ("made", "answered", "stopped", "returned")
GROUPINGS = ("time", "project", "model", "outcome")
_LENGTHS = {"7d": 7, "30d": 30}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC days, `first` to `last` inclusive. A year is drawn month by month, all else day by day."""

    name: PeriodName
    first: date
    last: date

    @property
    def step(self) -> Literal["day", "month"]:
        """How long one bar is."""
        return "month" if self.name == "year" else "day"

    @property
    def start(self) -> datetime:
        """The first instant that belongs to the period."""
        return datetime.combine(self.first, datetime.min.time(), UTC)

    @property
    def end(self) -> datetime:
        """The first instant after the period."""
        return datetime.combine(self.last + timedelta(days=1), datetime.min.time(), UTC)

    def bucket(self, day: date) -> date:
        """The first day of the bar that `day` belongs to."""
        return day.replace(day=1) if self.step == "month" else day

    def buckets(self) -> list[date]:
        """Every bar of the period, oldest first, also those that nothing happened in."""
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return list(dict.fromkeys(self.bucket(day) for day in days))


class Sums(Model):
    """What some generations add up to: generations = made + answered + stopped + returned, always.

    `read_tokens` are input and cache together, `written_tokens` output. `simulated_usd` is the part of `cost_usd` that
    nobody pays, because the demo model answered.
    """

    generations: int = 0
    made: int = 0
    answered: int = 0
    stopped: int = 0
    returned: int = 0
    read_tokens: int = 0
    written_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    simulated_usd: Decimal = Decimal(0)

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def result_percent(self) -> int | None:
        """Share that delivered a version or an answer, in whole percent; None when there is nothing to divide by."""
        return round(100 * (self.made + self.answered) / self.generations) if self.generations else None


class Group(Sums):
    """The sums of one day, project, model or outcome. `key` is what the rows behind it carry."""

    key: str
    label: str


class Row(Model):
    """One generation, as the table shows it."""

    generation_id: UUID
    at: datetime
    time: date
    project: str
    project_id: UUID | None
    project_name: str | None
    model: str
    outcome: Outcome
    kind: Kind
    read_tokens: int
    written_tokens: int
    cost_usd: Decimal
    is_simulated: bool
    duration_ms: int


class Report(Model):
    """All that the usage page shows of a period. Each list in `groups` and `rows` add up to `total`."""

    first: date
    last: date
    step: Literal["day", "month"]
    total: Sums
    groups: dict[str, list[Group]]
    """By "time" (every bar of the period, oldest first), "project", "model" and "outcome" (largest first)."""
    rows: list[Row]
    """Newest first."""


def period(name: PeriodName, today: date) -> Period:
    """The last 7 or 30 days, today included, or the calendar year so far."""
    if name == "year":
        return Period(name, today.replace(month=1, day=1), today)
    return Period(name, today - timedelta(days=_LENGTHS[name] - 1), today)


def kind(event: UsageEvent) -> Kind:
    """What people see of how it ended."""
    if event.outcome == "committed":
        return "made"
    if event.outcome == "answered":
        return "answered"
    return "returned" if event.is_returned else "stopped"


def report(events: Iterable[UsageEvent], over: Period) -> Report:
    """Everything about the events of a period. Events outside it are left out, so the bars always hold all rows."""
    rows = [_row(event, over) for event in events if over.first <= event.day <= over.last]
    rows.sort(key=lambda row: row.at, reverse=True)
    empty: dict[str, list[Row]] = {bucket.isoformat(): [] for bucket in over.buckets()}
    groups = {
        "time": _groups(rows, lambda row: row.time.isoformat(), empty),
        "project": _largest(_groups(rows, lambda row: row.project)),
        "model": _largest(_groups(rows, lambda row: row.model)),
        "outcome": _largest(_groups(rows, lambda row: row.outcome)),
    }
    return Report(first=over.first, last=over.last, step=over.step, total=sums(rows), groups=groups, rows=rows)


def sums(rows: Iterable[Row]) -> Sums:
    """The sums of some rows."""
    return Sums(**_added(list(rows)))


def tokens_frame(made: Report, names: Sequence[str]) -> pd.DataFrame:
    """Tokens per bar, long form: columns `time` (text), `tokens` (int), `kind` (`names`: written, then read)."""
    written, read = names
    records = [
        (bar_label(group.key, made.step), amount, name)
        for group in made.groups["time"]
        for amount, name in ((group.written_tokens, written), (group.read_tokens, read))
    ]
    return pd.DataFrame(records, columns=["time", "tokens", "kind"])


def cost_frame(made: Report) -> pd.DataFrame:
    """Cost in dollars, added up bar by bar: columns `time` (text) and `cost`.

    Bars are named and not dated: a chart would write dates in the reader's zone, where a UTC day may be another one.
    """
    bars = made.groups["time"]
    added_up = accumulate(bar.cost_usd for bar in bars)
    labels = [bar_label(bar.key, made.step) for bar in bars]
    return pd.DataFrame({"time": labels, "cost": [round(float(amount), 4) for amount in added_up]})


def bar_label(key: str, step: str) -> str:
    """ "20 Nov" for a day, "Nov" for a month. `key` is the bar's first day, ISO."""
    first = date.fromisoformat(key)
    return f"{first:%b}" if step == "month" else f"{first.day} {first:%b}"


def _row(event: UsageEvent, over: Period) -> Row:
    usage = event.usage
    return Row(
        generation_id=event.generation_id,
        at=event.at,
        time=over.bucket(event.day),
        project=str(event.project_id or ""),
        project_id=event.project_id,
        project_name=event.project_name,
        model=event.model,
        outcome=event.outcome,
        kind=kind(event),
        read_tokens=usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
        written_tokens=usage.output_tokens,
        cost_usd=usage.cost_usd,
        is_simulated=usage.is_simulated,
        duration_ms=event.duration_ms,
    )


def _groups(rows: list[Row], key: Callable[[Row], str], start: dict[str, list[Row]] | None = None) -> list[Group]:
    found = {name: list(some) for name, some in (start or {}).items()}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return [Group(key=name, label=_label(name, some), **_added(some)) for name, some in found.items()]


def _label(name: str, rows: list[Row]) -> str:
    """A project shows its newest name; everything else is its own label."""
    return (rows[0].project_name or "") if rows and rows[0].project == name else name


def _largest(groups: list[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-group.generations, group.label))


def _added(rows: list[Row]) -> dict[str, int | Decimal]:
    counts: dict[str, int | Decimal] = {name: sum(row.kind == name for row in rows) for name in KINDS}
    return counts | {
        "generations": len(rows),
        "read_tokens": sum(row.read_tokens for row in rows),
        "written_tokens": sum(row.written_tokens for row in rows),
        "cost_usd": sum((row.cost_usd for row in rows), Decimal(0)),
        "simulated_usd": sum((row.cost_usd for row in rows if row.is_simulated), Decimal(0)),
    }
