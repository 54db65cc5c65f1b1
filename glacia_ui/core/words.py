"""Which words changed inside a changed line.

A block of removed lines followed by added ones is taken as one rewrite: each removed line is matched with the added
line most like it, in order, and the two are compared word by word. Lines that have little in common get no marks:
marking nearly everything says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Range = tuple[int, int]

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_LEAST_ALIKE = 0.4
"""Share of common text below which two lines are unrelated. Chosen by eye on changes of HTML, CSS and JavaScript."""
_MOST_PAIRS = 900
"""Blocks with more combinations than this (30 × 30) are matched line by line in their order: matching is quadratic."""
_LONGEST = 600
"""Code points. Longer lines (minified code, data) are compared from both ends only, which is linear."""


def mark_words(lines: Sequence[tuple[str, str]]) -> list[list[Range]]:
    """Changed ranges for each `(kind, text)` of a hunk, kind being one of " ", "+", "-"; same length as `lines`."""
    marks: list[list[Range]] = [[] for _ in lines]
    at = 0
    while at < len(lines):
        removed = _run(lines, at, "-")
        added = _run(lines, removed.stop, "+")
        for old, new in _pairs(lines, removed, added):
            marks[old], marks[new] = changed_words(lines[old][1], lines[new][1])
        at = max(added.stop, at + 1)
    return marks


def changed_words(old: str, new: str) -> tuple[list[Range], list[Range]]:
    """Ranges of `old` that are gone and of `new` that are new; both empty when the lines have little in common."""
    if max(len(old), len(new)) > _LONGEST:
        return _changed_middle(old, new)
    old_words, new_words = _TOKEN.findall(old), _TOKEN.findall(new)
    blocks = SequenceMatcher(None, old_words, new_words, autojunk=False).get_matching_blocks()
    common = sum(len(word.strip()) for block in blocks for word in old_words[block.a : block.a + block.size])
    if 2 * common < _LEAST_ALIKE * (len(old.strip()) + len(new.strip())):
        return [], []
    kept_old = [(block.a, block.a + block.size) for block in blocks]
    kept_new = [(block.b, block.b + block.size) for block in blocks]
    return _gaps(old_words, kept_old), _gaps(new_words, kept_new)


def _run(lines: Sequence[tuple[str, str]], start: int, kind: str) -> range:
    stop = start
    while stop < len(lines) and lines[stop][0] == kind:
        stop += 1
    return range(start, stop)


def _pairs(lines: Sequence[tuple[str, str]], removed: range, added: range) -> list[tuple[int, int]]:
    if len(removed) == len(added) or len(removed) * len(added) > _MOST_PAIRS:
        return list(zip(removed, added, strict=False))
    return _best_pairs([lines[index][1] for index in removed], [lines[index][1] for index in added], removed, added)


def _best_pairs(old: list[str], new: list[str], removed: range, added: range) -> list[tuple[int, int]]:
    """The pairs in order with the greatest likeness in all: the longest-common-subsequence table, with weights."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_likeness(a, b) for b in new] for a in old]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            pairs.append((removed[i], added[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(old: str, new: str) -> float:
    """Share of common words, order ignored; 0 below the threshold. Cheap on purpose: it runs for every combination."""
    old_words, new_words = set(_TOKEN.findall(old)), set(_TOKEN.findall(new))
    share = 2 * len(old_words & new_words) / max(1, len(old_words) + len(new_words))
    return share if share >= _LEAST_ALIKE else 0.0


def _gaps(words: list[str], kept: list[Range]) -> list[Range]:
    """Code point ranges of the words outside `kept`; two that only white space separates become one."""
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word))
    text, ranges, at = "".join(words), list[Range](), 0
    for start, stop in kept:
        if start > at:
            ranges.append((ends[at], ends[start]))
        at = stop
    merged: list[Range] = []
    for begin, end in ranges:
        if merged and not text[merged[-1][1] : begin].strip():
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((begin, end))
    return merged


def _changed_middle(old: str, new: str) -> tuple[list[Range], list[Range]]:
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    if 2 * (head + tail) < _LEAST_ALIKE * (len(old) + len(new)):
        return [], []
    return (
        [(head, len(old) - tail)] if len(old) - tail > head else [],
        [(head, len(new) - tail)] if len(new) - tail > head else [],
    )
