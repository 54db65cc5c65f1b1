"""Reads chosen strings out of a JSON object while it is still arriving, so that a file shows as it is written.

A parser proper would have to begin again at each piece, which is quadratic; this one keeps its place and looks at every
character once. It does not judge: whether the JSON is valid is found out when it is complete, by `json.loads`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_STRUCTURE = re.compile(r'[{}\[\],:"]')
_PLAIN = re.compile(r'[^"\\]+')
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_UNFINISHED_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Piece(NamedTuple):
    """Some more of a string value. The last piece of a value may be empty."""

    key: str
    text: str
    is_last: bool


class StringReader:
    """Feeds on pieces of JSON and hands out pieces of the string values whose key is wanted, at any depth.

    A `\\uD83D` on its own comes out as that half pair: see `core/clean.py`.
    """

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._held = ""  # an escape that is not complete yet
        self._in_string = False
        self._is_key = False
        self._read: list[str] = []  # the key that is being read
        self._keys: list[str | None] = []  # one per open container: the current key, None in a list
        self._expects_key = False

    def feed(self, piece: str) -> list[Piece]:
        """What this piece adds to wanted values, in order."""
        text, self._held = self._held + piece, ""
        pieces: list[Piece] = []
        at = 0
        while at < len(text):
            at = self._string(text, at, pieces) if self._in_string else self._structure(text, at)
        return pieces

    def _structure(self, text: str, at: int) -> int:
        found = _STRUCTURE.search(text, at)
        if found is None:
            return len(text)
        mark = found[0]
        if mark == '"':
            self._in_string, self._is_key, self._read = True, self._expects_key, []
        elif mark in "{[":
            self._keys.append("" if mark == "{" else None)
            self._expects_key = mark == "{"
        elif mark in "}]":
            self._keys = self._keys[:-1]
            self._expects_key = False
        else:  # after a comma in an object a key follows, after a colon a value
            self._expects_key = mark == "," and bool(self._keys) and self._keys[-1] is not None
        return found.end()

    def _string(self, text: str, at: int, pieces: list[Piece]) -> int:
        plain = _PLAIN.match(text, at)
        if plain:
            self._take(plain[0], pieces)
            return plain.end()
        if text[at] == '"':
            self._end_string(pieces)
            return at + 1
        escape = _ESCAPE.match(text, at)
        if escape:
            self._take(_unescaped(escape[0]), pieces)
            return escape.end()
        if _UNFINISHED_ESCAPE.match(text, at):
            self._held = text[at:]
            return len(text)
        self._take(text[at], pieces)  # not JSON: shown as it came
        return at + 1

    def _take(self, text: str, pieces: list[Piece]) -> None:
        if self._is_key:
            self._read.append(text)
        elif key := self._wanted_key():
            pieces.append(Piece(key, text, is_last=False))

    def _end_string(self, pieces: list[Piece]) -> None:
        self._in_string = False
        if self._is_key and self._keys:
            self._keys[-1] = "".join(self._read)
        elif key := self._wanted_key():
            pieces.append(Piece(key, "", is_last=True))
        self._expects_key = False

    def _wanted_key(self) -> str | None:
        key = self._keys[-1] if self._keys else None
        return key if key in self._wanted else None


def _unescaped(escape: str) -> str:
    if escape[1] == "u":
        return chr(int(escape[2:], 16))
    return _SIMPLE.get(escape[1], escape[1])
