"""Lets an answer arrive at the speed of a model: the first token after a moment, then about sixty a second."""

from __future__ import annotations

import asyncio
import math
import time
from random import Random

TOKENS_PER_SECOND = 60.0
FIRST_TOKEN_SECONDS = (0.5, 1.0)


class Pace:
    """The clock of one answer. It goes by a schedule, so short sleeps that take too long do not add up."""

    def __init__(self, *, speed: float, seed: str) -> None:
        """`speed` 1 is a model's, 10 ten times that, infinity does not wait at all."""
        self._speed = speed
        first = Random(seed).uniform(*FIRST_TOKEN_SECONDS)  # noqa: S311  not a secret
        self._due = time.monotonic() + first / speed

    async def wait(self, tokens: int) -> None:
        """Returns when the next piece is due; `tokens` is its length."""
        if math.isinf(self._speed):
            await asyncio.sleep(0)
            return
        await asyncio.sleep(max(0.0, self._due - time.monotonic()))
        self._due += tokens / (TOKENS_PER_SECOND * self._speed)
