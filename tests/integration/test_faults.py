"""The fault matrix: what an upstream can do, at every place of an answer, held to the table in `core/outcomes.py`.

Each cell is a generation of its own, through the services and the database, with the real SDK over a transport that
breaks. What was measured is printed (`-s`), one line a cell.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import pytest

from glacia_ui.claude.demo.faults import Fault
from glacia_ui.core.events import VISIBLE, Event
from glacia_ui.core.models import Generation
from glacia_ui.core.outcomes import FAILURES, RULES
from glacia_ui.core.texts import text
from glacia_ui.db.transport import Transport
from tests.conftest import MakeUser
from tests.support.deltas import count_deltas
from tests.support.studio import MODEL, Studio, open_studio

PROMPT = "a landing page for a bakery"


@dataclass(frozen=True)
class Cell:
    """One fault. `early` is it as an answer to the request, `late` the same once the stream has begun.

    `requests` is how many are made when it comes each time and nothing was shown; `always` also once something was.
    """

    code: str
    early: Fault | None
    late: Fault | None
    requests: int = 4
    always: bool = False


def _status(status: int, type_: str, **more: str) -> dict[str, Fault]:
    return {
        "early": Fault("status", status=status, type=type_, **more),  # type: ignore[arg-type]
        "late": Fault("event", type=type_, error_code=more.get("error_code")),
    }


def _stream(kind: str) -> dict[str, Fault]:
    return {"early": Fault(kind), "late": Fault(kind)}  # type: ignore[arg-type]


CELLS = {
    "429": Cell("upstream_rate_limited", **_status(429, "rate_limit_error")),
    "429, Retry-After 3": Cell(
        "upstream_rate_limited", Fault("status", status=429, type="rate_limit_error", retry_after="3"), None
    ),
    "429, Retry-After 31": Cell(
        "upstream_rate_limited", Fault("status", status=429, type="rate_limit_error", retry_after="31"), None, 1
    ),
    "500": Cell("upstream_failed", **_status(500, "api_error")),
    "503": Cell("upstream_overloaded", Fault("status", status=503, type="api_error"), None),
    "529": Cell("upstream_overloaded", **_status(529, "overloaded_error")),
    "spend limit": Cell(
        "upstream_spend_limit",
        **_status(429, "rate_limit_error", error_code="enforced_spend_limit_reached"),
        requests=1,
    ),
    "401": Cell("upstream_key", **_status(401, "authentication_error"), requests=1),
    "400": Cell("upstream_bad_request", **_status(400, "invalid_request_error"), requests=1),
    "502": Cell("upstream_unexpected", Fault("status", status=502), None, 1),
    "no connection": Cell("upstream_unreachable", Fault("unreachable"), None),
    "no message_stop": Cell("upstream_cut", None, Fault("no_stop"), 1),
    "cut": Cell("upstream_cut", **_stream("cut")),
    "no JSON": Cell("upstream_cut", **_stream("garbage")),
    "stall": Cell("upstream_stalled", **_stream("stall")),
    # The demo model says in words that it could not do it; one that goes on trying has four messages.
    "bad tool JSON": Cell("edits_failed", **_stream("bad_json"), requests=2, always=True),
    "refusal": Cell("refused", **_stream("refusal"), requests=1),
    "max_tokens": Cell("truncated", **_stream("max_tokens"), requests=3, always=True),
    "context full": Cell("context_full", **_stream("model_context_window_exceeded"), requests=1),
}


async def faults_of(cell: Cell) -> list[tuple[str, Fault]]:
    """(place, fault) for each cell of one line."""
    found = [] if cell.early is None else [("0", cell.early)]
    if cell.late is None:
        return found
    if cell.late.kind == "no_stop":
        return [("the end", cell.late)]
    counted = await count_deltas(PROMPT, MODEL)
    places = {"1": 1, "in the text": counted["thinking"] + 5, "in a file": counted["text"] + 40}
    return [*found, *((place, replace(cell.late, at=at)) for place, at in places.items())]


async def settle(studio: Studio, make_user: MakeUser) -> tuple[Generation, list[Event], list[str], int]:
    """One generation of somebody new: it, its events, the kinds of its ledger rows, and places left in the window."""
    user = await make_user()
    project_id = (await studio.projects.create(user, "Bakery")).id
    generation_id = await studio.begin(user, project_id, PROMPT)
    events = await studio.read(user, generation_id)
    generation = await studio.generations.get(user, generation_id)
    answers = [m for m in await studio.projects.messages(user, project_id) if m.role == "assistant"]
    assert [answer.text for answer in answers if answer.text] == [said for said in [shown(events)] if said]
    assert [event.type for event in events if event.is_last] == [events[-1].type]
    if generation.outcome != "committed":
        assert await studio.projects.snapshots(user, project_id) == []
    movements = [kind for kind, _ in await studio.movements(user, generation_id)]
    return generation, events, movements, (await studio.window(user)).remaining


def shown(events: list[Event]) -> str:
    return "".join(event.data["text"] for event in events if event.type == "message.delta")


async def whole_text(transport: Transport, make_user: MakeUser) -> str:
    async with open_studio(transport) as studio:
        return shown((await settle(studio, make_user))[1])


@pytest.mark.parametrize("name", CELLS)
async def test_a_fault_that_stays(transport: Transport, make_user: MakeUser, name: str) -> None:
    cell = CELLS[name]
    rule = RULES[FAILURES[cell.code].outcome]
    complete = await whole_text(transport, make_user)
    for place, fault in await faults_of(cell):
        async with open_studio(transport, faults=[fault] * 8, silence_seconds=0.1) as studio:
            generation, events, movements, remaining = await settle(studio, make_user)
        is_visible = any(event.type in VISIBLE for event in events)
        requests = len(studio.model.requests)
        sys.stdout.write(
            f"{name:20} {place:12} requests {requests}  text {len(shown(events)):3}  {events[-1].data['code']:22}"
            f" {'+'.join(movements):16} window {remaining} of 5\n"
        )
        assert requests == (cell.requests if cell.always or not is_visible else 1)
        assert requests <= 4
        assert is_visible == (place in ("in the text", "in a file", "the end") or fault.kind == "bad_json")
        assert not shown(events) or complete.startswith(shown(events).split("\n\n")[0])
        last = events[-1].data
        assert (generation.status, generation.outcome) == (rule.status, FAILURES[cell.code].outcome)
        assert (events[-1].type, last["code"], last["message"]) == ("failed", cell.code, text(f"failures.{cell.code}"))
        assert (generation.error_code, generation.error_message) == (cell.code, last["message"])
        assert last["returned"] is generation.is_returned is rule.returns_quota
        assert movements == ["reserve", "refund" if rule.returns_quota else "settle"]
        assert remaining == (5 if rule.releases_slot else 4)


@pytest.mark.parametrize("name", [name for name, cell in CELLS.items() if cell.requests == 4 and not cell.always])
async def test_a_fault_that_passes_leaves_no_trace(transport: Transport, make_user: MakeUser, name: str) -> None:
    complete = await whole_text(transport, make_user)
    for _, fault in [cell for cell in await faults_of(CELLS[name]) if cell[0] in ("0", "1")]:
        async with open_studio(transport, faults=[fault], silence_seconds=0.1) as studio:
            generation, events, movements, remaining = await settle(studio, make_user)
        assert (generation.outcome, generation.attempts, len(studio.model.requests)) == ("committed", 2, 2)
        assert shown(events) == complete
        assert (movements, remaining) == (["reserve", "settle"], 4)
