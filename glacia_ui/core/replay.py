"""A generation that has ended, played back from what is stored of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glacia_ui.core.events import Event, EventType
from glacia_ui.core.models import Generation, Model

EVEN_MS = 50
"""Between two events of which nobody knows when they were, and of the whole neither."""


class ReplayEvent(Model):
    """An event as it was sent, and when: milliseconds since the start, never before the one in front of it."""

    seq: int
    type: EventType
    data: dict[str, Any]
    at_ms: int


class Replay(Model):
    """All events of a generation in order, the last one `done` or `failed`, from 0 to `duration_ms`."""

    generation: Generation
    duration_ms: int
    events: list[ReplayEvent]


def make_replay(generation: Generation, events: Sequence[Event]) -> Replay:
    """Events without a time, from before times were kept, come at an even pace."""
    times = _times(generation, events)
    timed = [
        ReplayEvent(seq=event.seq, type=event.type, data=event.data, at_ms=at_ms)
        for event, at_ms in zip(events, times, strict=True)
    ]
    return Replay(generation=generation, duration_ms=times[-1] if times else 0, events=timed)


def _times(generation: Generation, events: Sequence[Event]) -> list[int]:
    if all(event.at_ms is None for event in events):
        step = (generation.duration_ms or len(events) * EVEN_MS) / max(1, len(events))
        return [round((place + 1) * step) for place in range(len(events))]
    times, last = [], 0
    for event in events:
        last = max(last, event.at_ms or 0)
        times.append(last)
    return times
