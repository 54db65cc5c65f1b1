"""Replies of a model beside what it did, from replies.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_ALL: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

BEFORE: list[str] = _ALL["before"]
"""The files of the project before."""
LYING: list[tuple[str, str]] = [(changes, reply) for changes, reply in _ALL["lying"]]
HONEST: list[tuple[str, str]] = [(changes, reply) for changes, reply in _ALL["honest"]]
"""`(changes, reply)` each, changes as the file says."""
