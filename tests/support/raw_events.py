"""Raw events of the Messages API, with attributes, as the SDK hands them out."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any


def raw(type_: str, **fields: Any) -> Any:
    """A raw event with attributes, as the SDK hands it out."""
    return json.loads(json.dumps({"type": type_, **fields}), object_hook=lambda fields: SimpleNamespace(**fields))


def start(index: int, kind: str, **fields: Any) -> Any:
    return raw("content_block_start", index=index, content_block={"type": kind, **fields})


def delta(index: int, kind: str, **fields: Any) -> Any:
    return raw("content_block_delta", index=index, delta={"type": kind, **fields})


def text_block(index: int, *pieces: str) -> list[Any]:
    deltas = [delta(index, "text_delta", text=piece) for piece in pieces]
    return [start(index, "text", text=""), *deltas, raw("content_block_stop", index=index)]


def call_block(index: int, name: str, *pieces: str) -> list[Any]:
    deltas = [delta(index, "input_json_delta", partial_json=piece) for piece in pieces]
    return [
        start(index, "tool_use", id=f"toolu_{index}", name=name, input={}),
        *deltas,
        raw("content_block_stop", index=index),
    ]


def ending(reason: str = "end_turn", output: int = 7) -> list[Any]:
    delta_ = {"stop_reason": reason, "stop_sequence": None}
    return [raw("message_delta", delta=delta_, usage={"output_tokens": output}), raw("message_stop")]
