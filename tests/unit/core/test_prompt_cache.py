"""What the API's prompt cache makes of our requests: almost all that was sent before is read, except at a step."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glacia_ui.core.agent import Agent
from glacia_ui.core.history import History, Turn
from glacia_ui.core.models import ChangeCard
from glacia_ui.core.prompt import ModelRequest, first_messages, system_blocks
from glacia_ui.core.staging import Staging
from glacia_ui.core.tools import TOOLS
from tests.support.prompt_cache import PromptCache
from tests.support.raw_events import call_block, ending, raw, text_block

FILES = {"index.html": "<h1>Bread</h1>\n" * 200, "style.css": "h1 { color: brown; }\n" * 100}


def body(messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"tools": TOOLS, "system": system_blocks(), "messages": messages}


def turn(number: int) -> Turn:
    reply = f"reply {number} ".ljust(1_300, "y")
    return Turn(f"request {number} ".ljust(200, "x"), reply, ChangeCard(title="Green"), number, len(reply))


def test_of_a_conversation_all_but_the_newest_turn_is_read_except_at_a_step() -> None:
    cache = PromptCache()
    turns = [turn(number) for number in range(1, 121)]
    missed = []
    for count in range(len(turns)):
        history = History(turns[:count])
        request = ModelRequest(f"request {count + 1}", "m", {**FILES, "new.js": f"let n = {count};\n"}, history)
        read, _ = cache.ask(body(first_messages(request)))
        told = sum(len(str(message)) for message in first_messages(request)[:-1])
        if count > 1 and read < told - 2_500:
            missed.append(count)
    assert missed == [41, 62, 83, 104]


def unread(agent: Agent, cache: PromptCache, calls: int) -> tuple[int, int]:
    """One step in which the model makes this many calls: (characters that were not read, those new since the last)."""
    known = sum(len(text) for text in cache.asked)
    read, size = cache.ask(body(agent.messages))
    agent.begin()
    blocks = [text_block(0, "A step.")]
    for index in range(1, calls + 1):
        given = {"path": f"f{size}-{index}.css", "content": "a { color: red; }\n" * 50}
        blocks.append(call_block(index, "write_file", json.dumps(given)))
    head = raw("message_start", message={"usage": {"input_tokens": 5, "output_tokens": 1}})
    for event in [head, *(event for block in blocks for event in block), *ending("tool_use")]:
        agent.feed(event)
    agent.end()
    return size - read, size - known


@pytest.mark.parametrize("calls", [1, 5, 15, 40])
def test_within_a_generation_each_step_reads_all_of_the_one_before(calls: int) -> None:
    history = History([turn(number) for number in range(1, 11)])
    agent = Agent(ModelRequest("many files", "m", FILES, history), Staging(FILES))
    cache = PromptCache()
    unread(agent, cache, calls)
    for _ in range(8):
        not_read, new = unread(agent, cache, calls)
        assert not_read == new


def test_the_first_request_of_a_generation_reads_the_conversation_that_the_one_before_sent() -> None:
    cache = PromptCache()
    turns = [turn(number) for number in range(1, 12)]
    before = Agent(ModelRequest("one", "m", FILES, History(turns[:10])), Staging(FILES))
    for _ in range(3):
        unread(before, cache, 15)
    after = Agent(ModelRequest("two", "m", FILES, History(turns)), Staging(FILES))
    read, size = cache.ask(body(after.messages))
    assert size - read < sum(map(len, FILES.values())) * 1.2 + 2_000
