"""The file that a tool call is writing, shown while its JSON is still arriving.

The path is shown first, whatever comes first in the JSON; text that comes before it waits. An edit shows its new text;
several edits of one call follow each other, each on a line of its own.
"""

from __future__ import annotations

from glacia_ui.core.clean import Scrubber, scrub
from glacia_ui.core.events import NewEvent
from glacia_ui.core.json_string import Piece, StringReader

ACTIONS = {"write_file": "write", "edit_file": "edit", "append_file": "append"}
"""Tools that write text into a file, and what a reader is told they do."""

_FIELDS = frozenset({"path", "content", "new_str"})


class LiveFile:
    """One call of one of `ACTIONS`. `path` is empty until it is known."""

    def __init__(self, call: str, tool: str) -> None:
        self.path = ""
        self._call = call
        self._action = ACTIONS[tool]
        self._reader = StringReader(_FIELDS)
        self._scrubber = Scrubber()
        self._path_parts: list[str] = []
        self._waiting: list[str] = []
        self._starts_value = True
        self._last = "\n"

    def feed(self, piece: str) -> list[NewEvent]:
        """`file.begin` once, then `file.delta`."""
        events: list[NewEvent] = []
        text: list[str] = []
        for part in self._reader.feed(piece):
            if part.key != "path":
                text.append(self._body(part))
            elif not self.path:
                events += self._path(part)
        return events + self._show("".join(text))

    def close(self) -> list[NewEvent]:
        """The last half character, if one was held back."""
        return self._delta(self._scrubber.close()) if self.path else []

    def _path(self, part: Piece) -> list[NewEvent]:
        self._path_parts.append(part.text)
        if not part.is_last:
            return []
        self.path = scrub("".join(self._path_parts)) or "?"
        return [("file.begin", {"call": self._call, "path": self.path, "action": self._action})]

    def _body(self, part: Piece) -> str:
        lead = "\n" if self._starts_value and self._last != "\n" and part.text else ""
        self._starts_value = part.is_last
        self._last = part.text[-1:] or self._last
        return lead + part.text

    def _show(self, text: str) -> list[NewEvent]:
        if not self.path:
            self._waiting += [text] if text else []
            return []
        text, self._waiting = "".join(self._waiting) + text, []
        return self._delta(self._scrubber.feed(text))

    def _delta(self, text: str) -> list[NewEvent]:
        return [("file.delta", {"call": self._call, "text": text})] if text else []


def shown_text(tool: str, given: str) -> str:
    """The text that a call showed whose JSON is `given`, whole or cut off."""
    file = LiveFile("", tool)
    events = [*file.feed(given), *file.close()]
    return "".join(data["text"] for kind, data in events if kind == "file.delta")
