"""One message, from raw events to what a reader sees and what the next request sends back."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from glacia_ui.core.events import NewEvent
from glacia_ui.core.reply import Reply
from tests.support.raw_events import call_block, delta, ending, raw, start, text_block


def fed(reply: Reply, events: list[Any]) -> list[NewEvent]:
    return [event for one in events for event in reply.feed(one)]


def said(events: list[NewEvent], kind: str) -> str:
    return "".join(data["text"] for type_, data in events if type_ == kind)


def test_text_passes_through() -> None:
    reply = Reply()
    events = fed(reply, [*text_block(0, "Hel", "lo"), *ending()])
    assert events == [
        ("status", {"phase": "writing"}),
        ("message.delta", {"text": "Hel"}),
        ("message.delta", {"text": "lo"}),
    ]
    assert (reply.text, reply.stop_reason, reply.is_complete, reply.has_shown) == ("Hello", "end_turn", True, True)
    assert reply.content() == [{"type": "text", "text": "Hello"}]


def test_paragraphs_of_several_blocks_and_messages_are_kept_apart() -> None:
    reply = Reply(has_text_before=True)
    events = fed(reply, [*text_block(0, "one", "!"), *text_block(1, "two")])
    assert said(events, "message.delta") == reply.text == "\n\none!\n\ntwo"
    assert reply.content() == [{"type": "text", "text": "one!"}, {"type": "text", "text": "two"}]


def test_thinking_is_shown_but_does_not_count_as_shown() -> None:
    reply = Reply()
    events = fed(
        reply,
        [
            start(0, "thinking", thinking="", signature=""),
            delta(0, "thinking_delta", thinking="Bread. "),
            delta(0, "thinking_delta", thinking="Warm colours."),
            delta(0, "signature_delta", signature="sig"),
            raw("content_block_stop", index=0),
            start(1, "redacted_thinking", data="abc"),
            raw("content_block_stop", index=1),
        ],
    )
    assert events[0] == ("status", {"phase": "thinking"})
    assert said(events, "thinking.delta") == reply.thinking == "Bread. Warm colours."
    assert reply.has_shown is False
    assert reply.content() == [
        {"type": "thinking", "thinking": "Bread. Warm colours.", "signature": "sig"},
        {"type": "redacted_thinking", "data": "abc"},
    ]


def test_a_file_shows_while_its_json_arrives() -> None:
    reply = Reply()
    events = fed(reply, call_block(0, "write_file", '{"path": "a.c', 'ss", "content": "b {', "}\\n", '"}'))
    assert events == [
        ("status", {"phase": "writing"}),
        ("file.begin", {"call": "toolu_0", "path": "a.css", "action": "write"}),
        ("file.delta", {"call": "toolu_0", "text": "b {"}),
        ("file.delta", {"call": "toolu_0", "text": "}\n"}),
    ]
    (call,) = reply.calls
    assert (call.name, call.path, call.input) == ("write_file", "a.css", {"path": "a.css", "content": "b {}\n"})


FILE = st.text(alphabet=st.sampled_from('ab"\\\n é🍞{}'), max_size=40)


@given(FILE, st.lists(st.integers(0, 300), max_size=15), st.booleans(), st.booleans())
def test_any_cut_shows_the_same_file(content: str, cuts: list[int], is_ascii: bool, is_path_last: bool) -> None:
    given_ = {"content": content, "path": "a.txt"} if is_path_last else {"path": "a.txt", "content": content}
    text = json.dumps(given_, ensure_ascii=is_ascii)
    edges = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    pieces = [text[a:b] for a, b in pairwise(edges)]
    reply = Reply()
    events = fed(reply, call_block(0, "write_file", *pieces))
    assert [type_ for type_, _ in events].count("file.begin") == 1
    assert said(events, "file.delta") == content
    assert reply.calls[0].input == given_


def test_an_edit_shows_its_new_text_each_on_its_own_line() -> None:
    edits = [{"old_str": "x", "new_str": "one"}, {"old_str": "y", "new_str": "two\n"}, {"old_str": "z", "new_str": "3"}]
    reply = Reply()
    events = fed(reply, call_block(0, "edit_file", json.dumps({"path": "a", "edits": edits})))
    assert said(events, "file.delta") == "one\ntwo\n3"


def test_other_tools_show_no_file() -> None:
    reply = Reply()
    events = fed(reply, call_block(0, "finish", '{"path": "x", "content": "y"}'))
    assert [type_ for type_, _ in events] == ["status"]


def test_cut_off_or_invalid_json_is_no_input() -> None:
    for broken in ('{"path": "a", "content": "half', "{} {}", "[1]", '"x"', "[" * 5000):
        reply = Reply()
        fed(reply, call_block(0, "write_file", broken))
        assert reply.calls[0].input is None
        assert reply.content()[0]["input"] == {}


def test_a_call_without_input_has_an_empty_one() -> None:
    reply = Reply()
    fed(reply, call_block(0, "finish"))
    assert reply.calls[0].input == {}


def test_nul_and_half_characters_are_replaced_in_text_and_files() -> None:
    reply = Reply()
    content = '{"path": "a", "content": "x\\u0000y\\ud83c'
    events = fed(reply, [*text_block(0, "a\x00"), *call_block(1, "write_file", content, '\\udf5e \\ud83c"}')])
    assert said(events, "message.delta") == "a�"
    assert said(events, "file.delta") == "x�y🍞 �"
    assert reply.calls[0].input == {"path": "a", "content": "x�y🍞 �"}


def test_a_stream_that_just_ends_is_not_complete() -> None:
    reply = Reply()
    events = [*text_block(0, "Hello"), *call_block(1, "write_file", '{"path": "a.txt", "content": "b')[:-1]]
    fed(reply, events)
    assert (reply.is_complete, reply.stop_reason, reply.calls) == (False, None, [])
    assert reply.open_files() == [("toolu_1", "a.txt")]


def test_tokens_are_those_reported_and_estimated_where_the_stream_broke_off() -> None:
    usage = {
        "input_tokens": 10,
        "output_tokens": 1,
        "cache_read_input_tokens": 50,
        "cache_creation_input_tokens": 30,
        "cache_creation": {"ephemeral_1h_input_tokens": 20, "ephemeral_5m_input_tokens": 10},
    }
    reply = Reply()
    fed(reply, [raw("message_start", message={"usage": usage}), *text_block(0, "x" * 400)])
    assert (reply.tokens.input, reply.tokens.cache_read, reply.tokens.output) == (10, 50, 100)
    assert (reply.tokens.cache_write_1h, reply.tokens.cache_write_5m) == (20, 10)
    fed(reply, ending(output=93))
    assert reply.tokens.output == 93


def test_unknown_events_and_blocks_are_passed_over() -> None:
    reply = Reply()
    events = [
        raw("something_new"),
        start(0, "server_tool_use", id="x"),
        delta(0, "input_json_delta", partial_json="{}"),
        delta(0, "text_delta", text="lost"),
        raw("content_block_stop", index=0),
        delta(5, "text_delta", text="lost"),
        start(1, "text", text=""),
        delta(1, "citations_delta", citation={}),
        delta(1, "input_json_delta", partial_json="{}"),
    ]
    assert fed(reply, events) == [("status", {"phase": "writing"})]
