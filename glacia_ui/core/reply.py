"""One message of the model, from the raw events of the Messages API to events of ours and a result.

Pure: `feed` takes a raw event (the SDK's object, read by attribute and never dumped: that is the cheap way) and returns
what a reader sees of it. Text and thinking pass through; of a tool call, the file being written is read out of the
unfinished JSON. Whole calls are parsed once, at their end, strictly: what was cut off never runs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from glacia_ui.core.clean import Scrubber, scrub
from glacia_ui.core.events import EventType, NewEvent
from glacia_ui.core.live_file import ACTIONS, LiveFile, shown_text
from glacia_ui.core.pricing import TokenCount

CHARACTERS_PER_TOKEN = 4
"""Roughly, for English and code; used only where the API does not tell."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call whose block has ended. `input` is None when its JSON is cut off, invalid, or no object."""

    id: str
    name: str
    input: dict[str, Any] | None
    path: str = ""
    """The file that it is about, as far as is known."""


@dataclass(frozen=True, slots=True)
class CutCall:
    """A call that was writing text into a file and was cut off: what of it had been shown."""

    path: str
    action: str
    """As in `file.begin`."""
    text: str


@dataclass(slots=True)
class _Prose:
    """A block of text or of thinking that is arriving."""

    event: EventType
    scrubber: Scrubber = field(default_factory=Scrubber)
    parts: list[str] = field(default_factory=list)
    signature: str = ""


@dataclass(slots=True)
class _Call:
    """A tool call that is arriving."""

    id: str
    name: str
    file: LiveFile | None
    parts: list[str] = field(default_factory=list)


