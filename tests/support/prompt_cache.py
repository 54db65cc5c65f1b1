"""The API's prompt cache by its documented rules: what of a request is read from it.

A request is tools, system, messages, in blocks. Where a block has a breakpoint, everything up to it is kept. Another
request reads the longest beginning that was kept and ends at a breakpoint of its own or at most 20 blocks before one.
Breakpoints themselves are no part of what is compared; at most four are allowed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

LOOK_BACK = 20
MOST_BREAKPOINTS = 4


class PromptCache:
    """Nothing in it expires: tests ask one thing after the other."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """The blocks of the newest request."""
        self._kept: set[str] = set()

    def ask(self, body: Mapping[str, Any]) -> tuple[int, int]:
        """(characters read from the cache, characters in all), and keeps what the request marks."""
        texts, marks, so_far = [], [], ""
        blocks = list(_blocks(body))
        self.asked = [text for text, _ in blocks]
        for text, has_mark in blocks:
            so_far += text
            texts.append(so_far)
            marks += [len(texts) - 1] if has_mark else []
        assert len(marks) <= MOST_BREAKPOINTS, len(marks)
        looked_at = {place for mark in marks for place in range(max(0, mark - LOOK_BACK), mark + 1)}
        read = max((len(texts[place]) for place in looked_at if texts[place] in self._kept), default=0)
        self._kept |= {texts[mark] for mark in marks}
        return read, len(so_far)


def _blocks(body: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for tool in body.get("tools", ()):
        yield _plain("tool", tool)
    for block in body.get("system", ()):
        yield _plain("system", block)
    for message in body["messages"]:
        for block in message["content"]:
            yield _plain(message["role"], block)


def _plain(role: str, block: Mapping[str, Any]) -> tuple[str, bool]:
    content = {key: value for key, value in block.items() if key != "cache_control"}
    return f"{role}\n{json.dumps(content, ensure_ascii=False)}\n", "cache_control" in block
