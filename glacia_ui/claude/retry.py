"""When to ask again, and how long to wait: one attempt and up to three more, after 1, 2 and 4 seconds.

Tenacity decides; it is driven by hand, because between two attempts the reader is told about the wait, and only a
generator's own code can do that. One `Retries` counts for a whole generation, however many requests it makes.
"""

from __future__ import annotations

from tenacity import (
    DoSleep,
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_chain,
    wait_fixed,
)

from glacia_ui.claude.errors import UpstreamError

MAX_ATTEMPTS = 4
LONGEST_WAIT = 30
"""Seconds. A Retry-After above is not waited for: the generation fails, is returned, and says when to come back."""

_backoff = wait_chain(wait_fixed(1), wait_fixed(2), wait_fixed(4))


class Retries:
    """Counts the attempts of one generation. `attempt` is the number of the one that runs, from 1."""

    def __init__(self) -> None:
        self._policy = Retrying(
            stop=stop_after_attempt(MAX_ATTEMPTS),
            wait=_wait,
            retry=retry_if_exception(_is_worth_it),
            reraise=True,
        )
        self._policy.begin()
        self._state = RetryCallState(self._policy, None, (), {})

    @property
    def attempt(self) -> int:
        """The number of the attempt that runs, from 1."""
        return self._state.attempt_number

    def after(self, error: UpstreamError) -> float:
        """Seconds to wait before the next attempt. Raises the error when there is to be none."""
        self._state.set_exception((type(error), error, error.__traceback__))
        action = self._policy.iter(self._state)
        if not isinstance(action, DoSleep):
            raise error
        self._state.prepare_for_next_attempt()
        return float(action)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, UpstreamError) else None
    return max(_backoff(state), float(asked or 0))


def _is_worth_it(error: BaseException) -> bool:
    return isinstance(error, UpstreamError) and error.is_retryable and (error.retry_after or 0) <= LONGEST_WAIT
