"""The messages of a first request: in the order of the cache, nothing empty, at most four breakpoints."""

from __future__ import annotations

from typing import Any

from glacia_ui.core.history import History, Turn
from glacia_ui.core.models import ChangeCard
from glacia_ui.core.prompt import ModelRequest, first_messages, system_blocks, without_breakpoint
from glacia_ui.core.tools import ASK_TOOLS, TOOLS, tools_for

FILES = {"index.html": "<h1>Bread</h1>"}


def breakpoints(value: Any) -> int:
    return str(value).count("cache_control")


def test_files_go_into_the_newest_message_before_the_prompt() -> None:
    (message,) = first_messages(ModelRequest("make it green", "m", FILES))
    assert [block["text"] for block in message["content"]][1] == "make it green"
    assert "<h1>Bread</h1>" in message["content"][0]["text"]
    assert "cache_control" in message["content"][1]


def test_history_comes_first_with_a_breakpoint_at_its_end() -> None:
    history = History([Turn("a page", "Done."), Turn("and?", " ", ChangeCard(title="Green"))])
    messages = first_messages(ModelRequest("go on", "m", {}, history))
    assert [(m["role"], m["content"][-1]["text"]) for m in messages] == [
        ("user", "a page"),
        ("assistant", "Done."),
        ("user", "and?"),
        ("assistant", "Green"),
        ("user", "go on"),
    ]
    assert [breakpoints(message) for message in messages] == [0, 0, 0, 1, 1]
    assert "ttl" in str(system_blocks())
    assert breakpoints([system_blocks(), TOOLS, messages]) == 3


def test_breakpoints_can_be_taken_away() -> None:
    (message,) = first_messages(ModelRequest("x", "m", {}))
    assert breakpoints(without_breakpoint(message)) == 0
    assert breakpoints(message) == 1


def test_a_question_has_a_beginning_of_its_own_and_cannot_change_files() -> None:
    assert tools_for("build") is TOOLS
    assert [tool["name"] for tool in tools_for("ask")] == ["read_file"]
    (build,), (ask,) = system_blocks(), system_blocks("ask")
    assert build["cache_control"] == ask["cache_control"]
    assert "change nothing" in ask["text"]
    assert not any(name in ask["text"] for name in ("edit_file", "write_file", "finish"))
    messages = first_messages(ModelRequest("why?", "m", FILES, History([Turn("user", "a page")]), "ask"))
    assert breakpoints([system_blocks("ask"), ASK_TOOLS, messages]) == 3
