"""How much of a thing a test does: little in `make test`, all that was promised in `make prove` (GLACIA_FULL=1)."""

from __future__ import annotations

import os

IS_FULL = bool(os.environ.get("GLACIA_FULL"))


def full_size(promised: int, reduced: int) -> int:
    """The number that was promised, or fewer when time is short."""
    return promised if IS_FULL else reduced
