"""One generation with the model: requests, attempts, waits. What it all means is decided in `core/agent.py`.

    async with claude.run(request, staging) as run:
        async for type, data in run:
            ...
    result = run.result()

A request is asked again as long as nothing of its answer was shown. Leaving the `async with`, by an error or a cancel
too, closes the stream upstream at once.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from types import TracebackType
from typing import Any, Protocol, Self

from glacia_ui.claude.errors import UpstreamError, cut_off
from glacia_ui.claude.retry import Retries
from glacia_ui.core.agent import Agent, ModelResult
from glacia_ui.core.body import message_body
from glacia_ui.core.events import NewEvent
from glacia_ui.core.outcomes import FAILURES
from glacia_ui.core.pricing import Price
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.staging import Staging


class Upstream(Protocol):
    """What a run needs of `Claude`."""

    is_simulated: bool
    prices: Mapping[str, Price]
    sleep: Callable[[float], Awaitable[None]]

    def stream(self, body: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
        """Raw events of one request."""
        ...


class ModelRun:
    """Iterate over it once for events without numbers; `result` tells at any moment what there is."""

    def __init__(self, upstream: Upstream, request: ModelRequest, staging: Staging) -> None:
        self._upstream = upstream
        self._request = request
        self._agent = Agent(request, staging, is_simulated=upstream.is_simulated, prices=upstream.prices)
        self._retries = Retries()
        self._failure: UpstreamError | None = None
        self._iterator = self._events()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._iterator.aclose()

    def __aiter__(self) -> AsyncIterator[NewEvent]:
        """Raises UpstreamError (an ExternalAPIError with code and retry_after) when asking again is no use."""
        return self._iterator

    def result(self) -> ModelResult:
        """What there is, also after an error or a cancel: text, usage, attempts, and in the end the changes."""
        outcome = FAILURES[self._failure.code].outcome if self._failure else self._agent.outcome
        return self._agent.result(outcome=outcome, attempts=self._retries.attempt)

    async def _events(self) -> AsyncGenerator[NewEvent, None]:
        while self._agent.outcome is None:
            async with aclosing(self._message()) as events:
                async for event in events:
                    yield event

    async def _message(self) -> AsyncGenerator[NewEvent, None]:
        """One message of the model, with as many attempts as it takes."""
        failure: UpstreamError | None
        while True:
            failure = None
            yield ("status", {"phase": "waiting"})
            try:
                async with aclosing(self._attempt()) as events:
                    async for event in events:
                        yield event
            except UpstreamError as error:
                failure = error
            if failure is None:
                break
            for event in self._agent.abandon():
                yield event
            wait = self._wait_after(failure)
            yield ("status", {"phase": "retrying", "attempt": self._retries.attempt, "retry_in_seconds": wait})
            await self._upstream.sleep(wait)
        for event in self._agent.end():
            yield event

    async def _attempt(self) -> AsyncGenerator[NewEvent, None]:
        self._agent.begin()
        async with aclosing(self._upstream.stream(message_body(self._request, self._agent.messages))) as stream:
            async for raw in stream:
                for event in self._agent.feed(raw):
                    yield event
        if not self._agent.reply.is_complete:
            raise cut_off()

    def _wait_after(self, error: UpstreamError) -> float:
        """Seconds to the next attempt. Raises the error when there must be none."""
        try:
            if self._agent.reply.has_shown:
                raise error
            return self._retries.after(error)
        except UpstreamError as failure:
            self._failure = failure
            raise
