"""Edits by which the built-in model changes files, and its reading of a conversation."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.claude.demo.conversation import Conversation
from glacia_ui.claude.demo.edit_calls import calls_between
from glacia_ui.claude.demo.faults import Fault, Faults, broken
from glacia_ui.claude.demo.mind import answer
from glacia_ui.claude.demo.script import Answer, Call
from glacia_ui.claude.demo.wire import frames
from glacia_ui.core.prompt import CONTINUE, ModelRequest, first_messages
from glacia_ui.core.reply import ToolCall
from glacia_ui.core.staging import Staging
from glacia_ui.core.texts import text
from glacia_ui.core.tools import Toolbox

LINES = st.lists(st.sampled_from(["a", "b", "  a", "", "long line of text"]), max_size=14).map("\n".join)


@given(LINES, LINES)
def test_calls_lead_from_one_text_to_the_other(old: str, new: str) -> None:
    staged = Staging({"a": old})
    box = Toolbox(staged)
    for call in calls_between({"a": old}, {"a": new}):
        assert box.run(ToolCall("x", call.name, call.input, "a")).ok
    assert staged.files == {"a": new}


@given(LINES, LINES)
def test_texts_that_end_alike_are_edited_not_rewritten(old: str, new: str) -> None:
    calls = calls_between({"a": f"{old}\n"}, {"a": f"{new}\n"})
    assert "write_file" not in [call.name for call in calls]


def test_calls_are_as_small_as_can_be() -> None:
    old = {"a.css": "x {}\n", "b.html": "<p>\n1\n2\n</p>\n", "gone.txt": "x"}
    new = {"a.css": "x {}\ny {}\n", "b.html": "<p>\n1\n3\n</p>\n", "new.js": "z\n"}
    assert calls_between(old, new) == [
        Call("edit_file", {"path": "b.html", "edits": [{"old_str": "2", "new_str": "3"}]}),
        Call("append_file", {"path": "a.css", "content": "y {}\n"}),
        Call("delete_file", {"path": "gone.txt"}),
        Call("write_file", {"path": "new.js", "content": "z\n"}),
    ]
    assert calls_between({"a": ""}, {"a": "x\n"}) == [Call("write_file", {"path": "a", "content": "x\n"})]


def result(call_id: str, *, is_error: bool = False, content: Any = "ok") -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, "is_error": is_error}


def use(call_id: str, name: str, **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": given}


def test_a_conversation_is_read_from_its_newest_prompt() -> None:
    messages = first_messages(ModelRequest("add a FAQ", "m", {"index.html": "<h1>x</h1>"}))
    messages += [
        {"role": "assistant", "content": [{"type": "text", "text": "I read."}, use("1", "read_file", path="b.css")]},
        {"role": "user", "content": [result("1", content=[{"type": "text", "text": "b {}"}])]},
    ]
    talk = Conversation.read(messages)
    assert (talk.prompt, talk.files) == ("add a FAQ", {"index.html": "<h1>x</h1>", "b.css": "b {}"})
    assert (talk.has_spoken, talk.is_refused, talk.missing) == (True, False, [])


def test_of_a_very_long_prompt_the_beginning_counts() -> None:
    said = answer(first_messages(ModelRequest("make me a quiz about food" + " to A & " * 12_000, "m", {})))
    assert said.calls[0].name == "write_file"


def test_a_plain_message_is_a_prompt_too() -> None:
    assert Conversation.read([{"role": "user", "content": "Hello"}]).prompt == "Hello"


def test_a_refused_call_ends_in_an_honest_word() -> None:
    messages = first_messages(ModelRequest("make it green", "m", {}))
    messages += [
        {"role": "assistant", "content": [use("1", "edit_file", path="x", edits=[])]},
        {"role": "user", "content": [result("1", is_error=True)]},
    ]
    assert answer(messages) == Answer(text=text("demo.refused"))


def test_after_a_cut_only_what_is_missing_is_sent() -> None:
    messages = first_messages(ModelRequest("a to-do list", "m", {}))
    whole = answer(messages)
    first = whole.calls[0]
    messages += [
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "…"}, use("1", first.name, **first.input), use("2", "x")],
        },
        {"role": "user", "content": [result("1"), result("2", is_error=True), {"type": "text", "text": CONTINUE}]},
    ]
    assert answer(messages) == Answer(calls=whole.calls[1:])


def test_when_all_is_done_it_says_so() -> None:
    messages = first_messages(ModelRequest("a to-do list", "m", {}))
    calls = answer(messages).calls
    messages += [
        {"role": "assistant", "content": [use(str(n), call.name, **call.input) for n, call in enumerate(calls)]},
        {"role": "user", "content": [result(str(n)) for n in range(len(calls))]},
    ]
    assert answer(messages) == Answer(text=text("demo.nothing_left"))


SENT = frames(Answer("Think.", "Hello there.", (Call("finish", {}),)), message_id="msg_1", model="m", input_tokens=3)


def test_the_frames_are_in_the_order_of_the_api() -> None:
    types = [frame.type for frame in SENT]
    assert types[:3] == ["message_start", "ping", "content_block_start"]
    assert types[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert types.count("content_block_start") == types.count("content_block_stop") == 3
    assert SENT[-2].data["delta"]["stop_reason"] == "tool_use"


def test_a_fault_lets_so_many_deltas_through() -> None:
    for at in (0, 1, 2):
        kept = broken(SENT, Fault("cut", at=at))
        assert sum(bool(frame.tokens) for frame in kept) == at
    assert broken(SENT, Fault("cut", at=999))[-1].type == "content_block_delta"
    assert broken(SENT, Fault("max_tokens", at=1))[-3].type == "content_block_stop"


def test_a_script_of_faults_runs_out() -> None:
    faults = Faults([Fault("cut"), None])
    assert [faults.next(), faults.next(), faults.next()] == [Fault("cut"), None, None]


def test_without_a_tool_to_change_files_it_only_answers() -> None:
    files = {"index.html": "<title>Corner</title><h1>Bread</h1>"}
    wish = answer(first_messages(ModelRequest("a to-do list", "m", files)), can_change=False)
    assert (wish.text, wish.calls) == (text("demo.ask_wish"), ())
    question = answer(first_messages(ModelRequest("tell me of the headings", "m", files)), can_change=False)
    assert "Bread" in question.text
    assert question.calls == ()
