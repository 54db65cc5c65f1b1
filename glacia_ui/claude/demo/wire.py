"""Puts an answer into the form of the Messages API: a list of server-sent events, or one JSON message.

Pieces are as small as a real model's, about a token each, and cut wherever it falls, in the middle of an escape too.
Where they are cut depends on the request alone, so the same request gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from glacia_ui.claude.demo.script import Answer

CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """One event. `tokens` is how much output it carries: that is what pacing goes by."""

    type: str
    data: dict[str, Any]
    tokens: int = 0
    raw: str | None = None
    """Sent instead of the data, for faults."""

    def encode(self) -> bytes:
        """As bytes on the wire."""
        data = self.raw or json.dumps({"type": self.type, **self.data})
        return f"event: {self.type}\ndata: {data}\n\n".encode()


def count_tokens(value: Any) -> int:
    """A rough count for any JSON value: four characters each."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return max(1, len(text) // CHARACTERS_PER_TOKEN)


def frames(answer: Answer, *, message_id: str, model: str, input_tokens: int) -> list[Frame]:
    """The whole stream of one message."""
    usage = {"input_tokens": input_tokens, "output_tokens": 1}
    body: list[Frame] = []
    for index, block in enumerate(blocks(answer, message_id)):
        body += _block_frames(index, block, Random(f"{message_id}/{index}"))  # noqa: S311  not a secret
    output = sum(frame.tokens for frame in body)
    head: dict[str, Any] = {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    return [
        Frame("message_start", {"message": head}),
        Frame("ping", {}),
        *body,
        message_delta(answer.reason, output),
        Frame("message_stop", {}),
    ]


def message_delta(reason: str, output_tokens: int) -> Frame:
    """The last but one event: why it stopped, and how much it was."""
    delta = {"stop_reason": reason, "stop_sequence": None}
    return Frame("message_delta", {"delta": delta, "usage": {"output_tokens": max(1, output_tokens)}})


def message(answer: Answer, *, message_id: str, model: str, input_tokens: int) -> dict[str, Any]:
    """The same as one JSON object, for requests without `stream`."""
    content = blocks(answer, message_id)
    return {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": answer.reason,
        "stop_sequence": None,
        "usage": {"input_tokens": input_tokens, "output_tokens": count_tokens(content)},
    }


def blocks(answer: Answer, message_id: str) -> list[dict[str, Any]]:
    """The content of the message."""
    content: list[dict[str, Any]] = []
    if answer.thinking:
        content.append({"type": "thinking", "thinking": answer.thinking, "signature": f"demo-{message_id}"})
    if answer.text:
        content.append({"type": "text", "text": answer.text})
    for number, call in enumerate(answer.calls, start=1):
        call_id = f"toolu_{message_id.removeprefix('msg_')}_{number}"
        content.append({"type": "tool_use", "id": call_id, "name": call.name, "input": call.input})
    return content


def _block_frames(index: int, block: dict[str, Any], random: Random) -> Iterator[Frame]:
    empty, deltas = _opened(block)
    yield Frame("content_block_start", {"index": index, "content_block": empty})
    for kind, key, text in deltas:
        for piece in _pieces(text, random):
            yield Frame("content_block_delta", {"index": index, "delta": {"type": kind, key: piece}}, _weight(piece))
    if block["type"] == "thinking":
        signature = {"type": "signature_delta", "signature": block["signature"]}
        yield Frame("content_block_delta", {"index": index, "delta": signature})
    yield Frame("content_block_stop", {"index": index})


def _opened(block: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """The block as it starts, and what then arrives: kind of delta, its field, its text."""
    if block["type"] == "thinking":
        return {**block, "thinking": "", "signature": ""}, [("thinking_delta", "thinking", block["thinking"])]
    if block["type"] == "text":
        return {**block, "text": ""}, [("text_delta", "text", block["text"])]
    given = json.dumps(block["input"], ensure_ascii=False)
    return {**block, "input": {}}, [("input_json_delta", "partial_json", given)]


def _pieces(text: str, random: Random) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = random.randint(2, 7)
        yield text[at : at + size]
        at += size


def _weight(piece: str) -> int:
    return max(1, round(len(piece) / CHARACTERS_PER_TOKEN))
