"""A replay has a time for every event, never one before the event in front of it, also where none was kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.events import Event
from glacia_ui.core.models import Generation
from glacia_ui.core.replay import EVEN_MS, make_replay


def _generation(duration_ms: int | None) -> Generation:
    facts: dict[str, Any] = dict.fromkeys(Generation.model_fields)
    now = datetime(2026, 11, 26, tzinfo=UTC)
    return Generation.model_validate(
        facts
        | {
            "id": uuid4(),
            "project_id": uuid4(),
            "status": "succeeded",
            "prompt": "x",
            "model": "m",
            "mode": "build",
            "attachments": [],
        }
        | {"position": 0, "is_returned": False, "attempts": 1, "last_seq": 1, "created_at": now}
        | {"duration_ms": duration_ms}
    )


def _events(times: list[int | None]) -> list[Event]:
    return [Event(seq=seq, type="message.delta", data={"text": "x"}, at_ms=at) for seq, at in enumerate(times, start=1)]


def test_times_that_were_kept_are_its_times() -> None:
    replay = make_replay(_generation(9_000), _events([0, 40, 41, 7_000]))
    assert [event.at_ms for event in replay.events] == [0, 40, 41, 7_000]
    assert replay.duration_ms == 7_000


def test_the_event_of_a_sweep_has_no_time_and_comes_last() -> None:
    replay = make_replay(_generation(40_000), _events([10, 500, None]))
    assert [event.at_ms for event in replay.events] == [10, 500, 500]


def test_old_records_come_at_an_even_pace() -> None:
    replay = make_replay(_generation(1_000), _events([None] * 4))
    assert [event.at_ms for event in replay.events] == [250, 500, 750, 1_000]
    unknown = make_replay(_generation(None), _events([None] * 3))
    assert [event.at_ms for event in unknown.events] == [EVEN_MS, 2 * EVEN_MS, 3 * EVEN_MS]


def test_nothing_plays_back_as_nothing() -> None:
    assert make_replay(_generation(5), []).duration_ms == 0


@given(st.lists(st.none() | st.integers(0, 2**31), max_size=30), st.none() | st.integers(0, 2**31))
def test_time_never_runs_backwards_and_nothing_else_changes(times: list[int | None], duration_ms: int | None) -> None:
    events = _events(times)
    replay = make_replay(_generation(duration_ms), events)
    played = [event.at_ms for event in replay.events]
    assert played == sorted(played)
    assert all(at >= 0 for at in played)
    assert replay.duration_ms == (played[-1] if played else 0)
    assert [(event.seq, event.type, event.data) for event in replay.events] == [
        (event.seq, event.type, event.data) for event in events
    ]
