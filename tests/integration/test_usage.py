"""What a user has used, over the real database: all of it, theirs only, and the same in every form."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from glacia_ui.core.stats import period, report
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.db.usage import Usage as UsageRows
from glacia_ui.services.usage import Usage
from tests.conftest import MakeUser
from tests.support.databases import Database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
YEAR = period("year", NOW.date())
MANY = 1203
"""More than one page of any default."""


def add_events(database: Database, caller: Caller, count: int, *, name: str = "Bakery") -> None:
    """Bills of $0.01 and 3 tokens, one an hour, each third one returned."""
    user_id = UUID(caller.claims["sub"])
    with database.connect("postgres") as connection:
        connection.execute(
            "insert into public.usage_events (generation_id, user_id, project_name, at, model, status, outcome,"
            " is_returned, is_simulated, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_usd,"
            " duration_ms) select gen_random_uuid(), %(user)s, %(name)s, %(now)s::timestamptz - n * interval '1 hour',"
            " 'claude-sonnet-5-5', case when n %% 3 = 0 then 'failed' else 'succeeded' end,"
            " case when n %% 3 = 0 then 'upstream_error' else 'committed' end, n %% 3 = 0, false, 1, 2, 0, 0, 0.01, 10"
            " from generate_series(0, %(last)s) as n",
            {"user": user_id, "name": name, "now": NOW, "last": count - 1},
        )


async def test_a_report_is_made_of_every_row(database: Database, transport: Transport, make_user: MakeUser) -> None:
    caller = await make_user()
    add_events(database, caller, MANY)
    usage = Usage(UsageRows(transport))
    made = report(await usage.events(caller, YEAR.start, YEAR.end), YEAR)
    assert made.total.generations == len(made.rows) == MANY
    assert made.total.returned == MANY // 3
    assert made.total.cost_usd == Decimal("0.01") * MANY


async def test_the_report_equals_what_the_database_adds_up(
    database: Database, transport: Transport, make_user: MakeUser
) -> None:
    caller = await make_user()
    add_events(database, caller, MANY)
    usage = Usage(UsageRows(transport))
    over = period("30d", NOW.date())
    made = report(await usage.events(caller, over.start, over.end), over)
    by_day = {row.group: row for row in await usage.usage(caller, over.start, over.end, "day")}
    assert {group.key: group.generations for group in made.groups["time"] if group.generations} == {
        day: row.generations for day, row in by_day.items()
    }
    assert made.total.cost_usd == sum((row.cost_usd for row in by_day.values()), Decimal(0))


async def test_the_file_has_every_row(database: Database, transport: Transport, make_user: MakeUser) -> None:
    caller = await make_user()
    add_events(database, caller, MANY, name="=cmd()")
    rows = list(csv.DictReader(io.StringIO(await Usage(UsageRows(transport)).csv(caller, YEAR.start, YEAR.end))))
    assert len(rows) == MANY
    assert sum(Decimal(row["cost_usd"]) for row in rows) == Decimal("0.01") * MANY
    assert {row["project"] for row in rows} == {"'=cmd()"}


async def test_others_see_none_of_it(database: Database, transport: Transport, make_user: MakeUser) -> None:
    add_events(database, await make_user(), 3)
    stranger = await make_user()
    usage = Usage(UsageRows(transport))
    assert await usage.events(stranger, NOW - timedelta(days=1), NOW + timedelta(days=1)) == []
