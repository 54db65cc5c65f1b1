"""A long conversation as it goes over the wire: in steps, every request and card told, the beginning the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glacia_ui.claude.demo.script import Answer
from glacia_ui.core import history
from glacia_ui.core.history import SHORTENED
from glacia_ui.core.prompt import without_breakpoint
from glacia_ui.db.transport import Caller, Transport
from tests.conftest import MakeUser
from tests.support.databases import Database
from tests.support.scripted import ScriptedTransport, finish, write
from tests.support.studio import open_studio

TURNS = 8
SMALLER = 10
"""The limits are a tenth of the real ones here, so that the test is quick."""
REPLY = 22_000 // SMALLER


def _answer(number: int) -> Answer:
    words = f"Words {number}. ".ljust(REPLY, "x")
    return Answer(text=words, calls=(write("index.html", f"<h1>{number}</h1>\n"), finish(f"Title {number}", "A line.")))


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user()


async def test_each_request_begins_as_the_one_before_but_for_the_steps(
    transport: Transport, database: Database, user: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "FULL_UP_TO", history.FULL_UP_TO // SMALLER)
    monkeypatch.setattr(history, "FULL_AFTER", history.FULL_AFTER // SMALLER)
    model = ScriptedTransport([_answer(number) for number in range(1, TURNS + 1)])
    async with open_studio(transport, model=model) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        for number in range(1, TURNS + 1):
            with database.connect("postgres") as owner:
                owner.execute("delete from private.rate_hits")
            assert (await studio.run(user, project_id, f"request {number}")).outcome == "committed"

    told = [[without_breakpoint(message) for message in body["messages"]] for body in model.requests]
    assert [told_in_all(messages, count) for count, messages in enumerate(told)] == [[]] * TURNS
    steps = [count for count in range(1, TURNS) if not _begins_with(told[count], told[count - 1][:-1])]
    assert steps == [3, 5, 7]
    assert all(len(json.dumps(messages)) < history.FULL_UP_TO + 5_000 for messages in told)
    last = told[-1][0]["content"][0]["text"]
    assert last.startswith(SHORTENED)
    assert "oldest requests" not in last
    assert [str(body["messages"]).count("cache_control") for body in model.requests] == [1] + [2] * (TURNS - 1)


def told_in_all(messages: list[dict[str, Any]], count: int) -> list[str]:
    """What is missing of the first `count` turns: each request, and its words or its card."""
    text = json.dumps(messages, ensure_ascii=False)
    wanted = [f"request {number}" for number in range(1, count + 1)]
    missing = [request for request in wanted if request not in text]
    return missing + [
        f"Title {number}"
        for number in range(1, count + 1)
        if f"Words {number}." not in text and f"(Version {number}: Title {number})\\n- A line." not in text
    ]


def _begins_with(after: list[dict[str, Any]], before: list[dict[str, Any]]) -> bool:
    return json.dumps(after).startswith(json.dumps(before).removesuffix("]"))
