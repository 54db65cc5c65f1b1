"""Edits as a model makes them: replace this text by that one.

The old text must occur exactly once. When it does not occur at all, white space at line ends is ignored, then also the
shape of quotation marks (models straighten them), each time still exactly once. Anything else is a miss, and says what
would help: the nearest lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_QUOTES = ("'‘’‚‛′`´", '"“”„‟″')
_NEAREST_CANDIDATES = 20
_NEAREST_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `old` by `new`."""

    old: str
    new: str


class EditMissError(Exception):
    """An edit that cannot be made. The message is for the model: what went wrong and what to do."""


def apply_edits(content: str, edits: Sequence[Edit]) -> str:
    """The content with all edits made one after the other. Raises EditMissError; then none counts."""
    for number, edit in enumerate(edits, start=1):
        try:
            content = _apply(content, edit)
        except EditMissError as miss:
            raise EditMissError(f"Edit {number} of {len(edits)}: {miss}") from None
    return content


def nearest_lines(content: str, wanted: str) -> str:
    """The lines most like the first telling line of `wanted`, numbered, with two lines of context."""
    lines = content.split("\n")
    target = next((line.strip() for line in wanted.split("\n") if line.strip()), "")
    words = set(re.findall(r"\w+", target))
    overlap = [(len(words & set(re.findall(r"\w+", line))), -number) for number, line in enumerate(lines)]
    candidates = [-number for _, number in sorted(overlap, reverse=True)[:_NEAREST_CANDIDATES]]
    best = max(candidates, key=lambda number: SequenceMatcher(None, target, lines[number].strip()).ratio())
    shown = range(max(0, best - _NEAREST_CONTEXT), min(len(lines), best + _NEAREST_CONTEXT + 1))
    return "\n".join(f"{number + 1}: {lines[number][:200]}" for number in shown)


def _apply(content: str, edit: Edit) -> str:
    if not edit.old:
        raise EditMissError("old_str is empty. Quote the text to replace, or use append_file or write_file.")
    if edit.old == edit.new:
        raise EditMissError("old_str and new_str are the same, so nothing would change.")
    start, stop = _find(content, edit.old)
    new = edit.new
    if "\r\n" in content[start:stop] and "\r\n" not in new:
        new = new.replace("\n", "\r\n")
    return content[:start] + new + content[stop:]


def _find(content: str, old: str) -> tuple[int, int]:
    """Where the one match begins and ends."""
    count = _count(content, old)
    if count == 1:
        start = content.index(old)
        return start, start + len(old)
    if count == 0:
        for is_quote_blind in (False, True):
            spans = [match.span() for match in _pattern(old, is_quote_blind=is_quote_blind).finditer(content)]
            if len(spans) == 1:
                return spans[0]
            count = len(spans)
            if count:
                break
    if count:
        raise EditMissError(f"old_str occurs {count} times. Add lines around it until it occurs exactly once.")
    raise EditMissError(f"old_str does not occur in the file. The nearest lines are:\n{nearest_lines(content, old)}")


def _count(content: str, old: str) -> int:
    """Occurrences, also those that overlap: "aa" stands twice in "aaa", and which one is meant nobody can say."""
    return len(re.findall(f"(?={re.escape(old)})", content))


def _pattern(old: str, *, is_quote_blind: bool) -> re.Pattern[str]:
    """`old` with any white space at line ends; of its last line only when it holds some itself."""
    *lines, last = old.split("\n")
    body = "".join(_escaped(line.rstrip(), is_quote_blind) + r"[ \t\r]*\n" for line in lines)
    end = r"[ \t\r]*(?=\n|\Z)" if last != last.rstrip() else ""
    return re.compile(body + _escaped(last.rstrip() if end else last, is_quote_blind) + end)


def _escaped(text: str, is_quote_blind: bool) -> str:
    return "".join(_character(character, is_quote_blind) for character in text)


def _character(character: str, is_quote_blind: bool) -> str:
    if is_quote_blind:
        for quotes in _QUOTES:
            if character in quotes:
                return f"[{quotes}]"
    return re.escape(character)
