"""Reads a request to the Messages API: the newest prompt, the project in it, and what tools have answered since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from glacia_ui.claude.demo.script import Call
from glacia_ui.core.project_text import read_locked, read_project
from glacia_ui.core.prompt import CONTINUE

Message = dict[str, Any]

_ATTACHED = re.compile(r'<attached name="([^"]*)">\n(.*)\n</attached>', re.DOTALL)
LONGEST_PROMPT = 2000
"""Characters that are looked at: rules for reading are slow on long texts, and a wish stands at the beginning."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """`files` are those before this request, as far as their text is known; `missing` those that were only listed."""

    prompt: str
    files: dict[str, str]
    missing: list[str]
    turns: int
    """How many of the user's messages came before."""
    made: list[Call] = field(default_factory=list)
    """Calls of this request that went well."""
    is_refused: bool = False
    """A tool said no to one of the last calls, and not because the message was cut off."""
    has_spoken: bool = False
    """Text of this answer was already sent."""
    pictures: int = 0
    """Attached to the prompt."""
    attached: dict[str, str] = field(default_factory=dict)
    """Text files that were attached to the prompt, by name."""
    locked: frozenset[str] = frozenset()
    """Files that must stay as they are."""

    @classmethod
    def read(cls, messages: Sequence[Message]) -> Conversation:
        """From the list of a request."""
        start = max((index for index, message in enumerate(messages) if _is_prompt(message)), default=0)
        texts = [block["text"] for block in _blocks(messages[start]) if block.get("type") == "text"]
        project = texts[0] if len(texts) > 1 else ""
        listed = read_project(project)
        results, calls = _results(messages[start + 1 :])
        files = {path: content for path, content in listed.items() if content is not None}
        for call_id, said in results.items():
            call = calls.get(call_id)
            if call and call.name == "read_file" and not said.get("is_error"):
                files[call.input["path"]] = _plain(said)
        return cls(
            prompt=texts[-1][:LONGEST_PROMPT] if texts else "",
            files=files,
            missing=[path for path in listed if path not in files],
            turns=sum(message["role"] == "user" for message in messages[:start]),
            made=[call for key, call in calls.items() if key in results and not results[key].get("is_error")],
            is_refused=_is_refused(messages[-1]),
            pictures=sum(block.get("type") == "image" for block in _blocks(messages[start])),
            attached=_attached(texts[1:-1]),
            has_spoken=any(
                block.get("type") == "text"
                for message in messages[start + 1 :]
                if message["role"] == "assistant"
                for block in _blocks(message)
            ),
            locked=read_locked(project),
        )


def _attached(texts: Sequence[str]) -> dict[str, str]:
    found = (_ATTACHED.fullmatch(text) for text in texts)
    return {unescape(match[1]): match[2] for match in found if match}


def _is_prompt(message: Message) -> bool:
    """A message of the user that holds a project, or any that is no answer to a tool call."""
    if message["role"] != "user":
        return False
    blocks = _blocks(message)
    has_project = any(block.get("type") == "text" and block["text"].startswith("<project>") for block in blocks)
    return has_project or isinstance(message["content"], str)


def _is_refused(newest: Message) -> bool:
    blocks = _blocks(newest)
    is_cut_off = any(block.get("text") == CONTINUE for block in blocks)
    return not is_cut_off and any(block.get("is_error") for block in blocks)


def _blocks(message: Message) -> list[dict[str, Any]]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _results(messages: Sequence[Message]) -> tuple[dict[str, dict[str, Any]], dict[str, Call]]:
    results: dict[str, dict[str, Any]] = {}
    calls: dict[str, Call] = {}
    for message in messages:
        for block in _blocks(message):
            if block.get("type") == "tool_result":
                results[block["tool_use_id"]] = block
            elif block.get("type") == "tool_use":
                calls[block["id"]] = Call(block["name"], block["input"])
    return results, calls


def _plain(result: dict[str, Any]) -> str:
    content = result.get("content", "")
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)
