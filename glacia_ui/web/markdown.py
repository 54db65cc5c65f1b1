"""Markdown to HTML that is safe to place in our page: pyromark renders, nh3 lets through what prose needs.

A reply grows while it is read. `GrowingText` cuts it at top-level blocks: a block that is followed by another one can
never change again, so it is rendered once (for everybody, the cache is shared) and sent once; only the open block is
rendered at each update. The cut depends on the text alone, not on how it arrived, so block 3 is the same for a reader
who was there from the start and for one who came back. Links by reference across blocks are the price: models hardly
write them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import nh3
import pyromark

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
_TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "blockquote",
    "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "sup", "sub", "kbd",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"style"}, "td": {"style"}}
_CACHED_BLOCKS = 4096
_DEFINITION = re.compile(rb"[ >\t]*\[[^\]\n]*\]:")


@dataclass(frozen=True, slots=True)
class Block:
    """A finished block and its place, from 0."""

    index: int
    html: str


def render(markdown: str) -> str:
    """All of a text. Nothing in it can load, send or run anything; links open elsewhere and tell nobody from where."""
    return nh3.clean(
        pyromark.html(markdown, options=_OPTIONS),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties={"text-align"},
    )


_render_block = lru_cache(_CACHED_BLOCKS)(render)


class GrowingText:
    """A reply as far as it has come."""

    def __init__(self) -> None:
        self._rest = ""
        self._finished = 0

    def add(self, text: str) -> list[Block]:
        """Append, and return the blocks that are finished now."""
        self._rest += text
        sources = self._split()
        blocks = [Block(self._finished + place, _render_block(source)) for place, source in enumerate(sources)]
        self._finished += len(blocks)
        return blocks

    @property
    def open_html(self) -> str:
        """The block that still grows; empty when there is none."""
        return render(self._rest)

    def _split(self) -> list[str]:
        """Cut off every block but the last one. Half a line may still become anything, so it is not looked at."""
        whole = self._rest[: self._rest.rfind("\n") + 1].encode()
        starts = _block_starts(whole)
        if len(starts) < 2:
            return []
        cuts = zip([0, *starts[1:-1]], starts[1:], strict=True)
        sources = [whole[start:end].decode() for start, end in cuts]
        self._rest = self._rest[len(whole[: starts[-1]].decode()) :]
        return sources


def _block_starts(markdown: bytes) -> list[int]:
    """Where the top-level blocks begin, in bytes."""
    starts, depth = [], 0
    for event, place in pyromark.events_with_range(markdown.decode(), options=_OPTIONS):
        if depth == 0 and not _follows_definition(markdown, start := _line_start(markdown, place["start"])):
            starts.append(start)
        if isinstance(event, dict):
            depth += ("Start" in event) - ("End" in event)
    return starts


def _follows_definition(markdown: bytes, start: int) -> bool:
    """Whether the line above is `[name]: address`: what comes next may still belong to it, whatever it looks like."""
    above = markdown[markdown.rfind(b"\n", 0, max(0, start - 1)) + 1 : start]
    return bool(_DEFINITION.match(above))


def _line_start(markdown: bytes, position: int) -> int:
    """A block may be indented: it begins with its line."""
    return markdown.rfind(b"\n", 0, position) + 1
