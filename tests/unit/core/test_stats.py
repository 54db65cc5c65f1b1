"""Whatever the events, every total of the usage page is the sum of the rows it stands for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.books import UsageEvent
from glacia_ui.core.models import Outcome, Usage
from glacia_ui.core.stats import KINDS, bar_label, cost_frame, kind, period, report, tokens_frame

TODAY = date(2026, 11, 20)
BAKERY, CONCERT = UUID(int=1), UUID(int=2)
PROJECTS = {BAKERY: "Corner Bakery", CONCERT: "Winter concert", None: None}
ENDS: list[tuple[Outcome, bool]] = [
    ("committed", False),
    ("answered", False),
    ("stopped", False),
    ("upstream_error", True),
    ("interrupted", True),
    ("dropped", True),
]


def event(
    day: date = TODAY,
    *,
    end: tuple[Outcome, bool] = ("committed", False),
    project: UUID | None = BAKERY,
    usage: Usage | None = None,
) -> UsageEvent:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    status = "succeeded" if end[0] in ("committed", "answered") else "failed"
    return UsageEvent(
        at=at,
        generation_id=uuid4(),
        project_id=project,
        project_name=PROJECTS[project],
        model="claude-sonnet-5-5",
        status=status,
        outcome=end[0],
        is_returned=end[1],
        usage=usage or Usage(input_tokens=100, output_tokens=20, cost_usd=Decimal("0.0123")),
        duration_ms=1500,
        day=day,
    )


usages = st.builds(
    Usage,
    input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**6),
    cache_read_tokens=st.integers(0, 10**6),
    cache_write_tokens=st.integers(0, 10**6),
    cost_usd=st.decimals(0, 100, places=6),
    is_simulated=st.booleans(),
)
events = st.lists(
    st.builds(
        event,
        st.integers(0, 400).map(lambda days: TODAY - timedelta(days=days)),
        end=st.sampled_from(ENDS),
        project=st.sampled_from(list(PROJECTS)),
        usage=usages,
    ),
    max_size=30,
)


@given(events, st.sampled_from(["7d", "30d", "year"]))
def test_every_grouping_adds_up_to_the_total(found: list[UsageEvent], name: str) -> None:
    over = period(name, TODAY)
    made = report(found, over)
    inside = [one for one in found if over.first <= one.day <= over.last]
    assert made.total.generations == len(made.rows) == len(inside)
    assert made.total.cost_usd == sum((one.usage.cost_usd for one in inside), Decimal(0))
    fields = [*KINDS, "generations", "read_tokens", "written_tokens", "cost_usd", "simulated_usd"]
    for groups in made.groups.values():
        for field in fields:
            assert sum(getattr(group, field) for group in groups) == getattr(made.total, field), field


@given(events)
def test_a_group_is_the_sum_of_the_rows_that_carry_its_key(found: list[UsageEvent]) -> None:
    made = report(found, period("30d", TODAY))
    for by, groups in made.groups.items():
        for group in groups:
            behind = [row for row in made.rows if str(getattr(row, by)) == group.key]
            assert group.generations == len(behind)
            assert group.cost_usd == sum((row.cost_usd for row in behind), Decimal(0))


@given(events, st.sampled_from(["7d", "30d", "year"]))
def test_the_charts_end_where_the_tiles_stand(found: list[UsageEvent], name: str) -> None:
    made = report(found, period(name, TODAY))
    tokens = tokens_frame(made, ("Written", "Read"))
    assert tokens.loc[tokens["kind"] == "Written", "tokens"].sum() == made.total.written_tokens
    assert tokens.loc[tokens["kind"] == "Read", "tokens"].sum() == made.total.read_tokens
    assert cost_frame(made)["cost"].iloc[-1] == pytest.approx(float(made.total.cost_usd), abs=1e-4)
    assert cost_frame(made)["cost"].is_monotonic_increasing


@given(events)
def test_how_it_ended_is_one_of_four_and_every_generation_has_ended(found: list[UsageEvent]) -> None:
    total = report(found, period("30d", TODAY)).total
    assert total.made + total.answered + total.stopped + total.returned == total.generations


@pytest.mark.parametrize(
    ("end", "expected"),
    list(zip(ENDS, ["made", "answered", "stopped", "returned", "returned", "returned"], strict=True)),
)
def test_people_see_four_ways_to_end(end: tuple[Outcome, bool], expected: str) -> None:
    assert kind(event(end=end)) == expected


@pytest.mark.parametrize(
    ("name", "first", "bars"),
    [("7d", date(2026, 11, 14), 7), ("30d", date(2026, 10, 22), 30), ("year", date(2026, 1, 1), 11)],
)
def test_a_period_holds_today_and_every_bar_of_it(name: str, first: date, bars: int) -> None:
    over = period(name, TODAY)
    assert (over.first, over.last) == (first, TODAY)
    assert len(report([], over).groups["time"]) == bars
    assert over.end - over.start == timedelta(days=(TODAY - first).days + 1)


def test_a_period_is_half_open_in_time() -> None:
    over = period("7d", TODAY)
    assert over.start == datetime(2026, 11, 14, tzinfo=UTC)
    assert over.end == datetime(2026, 11, 21, tzinfo=UTC)


def test_what_lies_outside_the_period_is_not_counted() -> None:
    made = report([event(date(2026, 11, 13)), event(date(2026, 11, 21)), event()], period("7d", TODAY))
    assert made.total.generations == 1


def test_a_year_is_drawn_in_months() -> None:
    made = report([event(date(2026, 3, 9)), event(date(2026, 3, 30))], period("year", TODAY))
    assert {group.key: group.generations for group in made.groups["time"]}["2026-03-01"] == 2


def test_the_newest_row_and_the_largest_group_come_first() -> None:
    old, new = event(TODAY - timedelta(days=2)), event(project=CONCERT)
    made = report([old, new, event(project=CONCERT)], period("7d", TODAY))
    assert made.rows[-1].generation_id == old.generation_id
    assert [group.label for group in made.groups["project"]] == ["Winter concert", "Corner Bakery"]


def test_a_deleted_project_keeps_its_rows() -> None:
    made = report([event(project=None)], period("7d", TODAY))
    assert [(group.key, group.label, group.generations) for group in made.groups["project"]] == [("", "", 1)]


def test_money_that_nobody_pays_is_told_apart() -> None:
    free = Usage(cost_usd=Decimal("0.50"), is_simulated=True)
    total = report([event(usage=free), event()], period("7d", TODAY)).total
    assert (total.cost_usd, total.simulated_usd) == (Decimal("0.5123"), Decimal("0.50"))


def test_the_share_with_a_result_needs_something_to_divide_by() -> None:
    assert report([], period("7d", TODAY)).total.result_percent is None
    ends = [event(), event(end=("answered", False)), event(end=("stopped", False))]
    assert report(ends, period("7d", TODAY)).total.result_percent == 67


def test_labels_of_bars() -> None:
    assert bar_label("2026-11-02", "day") == "2 Nov"
    assert bar_label("2026-11-01", "month") == "Nov"