class Reply:
    """Collects one message. `has_text_before` and `has_thinking_before` say whether a paragraph break is due."""

    def __init__(self, *, has_text_before: bool = False, has_thinking_before: bool = False) -> None:
        self.calls: list[ToolCall] = []
        self.cut: CutCall | None = None
        """The last call whose JSON was no whole object, if a file was shown."""
        self.stop_reason: str | None = None
        self.is_complete = False
        """`message_stop` was seen. A stream that ends without it was cut off, however cleanly."""
        self.has_shown = False
        """Text or a file of this message was shown, or a call has ended: asking again would do it twice."""
        self._tokens = TokenCount()
        self._characters = 0
        self._said_phase = ""
        self._shown: dict[EventType, list[str]] = {"message.delta": [], "thinking.delta": []}
        self._is_break_due = {"message.delta": has_text_before, "thinking.delta": has_thinking_before}
        self._open: dict[int, _Prose | _Call] = {}
        self._content: list[dict[str, Any]] = []

    @property
    def text(self) -> str:
        """All `message.delta` so far."""
        return "".join(self._shown["message.delta"])

    @property
    def thinking(self) -> str:
        """All `thinking.delta` so far."""
        return "".join(self._shown["thinking.delta"])

    @property
    def tokens(self) -> TokenCount:
        """As reported. The output of a message that broke off is billed but not reported, so it is estimated."""
        if self.stop_reason:
            return self._tokens
        return replace(self._tokens, output=max(self._tokens.output, ceil(self._characters / CHARACTERS_PER_TOKEN)))

    def feed(self, raw: Any) -> list[NewEvent]:
        """The events that one raw event gives rise to. Unknown types are passed over: the API may add some."""
        match raw.type:
            case "content_block_delta":
                return self._delta(self._open.get(raw.index), raw.delta)
            case "content_block_start":
                return self._begin(raw.index, raw.content_block)
            case "content_block_stop":
                return self._end(self._open.pop(raw.index, None))
            case "message_start":
                self._tokens = self._tokens.updated(raw.message.usage)
            case "message_delta":
                self.stop_reason = raw.delta.stop_reason or self.stop_reason
                self._tokens = self._tokens.updated(raw.usage)
            case "message_stop":
                self.is_complete = True
        return []

    def content(self) -> list[dict[str, Any]]:
        """The ended blocks, in the form in which the next request sends them back to the model."""
        return list(self._content)

    def open_files(self) -> list[tuple[str, str]]:
        """`(call, path)` of files that began to show and whose call has not ended: the stream was cut there."""
        calls = [block for block in self._open.values() if isinstance(block, _Call)]
        return [(call.id, call.file.path) for call in calls if call.file and call.file.path]

    def open_call(self) -> CutCall | None:
        """The call that is arriving, if it shows a file: where the message breaks off now, it breaks off there."""
        calls = [block for block in self._open.values() if isinstance(block, _Call)]
        return _cut(calls[-1]) if calls else None

    def _begin(self, index: int, block: Any) -> list[NewEvent]:
        match block.type:
            case "tool_use":
                file = LiveFile(block.id, block.name) if block.name in ACTIONS else None
                self._open[index] = _Call(block.id, block.name, file)
                return self._phase("writing")
            case "text":
                prose = self._open[index] = _Prose("message.delta")
                return [*self._phase("writing"), *self._say(prose, block.text)]
            case "thinking":
                prose = self._open[index] = _Prose("thinking.delta", signature=block.signature or "")
                return [*self._phase("thinking"), *self._say(prose, block.thinking)]
            case "redacted_thinking":
                self._content.append({"type": "redacted_thinking", "data": block.data})
        return []

    def _phase(self, phase: str) -> list[NewEvent]:
        """Said when it changes."""
        if phase == self._said_phase:
            return []
        self._said_phase = phase
        return [("status", {"phase": phase})]

    def _delta(self, block: _Prose | _Call | None, delta: Any) -> list[NewEvent]:
        match block, delta.type:
            case _Prose(), "text_delta":
                return self._say(block, delta.text)
            case _Prose(), "thinking_delta":
                return self._say(block, delta.thinking)
            case _Prose(), "signature_delta":
                block.signature = delta.signature
            case _Call(), "input_json_delta":
                block.parts.append(delta.partial_json)
                self._characters += len(delta.partial_json)
                return self._shown_file(block.file.feed(delta.partial_json) if block.file else [])
        return []

    def _say(self, block: _Prose, piece: str) -> list[NewEvent]:
        return self._show(block, block.scrubber.feed(piece or ""))

    def _show(self, block: _Prose, text: str) -> list[NewEvent]:
        if not text:
            return []
        lead = "\n\n" if self._is_break_due[block.event] and not block.parts else ""
        self._is_break_due[block.event] = True
        block.parts.append(text)
        self._characters += len(text)
        self._shown[block.event].append(lead + text)
        self.has_shown = self.has_shown or block.event == "message.delta"
        return [(block.event, {"text": lead + text})]

    def _shown_file(self, events: list[NewEvent]) -> list[NewEvent]:
        self.has_shown = self.has_shown or bool(events)
        return events

    def _end(self, block: _Prose | _Call | None) -> list[NewEvent]:
        if isinstance(block, _Prose):
            events = self._show(block, block.scrubber.close())
            self._keep(block)
            return events
        return self._end_call(block) if block else []

    def _end_call(self, block: _Call) -> list[NewEvent]:
        given = _parsed("".join(block.parts))
        if given is None:
            self.cut = _cut(block) or self.cut
        path = (given or {}).get("path") or (block.file.path if block.file else "")
        call = ToolCall(block.id, block.name, given, path if isinstance(path, str) else "")
        self.calls.append(call)
        self.has_shown = True
        self._content.append({"type": "tool_use", "id": call.id, "name": call.name, "input": call.input or {}})
        return block.file.close() if block.file else []

    def _keep(self, block: _Prose) -> None:
        text = "".join(block.parts)
        if block.event == "thinking.delta":
            self._content.append({"type": "thinking", "thinking": text, "signature": block.signature})
        elif text.strip():  # the API refuses an empty text
            self._content.append({"type": "text", "text": text})


def _cut(call: _Call) -> CutCall | None:
    if call.file is None or not call.file.path:
        return None
    return CutCall(call.file.path, ACTIONS[call.name], shown_text(call.name, "".join(call.parts)))


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return scrub(value) if isinstance(value, dict) else None
