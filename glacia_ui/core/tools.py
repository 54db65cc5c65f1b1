"""The tools that a model is given, and what happens when it calls one.

Everything happens on a staged copy. A refusal is not an end: it goes back to the model as a result with `is_error`, in
words that it can act on, and a short sentence goes to the reader.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from glacia_ui.core.diff import diff_files
from glacia_ui.core.edits import Edit
from glacia_ui.core.models import Mode
from glacia_ui.core.reply import ToolCall
from glacia_ui.core.staging import LockedError, Staging, StagingError
from glacia_ui.core.texts import text

_PATH = {"type": "string", "description": "Path inside the project, such as css/style.css. Give it first."}


def _tool(name: str, description: str, properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "eager_input_streaming": True,
        "input_schema": {
            "type": "object",
            "properties": properties,
            "required": [key for key in properties if key not in optional],
            "additionalProperties": False,
        },
    }


_EDIT = {
    "type": "object",
    "properties": {"old_str": {"type": "string"}, "new_str": {"type": "string"}},
    "required": ["old_str", "new_str"],
    "additionalProperties": False,
}
_LINES = {"type": "array", "items": {"type": "string"}}

TOOLS: list[dict[str, Any]] = [
    _tool(
        "write_file",
        "Create a file, or replace all of an existing one. Always the full text. Prefer edit_file for existing files.",
        {"path": _PATH, "content": {"type": "string"}},
    ),
    _tool(
        "edit_file",
        "Change parts of a file. Each old_str must occur exactly once in it, character for character; new_str replaces "
        "it. Edits are made in order, all or none. Quote only as much as is needed to be unique.",
        {"path": _PATH, "edits": {"type": "array", "items": _EDIT}},
    ),
    _tool(
        "append_file",
        "Add text at the end of a file, to continue a long one. No line break is added.",
        {"path": _PATH, "content": {"type": "string"}},
    ),
    _tool("read_file", "Read a file whose text is not in the conversation.", {"path": _PATH}),
    _tool("delete_file", "Delete a file.", {"path": _PATH}),
    _tool(
        "rename_file", "Rename or move a file. Change references to it yourself.", {"path": _PATH, "new_path": _PATH}
    ),
    _tool(
        "finish",
        "Call this last, once, after all changes. It describes the new version to a person who does not program.",
        {
            "title": {"type": "string", "description": "What changed, in at most eight words."},
            "summary": {**_LINES, "description": "What changed, one plain sentence each, at most four."},
            "what_to_check": {**_LINES, "description": "What the person should try in the preview, at most three."},
        },
    ),
]

ASK_TOOLS = [tool for tool in TOOLS if tool["name"] == "read_file"]
"""A question may be answered with the help of any file, and changes none."""


def tools_for(mode: Mode) -> list[dict[str, Any]]:
    """What the model is offered."""
    return ASK_TOOLS if mode == "ask" else TOOLS


@dataclass(frozen=True, slots=True)
class ToolResult:
    """`content` goes to the model; `message` to the reader (empty when all went well). Lines are those of the file."""

    ok: bool
    content: str
    message: str = ""
    lines: int = 0
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """What the model says about its changes."""

    title: str
    summary: list[str]
    what_to_check: list[str]


class Toolbox:
    """Carries out calls on one staged copy; for a question only those that change nothing.

    `failures` counts refused calls, `has_missed_change` says that one of them was to change something, `met_lock` is
    the first locked file that one of them was about, `finish` holds what that tool was told.
    """

    def __init__(self, staging: Staging, mode: Mode = "build") -> None:
        self.staging = staging
        self._is_question = mode == "ask"
        self.failures = 0
        self.has_missed_change = False
        self.met_lock: str | None = None
        self._has_failed_now = False
        self.finish: Finish | None = None
        self._handlers: dict[str, Callable[[dict[str, Any]], str]] = {
            "write_file": self._write,
            "edit_file": self._edit,
            "append_file": self._append,
            "read_file": lambda given: staging.read(_string(given, "path")),
            "delete_file": self._delete,
            "rename_file": self._rename,
            "finish": self._finish,
        }

    def begin_message(self) -> None:
        """`finish` is refused in a message in which another call was."""
        self._has_failed_now = False

    def run(self, call: ToolCall) -> ToolResult:
        """Carries out one call; a refusal is a result, too."""
        before = self.staging.files.get(call.path, "")
        try:
            said = self._handle(call)
        except StagingError as refusal:
            self._note_failure(call, refusal)
            return ToolResult(False, str(refusal), text(f"tools.{refusal.note}"), _line_count(before))
        after = self.staging.files.get(call.path, "")
        diffs = diff_files({"": before}, {"": after}, context=0)
        added, removed = (diffs[0].added, diffs[0].removed) if diffs else (0, 0)
        return ToolResult(True, said, "", _line_count(after), added, removed)

    def _note_failure(self, call: ToolCall, refusal: StagingError) -> None:
        self.failures += 1
        if isinstance(refusal, LockedError):
            self.met_lock = self.met_lock or refusal.path
        self._has_failed_now = True
        self.has_missed_change = self.has_missed_change or (
            not self._is_question and call.name not in ("read_file", "finish")
        )

    def _handle(self, call: ToolCall) -> str:
        if call.input is None:
            raise StagingError(
                "The input was no complete JSON object, so nothing was done. Send it again.", "bad_input"
            )
        handler = self._handlers.get(call.name)
        if handler is None:
            raise StagingError(f"There is no tool {call.name!r}.", "unknown_tool")
        if self._is_question and call.name != "read_file":
            raise StagingError("This is a question: nothing can be changed. Answer it in words.", "only_answers")
        return handler(call.input)

    def _write(self, given: dict[str, Any]) -> str:
        path = _string(given, "path")
        self.staging.write(path, _string(given, "content"))
        return f"Wrote {path}."

    def _edit(self, given: dict[str, Any]) -> str:
        path, edits = _string(given, "path"), _edits(given)
        self.staging.edit(path, edits)
        return f"Made {len(edits)} edit(s) in {path}."

    def _append(self, given: dict[str, Any]) -> str:
        path = _string(given, "path")
        self.staging.append(path, _string(given, "content"))
        return f"Added to {path}."

    def _delete(self, given: dict[str, Any]) -> str:
        path = _string(given, "path")
        self.staging.delete(path)
        return f"Deleted {path}."

    def _rename(self, given: dict[str, Any]) -> str:
        path, new_path = _string(given, "path"), _string(given, "new_path")
        self.staging.rename(path, new_path)
        return f"Renamed {path} to {new_path}."

    def _finish(self, given: dict[str, Any]) -> str:
        if self._has_failed_now:
            raise StagingError("Not finished: a call in this message was refused. Make it good first.", "not_finished")
        title = given.get("title")
        self.finish = Finish(
            title=" ".join(title.split())[:120] if isinstance(title, str) else "",
            summary=_list(given.get("summary")),
            what_to_check=_list(given.get("what_to_check")),
        )
        return "Done."


def _string(given: dict[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise StagingError(f'"{key}" is missing, or no string.', "bad_input")
    return value


def _edits(given: dict[str, Any]) -> list[Edit]:
    """The edits, also when the list came as a JSON text or as a single edit without a list: models do that."""
    edits = given.get("edits", [given] if "old_str" in given else None)
    if isinstance(edits, str):
        try:
            edits = json.loads(edits)
        except (ValueError, RecursionError):
            edits = None
    if not isinstance(edits, list) or not edits or not all(isinstance(edit, dict) for edit in edits):
        raise StagingError('"edits" must be a list of {"old_str", "new_str"}, at least one.', "bad_input")
    return [Edit(_string(edit, "old_str"), _string(edit, "new_str")) for edit in edits]


def _list(value: Any) -> list[str]:
    """Up to five sentences; one alone counts as a list of one."""
    items = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [" ".join(item.split())[:300] for item in items if isinstance(item, str) and item.strip()][:5]


def _line_count(content: str) -> int:
    return content.count("\n") + (not content.endswith("\n") if content else 0)
