"""Faults for tests: what an upstream can do, at will. Only a test that builds the transport itself can give it any."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from glacia_ui.claude.demo.wire import Frame, message_delta

FaultKind = Literal[
    "status", "unreachable", "event", "cut", "stall", "no_stop", "garbage", "bad_json",
    "refusal", "max_tokens", "model_context_window_exceeded",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong in one request.

    `at` counts the deltas that still arrive (of text, thinking or tool input); `status` and `unreachable` come before
    any, `no_stop` after all. With `bad_json` everything arrives but the input of tools behind that delta, so their JSON
    is no JSON. `retry_after` is the header as it is sent.
    """

    kind: FaultKind
    at: int = 0
    status: int = 529
    type: str = "overloaded_error"
    error_code: str | None = None
    retry_after: str | None = None

    def error_body(self) -> dict[str, object]:
        """As the API words an error."""
        details = {"details": {"error_code": self.error_code}} if self.error_code else {}
        return {"type": "error", "error": {"type": self.type, "message": "scripted fault", **details}}


class Faults:
    """A script: one fault, or None for a good answer, for each request in turn; after its end all is well."""

    def __init__(self, script: Iterable[Fault | None] = ()) -> None:
        self._script = iter(script)

    def next(self) -> Fault | None:
        """For the request that has just come in."""
        return next(self._script, None)


def broken(frames: list[Frame], fault: Fault) -> list[Frame]:
    """What still arrives of a stream. `cut` and `stall` are carried out by the stream itself, after these."""
    if fault.kind == "no_stop":
        return frames[:-1]
    if fault.kind == "bad_json":
        return _without_input(frames, fault.at)
    kept = frames[: _after_deltas(frames, fault.at)]
    if fault.kind == "event":
        return [*kept, _error_frame(fault)]
    if fault.kind == "garbage":
        return [*kept, Frame("content_block_delta", {}, raw='{"type": "content_')]
    if fault.kind in ("refusal", "max_tokens", "model_context_window_exceeded"):
        return [*kept, *_ended(kept, fault.kind)]
    return kept


def _after_deltas(frames: list[Frame], count: int) -> int:
    """The index behind the `count`-th delta; with 0 right behind the head, before any block."""
    deltas = [index for index, frame in enumerate(frames) if frame.tokens]
    if count == 0:
        return 2
    return deltas[min(count, len(deltas)) - 1] + 1


def _without_input(frames: list[Frame], at: int) -> list[Frame]:
    """A bracket is all that comes of the input of a tool, where it was not begun before."""
    start = _after_deltas(frames, at)
    broken_calls: set[int] = set()
    kept = frames[:start]
    for frame in frames[start:]:
        if frame.data.get("delta", {}).get("type") != "input_json_delta":
            kept.append(frame)
        elif (index := frame.data["index"]) not in broken_calls:
            broken_calls.add(index)
            delta = {"type": "input_json_delta", "partial_json": "{"}
            kept.append(Frame(frame.type, {"index": index, "delta": delta}, frame.tokens))
    return kept


def _ended(kept: list[Frame], reason: str) -> list[Frame]:
    opened = [frame.data["index"] for frame in kept if frame.type == "content_block_start"]
    closed = [frame.data["index"] for frame in kept if frame.type == "content_block_stop"]
    output = sum(frame.tokens for frame in kept)
    stops = [Frame("content_block_stop", {"index": index}) for index in opened if index not in closed]
    return [*stops, message_delta(reason, output), Frame("message_stop", {})]


def _error_frame(fault: Fault) -> Frame:
    return Frame("error", {"error": json.loads(json.dumps(fault.error_body()["error"]))})
