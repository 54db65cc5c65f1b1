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
