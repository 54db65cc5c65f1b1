"""A model that says and does what a test tells it to, over the same wire as the demo model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from glacia_ui.claude.demo import DemoTransport
from glacia_ui.claude.demo.faults import Faults
from glacia_ui.claude.demo.script import Answer, Call


class ScriptedTransport(DemoTransport):
    """Gives one answer after the other; after the last one it is the demo model again."""

    def __init__(self, answers: Iterable[Answer], *, speed: float = math.inf, faults: Faults | None = None) -> None:
        super().__init__(speed=speed, faults=faults)
        self._answers = iter(answers)

    def answer(self, body: dict[str, Any]) -> Answer:
        return next(self._answers, None) or super().answer(body)


def write(path: str, content: str) -> Call:
    """A whole file."""
    return Call("write_file", {"path": path, "content": content})


def finish(title: str, *summary: str) -> Call:
    """The end of the work, in the model's words."""
    return Call("finish", {"title": title, "summary": list(summary), "what_to_check": []})


def answer_from(given: Mapping[str, Any]) -> Answer:
    """From JSON: `{"text": …, "calls": [[name, input], …]}`."""
    return Answer(text=given["text"], calls=tuple(Call(name, input_) for name, input_ in given.get("calls", ())))
