"""What is left and what was used, through the transport, as models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from glacia_ui.core.events import Event
from glacia_ui.core.models import Quota, Usage
from glacia_ui.db.generations import Generations
from glacia_ui.db.projects import Projects
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.db.usage import Usage as UsageRows
from glacia_ui.errors import ValidationError
from tests.conftest import MakeUser

SPENT = Usage(
    input_tokens=100, output_tokens=20, cache_read_tokens=3, cost_usd=Decimal("0.00012345678"), is_simulated=True
)


@pytest.fixture
def usage(transport: Transport) -> UsageRows:
    return UsageRows(transport)


@pytest.fixture
async def user(make_user: MakeUser, transport: Transport) -> Caller:
    """Somebody who has used one generation, got one back and has one waiting."""
    user = await make_user("ada@example.com")
    generations = Generations(transport)
    project = await Projects(transport).create_project(user, "Bakery")
    for prompt in ("a", "b", "c"):
        await generations.begin_generation(user, project.id, prompt, model="model-1")
    (claimed,) = await generations.claim_generations(uuid4(), 5)
    done = Event(seq=1, type="done", data={})
    result = {"outcome": "answered", "text": "x", "usage": SPENT, "attempts": 1, "events": [done]}
    await generations.finish_generation(claimed.id, claimed.lease_token, result)
    (claimed,) = await generations.claim_generations(uuid4(), 5)
    failed = {"outcome": "empty", "code": "empty", "message": "", "usage": Usage(), "attempts": 1}
    failed["events"] = [Event(seq=1, type="failed", data={})]
    await generations.fail_generation(claimed.id, claimed.lease_token, failed)
    return user


def _today() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(days=1), now + timedelta(days=1)


async def test_what_is_left(usage: UsageRows, user: Caller) -> None:
    me = await usage.get_me(user)
    assert (me.user.email, me.user.role, me.user.is_guest) == ("ada@example.com", "user", False)
    assert me.quota == Quota(limit=50, used=1, reserved=1, remaining=48, resets_at=me.quota.resets_at)
    assert me.quota.resets_at > datetime.now(UTC)
    assert (me.quota.resets_at.day, me.quota.resets_at.hour) == (1, 0)
    generation, api = me.windows
    assert (generation.name, generation.limit, generation.remaining, len(generation.hits)) == ("generation", 5, 3, 2)
    assert (api.name, api.limit, api.remaining, api.hits) == ("api", 100, 100, [])


async def test_what_was_used(usage: UsageRows, user: Caller) -> None:
    (day,) = await usage.get_usage(user, *_today(), "day")
    assert (day.generations, day.returned, day.input_tokens, day.cost_usd) == (2, 1, 100, Decimal("0.00012345678"))
    assert day.group == datetime.now(UTC).date().isoformat()
    assert [row.group for row in await usage.get_usage(user, *_today(), "outcome")] == ["answered", "empty"]
    returned, paid = await usage.list_usage_events(user, *_today())
    assert (paid.usage, paid.outcome, paid.model, paid.project_name) == (SPENT, "answered", "model-1", "Bakery")
    assert (returned.is_returned, returned.usage, returned.status) == (True, Usage(), "failed")
    assert await usage.list_usage_events(user, *_today(), limit=1) == [returned]


async def test_every_movement(usage: UsageRows, user: Caller) -> None:
    rows = await usage.list_ledger(user)
    assert [(row.kind, row.amount, row.balance) for row in reversed(rows)] == [
        ("grant", 50, 50), ("reserve", -1, 49), ("reserve", -1, 48), ("reserve", -1, 47), ("settle", 0, 47),
        ("refund", 1, 48),
    ]  # fmt: skip
    assert await usage.list_ledger(user, limit=2, before=rows[1].id) == rows[2:4]


async def test_bad_questions_are_refused(usage: UsageRows, user: Caller) -> None:
    start, end = _today()
    with pytest.raises(ValidationError, match="invalid_range"):
        await usage.get_usage(user, end, start, "day")
    with pytest.raises(ValidationError, match="invalid_group"):
        await usage.get_usage(user, start, end, "user")
