"""The outbox numbers without gaps and loses no character, however the deltas come."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from glacia_ui.core.events import Event, EventType
from glacia_ui.services.outbox import MERGE_SECONDS, Outbox

_PIECES = st.lists(
    st.tuples(st.sampled_from(["message.delta", "thinking.delta", "file.delta", "status"]), st.text(max_size=5)),
    max_size=40,
)


@given(pieces=_PIECES)
@settings(max_examples=100)
def test_text_and_order_survive_any_merging(pieces: list[tuple[EventType, str]]) -> None:
    async def run() -> list[Event]:
        out: list[Event] = []
        outbox = Outbox(out.append)
        for kind, piece in pieces:
            outbox.add(kind, {"phase": piece} if kind == "status" else {"text": piece})
        out.append(outbox.last_event("done", {}))
        return out

    events = asyncio.run(run())
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    joined: list[tuple[str, str]] = []
    for event in events[:-1]:
        piece = event.data.get("text", event.data.get("phase"))
        if joined and event.type != "status" and joined[-1][0] == event.type:
            joined[-1] = (event.type, joined[-1][1] + piece)
        else:
            joined.append((event.type, piece))
    expected: list[tuple[str, str]] = []
    for kind, piece in pieces:
        if expected and kind != "status" and expected[-1][0] == kind:
            expected[-1] = (kind, expected[-1][1] + piece)
        else:
            expected.append((kind, piece))
    assert joined == expected


async def test_the_first_visible_piece_goes_out_at_once_and_later_ones_are_merged() -> None:
    out: list[Event] = []
    outbox = Outbox(out.append)
    outbox.add("message.delta", {"text": "a"})
    assert [event.data["text"] for event in out] == ["a"]
    outbox.add("message.delta", {"text": "b"})
    outbox.add("message.delta", {"text": "c"})
    assert len(out) == 1
    await asyncio.sleep(MERGE_SECONDS * 3)
    assert [event.data["text"] for event in out] == ["a", "bc"]


async def test_two_files_are_never_merged_into_one() -> None:
    out: list[Event] = []
    outbox = Outbox(out.append)
    outbox.add("file.delta", {"call": "1", "text": "x"})
    outbox.add("file.delta", {"call": "1", "text": "y"})
    outbox.add("file.delta", {"call": "2", "text": "z"})
    outbox.flush()
    assert [(event.data["call"], event.data["text"]) for event in out] == [("1", "x"), ("1", "y"), ("2", "z")]


async def test_every_event_has_the_time_at_which_it_got_its_number() -> None:
    now = 100.0
    out: list[Event] = []
    outbox = Outbox(out.append, clock=lambda: now)
    now += 0.25
    outbox.add("status", {"phase": "waiting"})
    now += 1.5
    outbox.add("message.delta", {"text": "Hello"})
    outbox.add("message.delta", {"text": " and"})
    now += 0.04
    outbox.add("message.delta", {"text": " more"})
    last = outbox.last_event("done", {})
    assert [event.at_ms for event in (*out, last)] == [250, 1750, 1790, 1790]
    assert out[2].data == {"text": " and more"}


def test_a_time_that_nobody_knows_is_not_written() -> None:
    known, unknown = (Event(seq=1, type="done", data={"a": None}, at_ms=at) for at in (7, None))
    assert known.model_dump() == {"seq": 1, "type": "done", "data": {"a": None}, "at_ms": 7}
    assert unknown.model_dump() == {"seq": 1, "type": "done", "data": {"a": None}}
    assert Event.model_validate_json(known.model_dump_json()) == known
