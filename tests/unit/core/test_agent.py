"""The conversation of one generation: which requests follow, and the outcome of every way it can end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glacia_ui.core import agent as agents
from glacia_ui.core.agent import Agent, ModelResult
from glacia_ui.core.events import NewEvent
from glacia_ui.core.models import Outcome
from glacia_ui.core.outcomes import LEAVES_DRAFT, RULES
from glacia_ui.core.prompt import CONTINUE, CONTINUE_ANSWER, ModelRequest
from glacia_ui.core.staging import Staging
from glacia_ui.core.texts import text
from tests.support.raw_events import call_block, ending, raw, text_block

BASE = {"index.html": "<h1>Bread</h1>\n"}
FINISH = call_block(9, "finish", json.dumps({"title": "New", "summary": ["s"], "what_to_check": ["c"]}))


def write(index: int, path: str, content: str) -> list[Any]:
    return call_block(index, "write_file", json.dumps({"path": path, "content": content}))


def edit(index: int, old: str, new: str = "x") -> list[Any]:
    given = {"path": "index.html", "edits": [{"old_str": old, "new_str": new}]}
    return call_block(index, "edit_file", json.dumps(given))


def message(agent: Agent, *blocks: list[Any], reason: str = "end_turn") -> list[NewEvent]:
    """A whole message of the model."""
    agent.begin()
    head = raw("message_start", message={"usage": {"input_tokens": 5, "output_tokens": 1}})
    stream = [head, *(event for block in blocks for event in block), *ending(reason)]
    return [*(event for one in stream for event in agent.feed(one)), *agent.end()]


@pytest.fixture
def agent() -> Agent:
    return Agent(ModelRequest("do it", "claude-sonnet-5-5", BASE), Staging(BASE))


def kinds(events: list[NewEvent]) -> list[str]:
    return [type_ for type_, _ in events if type_ != "status"]


def test_changes_and_finish_in_one_message_commit(agent: Agent) -> None:
    events = message(agent, text_block(0, "I write."), write(1, "a.css", "b {}\n"), FINISH, reason="tool_use")
    assert kinds(events) == ["message.delta", "file.begin", "file.delta", "file.end", "usage"]
    assert events[-2][1] | {"call": ""} == {
        "call": "",
        "path": "a.css",
        "lines": 1,
        "added": 1,
        "removed": 0,
        "ok": True,
    }
    assert events[-1][1]["output_tokens"] == 7
    result = agent.result()
    assert (result.outcome, result.text) == ("committed", "I write.")
    assert result.changes == [{"path": "a.css", "content": "b {}\n"}]
    assert result.card is not None
    assert (result.card.title, result.card.added) == ("New", 1)


def test_without_finish_results_go_back_until_the_model_stops(agent: Agent) -> None:
    message(agent, text_block(0, "First."), write(1, "a", "1"), reason="tool_use")
    assert agent.outcome is None
    assert [m["role"] for m in agent.messages] == ["user", "assistant", "user"]
    assert agent.messages[-1]["content"] == [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "Wrote a.", "cache_control": {"type": "ephemeral"}}
    ]
    message(agent, call_block(0, "read_file", '{"path": "a"}'), reason="tool_use")
    assert str(agent.messages).count("cache_control") == 3
    message(agent, text_block(0, "Then."))
    result = agent.result()
    assert (result.outcome, result.text) == ("committed", "First.\n\nThen.")
    assert result.usage.input_tokens == 15
    assert result.first_prompt_tokens == 5
    assert result.card is not None
    assert result.card.title == "First."


def test_the_usage_event_says_how_full_the_context_is_and_how_well_the_cache_was_hit(agent: Agent) -> None:
    (*_, first) = message(agent, write(0, "a", "1"), reason="tool_use")
    assert (first[1]["context_tokens"], first[1]["cache_hit_rate"]) == (12, None)
    agent.begin()
    read = {"input_tokens": 5, "output_tokens": 1, "cache_read_input_tokens": 90_000}
    agent.feed(raw("message_start", message={"usage": read}))
    for event in [*text_block(0, "Then."), *ending()]:
        agent.feed(event)
    ((_, second),) = agent.end()
    assert (second["context_tokens"], second["context_share"]) == (90_012, 0.09)
    assert second["cache_hit_rate"] == round(90_000 / 90_010, 4)
    assert agent.result().usage.context_tokens == 90_012


def test_text_alone_is_an_answer(agent: Agent) -> None:
    message(agent, text_block(0, "It is bread."))
    assert agent.result().outcome == "answered"
    assert agent.result().card is None


def test_nothing_at_all_is_empty(agent: Agent) -> None:
    message(agent)
    assert agent.outcome == "empty"


def test_writing_what_is_there_is_only_an_answer(agent: Agent) -> None:
    message(agent, text_block(0, "Done."), write(1, "index.html", BASE["index.html"]), FINISH, reason="tool_use")
    assert (agent.outcome, agent.result().changes) == ("answered", [])


def test_a_refusal_keeps_nothing(agent: Agent) -> None:
    message(agent, write(0, "a", "1"), reason="refusal")
    assert (agent.outcome, agent.result().changes) == ("refused", [])


def test_a_miss_goes_back_to_the_model_and_the_reader_hears_of_it(agent: Agent) -> None:
    events = message(agent, edit(0, "nope"), FINISH, reason="tool_use")
    assert kinds(events) == ["file.begin", "file.delta", "file.end", "tool.result", "tool.result", "usage"]
    assert [data["ok"] for type_, data in events if type_ in ("file.end", "tool.result")] == [False] * 3
    assert agent.outcome is None
    assert [block["is_error"] for block in agent.messages[-1]["content"]] == [True, True]
    message(agent, edit(0, "Bread", "Rye"), FINISH, reason="tool_use")
    assert agent.outcome == "committed"


def test_only_misses_are_edits_failed(agent: Agent) -> None:
    message(agent, edit(0, "nope"), reason="tool_use")
    message(agent, text_block(0, "I could not do it."))
    assert agent.outcome == "edits_failed"


def test_a_lock_that_stops_everything_is_named() -> None:
    agent = Agent(ModelRequest("do it", "m", BASE, locked=frozenset(BASE)), Staging(BASE, locked=BASE.keys()))
    assert 'locked="true"' in agent.messages[0]["content"][0]["text"]
    message(agent, edit(0, "Bread"), reason="tool_use")
    message(agent, text_block(0, "index.html is locked."))
    assert (agent.outcome, agent.result().met_lock) == ("edits_failed", "index.html")


def test_a_lock_does_not_stop_the_rest() -> None:
    agent = Agent(ModelRequest("do it", "m", BASE, locked=frozenset(BASE)), Staging(BASE, locked=BASE.keys()))
    message(agent, edit(0, "Bread"), write(1, "a.css", "b {}\n"), reason="tool_use")
    message(agent, FINISH)
    assert agent.outcome == "committed"
    assert [change["path"] for change in agent.result().changes] == ["a.css"]


def test_a_question_about_a_missing_file_is_still_an_answer(agent: Agent) -> None:
    message(agent, call_block(0, "read_file", '{"path": "nope"}'), reason="tool_use")
    message(agent, text_block(0, "There is none."))
    assert agent.outcome == "answered"


def test_failures_are_limited(agent: Agent) -> None:
    for number in range(agents.MAX_FAILURES):
        assert agent.outcome is None
        message(agent, write(0, "a", str(number)), edit(1, "nope"), reason="tool_use")
    assert (agent.outcome, agent.result().changes) == ("edits_failed", [])


def test_messages_that_bring_nothing_but_refused_calls_are_limited(agent: Agent) -> None:
    message(agent, write(0, "a", "kept?"), reason="tool_use")
    for _ in range(agents.MAX_BARREN - 1):
        message(agent, edit(0, "nope"), reason="tool_use")
    message(agent, write(0, "a", "again"), reason="tool_use")
    for _ in range(agents.MAX_BARREN):
        assert agent.outcome is None
        message(agent, call_block(0, "write_file", '{"path": "b'), reason="tool_use")
    assert (agent.outcome, agent.result().changes) == ("edits_failed", [])


def test_steps_are_limited(agent: Agent) -> None:
    for number in range(agents.MAX_STEPS):
        assert agent.outcome is None
        message(agent, write(0, "a", str(number)), reason="tool_use")
    assert (agent.outcome, agent.result().changes) == ("truncated", [])


def test_a_message_cut_off_at_the_limit_is_continued_twice(agent: Agent) -> None:
    for _ in range(agents.MAX_CONTINUATIONS):
        message(agent, text_block(0, "and"), reason="max_tokens")
        assert agent.messages[-1]["content"][-1]["text"] == CONTINUE
        assert agent.outcome is None
    message(agent, text_block(0, "so"), reason="max_tokens")
    assert (agent.outcome, agent.result().text) == ("truncated", "and\n\nand\n\nso")


def test_a_call_cut_off_at_the_limit_does_not_run(agent: Agent) -> None:
    cut = call_block(1, "write_file", '{"path": "b", "content": "half')
    events = message(agent, write(0, "a", "1"), cut, reason="max_tokens")
    assert [(d["path"], d["ok"]) for type_, d in events if type_ == "file.end"] == [("a", True), ("b", False)]
    good, bad, word = agent.messages[-1]["content"]
    assert ("is_error" in good, bad["is_error"], word["text"]) == (False, True, CONTINUE)
    message(agent, write(0, "b", "whole"), FINISH, reason="tool_use")
    assert [change["path"] for change in agent.result().changes] == ["a", "b"]


def cut_off(agent: Agent, *blocks: list[Any]) -> ModelResult:
    """A message that ends in these blocks, when there is no more going on after a cut."""
    for _ in range(agents.MAX_CONTINUATIONS):
        message(agent, text_block(0, "and"), reason="max_tokens")
    message(agent, *blocks, reason="max_tokens")
    assert agent.outcome == "truncated"
    return agent.result()


def test_what_there_is_of_a_request_that_was_cut_off_is_its_draft(agent: Agent) -> None:
    cut = call_block(1, "write_file", '{"path": "b.css", "content": "a {}\\nb {')
    result = cut_off(agent, write(0, "a.css", "x {}\n"), cut)
    assert (result.changes, result.card) == ([], None)
    assert result.draft is not None
    assert result.draft.changes == [
        {"path": "a.css", "content": "x {}\n"},
        {"path": "b.css", "content": "a {}\nb {"},
    ]
    assert result.draft.unfinished == ["b.css"]
    card = result.draft.card
    assert (card.title, card.added, card.removed) == (text("tools.draft_title"), 3, 0)
    assert card.what_to_check == [text("tools.check_unfinished", path="b.css"), text("tools.check_missing")]
    assert agent.result().draft == result.draft, "asking does not change it"


def test_more_at_the_end_of_a_file_counts_as_far_as_it_came(agent: Agent) -> None:
    cut = call_block(1, "append_file", '{"path": "a.css", "content": "y {')
    draft = cut_off(agent, write(0, "a.css", "x {}\n"), cut).draft
    assert draft is not None
    assert draft.changes == [{"path": "a.css", "content": "x {}\ny {"}]
    assert draft.unfinished == ["a.css"]


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("write_file", '{"path": "index.html", "content": "<h1>'),  # the whole that is there is worth more
        ("edit_file", '{"path": "index.html", "edits": [{"old_str": "Bread", "new_str": "Ry'),
        ("append_file", '{"path": "nope.css", "content": "x'),
        ("write_file", '{"path": "../x", "content": "x'),
        ("write_file", '{"path": "b.css", "content": "'),
        ("write_file", '{"path": "b.c'),
        ("delete_file", '{"path": "index.html"'),
    ],
)
def test_what_was_cut_off_too_early_is_no_draft(agent: Agent, tool: str, given: str) -> None:
    assert cut_off(agent, call_block(1, tool, given)).draft is None


def test_only_the_end_is_unfinished(agent: Agent) -> None:
    """A call that was cut off before, and made good since, counts once."""
    message(agent, call_block(0, "write_file", '{"path": "a.css", "content": "x'), reason="max_tokens")
    message(agent, write(0, "a.css", "x {}\n"), text_block(1, "and"), reason="max_tokens")
    message(agent, text_block(0, "so"), reason="max_tokens")
    draft = agent.result().draft
    assert draft is not None
    assert (draft.changes, draft.unfinished) == ([{"path": "a.css", "content": "x {}\n"}], [])


@pytest.mark.parametrize("outcome", [None, *RULES])
def test_what_ends_on_its_way_leaves_a_draft_and_nothing_else_does(agent: Agent, outcome: Outcome | None) -> None:
    message(agent, write(0, "a.css", "x {}\n"), reason="tool_use")
    draft = agent.result(outcome=outcome).draft
    assert (draft is not None) == (outcome is None or outcome in LEAVES_DRAFT)


def test_a_message_that_breaks_off_leaves_the_file_that_was_being_written(agent: Agent) -> None:
    message(agent, write(0, "a.css", "x {}\n"), reason="tool_use")
    agent.begin()
    started = call_block(0, "write_file", '{"path": "b.css", ', '"content": "y {')[:-1]
    for each in [raw("message_start", message={"usage": {"input_tokens": 5, "output_tokens": 1}}), *started]:
        agent.feed(each)
    draft = agent.result(outcome="stopped").draft
    assert draft is not None
    assert [change["content"] for change in draft.changes] == ["x {}\n", "y {"]
    assert draft.unfinished == ["b.css"]


def test_a_locked_file_is_not_in_a_draft() -> None:
    agent = Agent(ModelRequest("do it", "m", BASE), Staging(BASE, locked={"index.html"}))
    assert cut_off(agent, call_block(1, "append_file", '{"path": "index.html", "content": "<p>')).draft is None


def test_a_question_leaves_no_draft() -> None:
    agent = Agent(ModelRequest("what is it?", "m", BASE, mode="ask"), Staging(BASE))
    assert cut_off(agent, call_block(1, "write_file", '{"path": "b.css", "content": "x {')).draft is None


def test_only_thinking_cut_off_is_continued_without_an_empty_message(agent: Agent) -> None:
    message(agent, reason="max_tokens")
    assert [m["role"] for m in agent.messages] == ["user", "user"]


def test_a_full_context_window_ends_it(agent: Agent) -> None:
    message(agent, text_block(0, "and"), reason="model_context_window_exceeded")
    assert agent.outcome == "truncated"


def test_finish_in_a_message_that_was_cut_off_still_counts(agent: Agent) -> None:
    message(agent, write(0, "a", "1"), FINISH, text_block(10, "And"), reason="max_tokens")
    assert agent.outcome == "committed"


def test_a_message_that_breaks_off_ends_its_files_and_keeps_what_there_is(agent: Agent) -> None:
    agent.begin()
    stream = [*text_block(0, "Hello"), *call_block(1, "write_file", '{"path": "a", "content": "b')[:-1]]
    for event in stream:
        agent.feed(event)
    assert agent.abandon() == [
        ("file.end", {"call": "toolu_1", "path": "a", "lines": 0, "added": 0, "removed": 0, "ok": False})
    ]
    result = agent.result(attempts=2, outcome="upstream_error")
    assert (result.outcome, result.text, result.attempts, result.changes) == ("upstream_error", "Hello", 2, [])
    assert result.usage.output_tokens > 0


def test_renames_and_deletions_are_told_to_the_reader(agent: Agent) -> None:
    rename = call_block(0, "rename_file", '{"path": "index.html", "new_path": "start.html"}')
    events = message(agent, rename, FINISH, reason="tool_use")
    told = {"call": "toolu_0", "tool": "rename_file", "ok": True, "message": "", "path": "index.html"}
    assert ("tool.result", told) in events
    assert agent.result().changes == [{"path": "start.html", "content": BASE["index.html"], "old_path": "index.html"}]


@pytest.fixture
def asked() -> Agent:
    return Agent(ModelRequest("why?", "claude-sonnet-5-5", BASE, mode="ask"), Staging(BASE))


def test_a_question_ends_in_an_answer_even_when_the_model_tried_to_write(asked: Agent) -> None:
    message(asked, text_block(0, "Because."), write(1, "a.css", "x"), FINISH, reason="tool_use")
    assert asked.outcome is None
    assert [block["is_error"] for block in asked.messages[-1]["content"]] == [True, True]
    message(asked, text_block(0, "That is all."))
    result = asked.result()
    assert (result.outcome, result.changes, result.card) == ("answered", [], None)


def test_a_question_whose_model_goes_on_writing_is_an_answer_or_nothing(asked: Agent) -> None:
    calls = [write(index, "a.css", "x") for index in range(agents.MAX_FAILURES)]
    message(asked, *calls, reason="tool_use")
    assert asked.outcome == "empty"


def test_a_question_that_was_cut_off_goes_on_in_words(asked: Agent) -> None:
    message(asked, text_block(0, "First"), reason="max_tokens")
    assert asked.messages[-1]["content"][-1]["text"] == CONTINUE_ANSWER
