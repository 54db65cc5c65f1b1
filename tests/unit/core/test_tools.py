"""Calls of a model, from good to careless: each gets a result that helps it on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glacia_ui.core.reply import ToolCall
from glacia_ui.core.staging import Staging
from glacia_ui.core.texts import text
from glacia_ui.core.tools import TOOLS, Toolbox, ToolResult

BASE = {"index.html": "<h1>Bread</h1>\n<p>Rye</p>\n"}


def run(box: Toolbox, name: str, given: dict[str, Any] | None) -> ToolResult:
    path = (given or {}).get("path", "")
    return box.run(ToolCall("toolu_1", name, given, path if isinstance(path, str) else ""))


@pytest.fixture
def box() -> Toolbox:
    return Toolbox(Staging(BASE))


def test_every_tool_streams_its_input_and_gives_the_path_first() -> None:
    names = [tool["name"] for tool in TOOLS]
    assert names == ["write_file", "edit_file", "append_file", "read_file", "delete_file", "rename_file", "finish"]
    for tool in TOOLS:
        assert tool["eager_input_streaming"] is True
        first = next(iter(tool["input_schema"]["properties"]))
        assert first == ("title" if tool["name"] == "finish" else "path")


@pytest.mark.parametrize(
    ("name", "given", "facts"),
    [
        ("write_file", {"path": "a.css", "content": "b {}\nc {}"}, (2, 2, 0)),
        ("write_file", {"path": "empty", "content": ""}, (0, 0, 0)),
        ("edit_file", {"path": "index.html", "edits": [{"old_str": "Rye", "new_str": "Oat"}]}, (2, 1, 1)),
        ("append_file", {"path": "index.html", "content": "<hr>\n"}, (3, 1, 0)),
        ("delete_file", {"path": "index.html"}, (0, 0, 2)),
    ],
)
def test_a_good_call_says_how_many_lines_came_and_went(
    box: Toolbox, name: str, given: dict[str, Any], facts: tuple[int, int, int]
) -> None:
    result = run(box, name, given)
    assert (result.ok, result.message) == (True, "")
    assert (result.lines, result.added, result.removed) == facts
    assert box.failures == 0


def test_reading_gives_the_model_the_file(box: Toolbox) -> None:
    assert run(box, "read_file", {"path": "index.html"}).content == BASE["index.html"]


def test_renaming(box: Toolbox) -> None:
    assert run(box, "rename_file", {"path": "index.html", "new_path": "start.html"}).ok
    assert list(box.staging.files) == ["start.html"]


@pytest.mark.parametrize(
    ("name", "given", "note"),
    [
        ("write_file", None, "bad_input"),
        ("write_file", {}, "bad_input"),
        ("write_file", {"path": 1, "content": ""}, "bad_input"),
        ("write_file", {"path": "a", "content": ["x"]}, "bad_input"),
        ("edit_file", {"path": "index.html"}, "bad_input"),
        ("edit_file", {"path": "index.html", "edits": []}, "bad_input"),
        ("edit_file", {"path": "index.html", "edits": ["x"]}, "bad_input"),
        ("edit_file", {"path": "index.html", "edits": "[{"}, "bad_input"),
        ("edit_file", {"path": "index.html", "edits": [{"old_str": "x"}]}, "bad_input"),
        ("edit_file", {"path": "index.html", "edits": [{"old_str": "x", "new_str": "y"}]}, "missed"),
        ("read_file", {"path": "nope"}, "no_file"),
        ("write_file", {"path": "../x", "content": ""}, "bad_path"),
        ("write_file", {"path": "a.js", "content": "// ... existing code"}, "placeholder"),
        ("run_shell", {"command": "ls"}, "unknown_tool"),
    ],
)
def test_a_bad_call_tells_model_and_reader(box: Toolbox, name: str, given: Any, note: str) -> None:
    result = run(box, name, given)
    assert (result.ok, result.message) == (False, text(f"tools.{note}"))
    assert result.content
    assert box.failures == 1
    assert box.staging.files == BASE


@pytest.mark.parametrize(
    "edits",
    [
        {"edits": json.dumps([{"old_str": "Rye", "new_str": "Oat"}])},
        {"old_str": "Rye", "new_str": "Oat"},
    ],
)
def test_edits_in_the_forms_that_models_slip_into(box: Toolbox, edits: dict[str, Any]) -> None:
    assert run(box, "edit_file", {"path": "index.html", **edits}).ok
    assert "Oat" in box.staging.files["index.html"]


def test_finish_keeps_what_it_is_told(box: Toolbox) -> None:
    given = {"title": " New \n bread ", "summary": "One thing", "what_to_check": ["a", "", 1, "b"]}
    assert run(box, "finish", given).ok
    assert box.finish is not None
    assert (box.finish.title, box.finish.summary, box.finish.what_to_check) == ("New bread", ["One thing"], ["a", "b"])


def test_finish_is_refused_in_a_message_in_which_a_call_was(box: Toolbox) -> None:
    run(box, "delete_file", {"path": "nope"})
    assert not run(box, "finish", {"title": "x"}).ok
    assert box.finish is None
    box.begin_message()
    assert run(box, "finish", {}).ok
    assert box.has_missed_change


def test_a_read_that_misses_is_no_missed_change(box: Toolbox) -> None:
    run(box, "read_file", {"path": "nope"})
    assert (box.failures, box.has_missed_change) == (1, False)


@pytest.mark.parametrize("name", [tool["name"] for tool in TOOLS if tool["name"] != "read_file"])
def test_a_question_carries_out_nothing_that_changes(name: str) -> None:
    box = Toolbox(Staging(BASE), "ask")
    edits = [{"old_str": "Rye", "new_str": "Oat"}]
    given = {"path": "index.html", "new_path": "b.html", "content": "x", "edits": edits, "title": "t"}
    result = run(box, name, given)
    assert (result.ok, result.message) == (False, text("tools.only_answers"))
    assert (box.staging.files, box.finish, box.has_missed_change) == (BASE, None, False)


def test_a_question_may_read() -> None:
    assert run(Toolbox(Staging(BASE), "ask"), "read_file", {"path": "index.html"}).content == BASE["index.html"]
