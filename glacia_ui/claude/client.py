"""The way to Claude: the one place that imports the SDK.

Its import costs seconds, so it happens at first use (`warm_up` does it in a thread). The SDK's client belongs to one
event loop, so there is one per loop. Key and address are always both given, or the environment would decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import httpx2

from glacia_ui.claude.run import ModelRun
from glacia_ui.core.pricing import PRICES, Price
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.staging import Staging

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

DEFAULT_BASE_URL = "https://api.anthropic.com"
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 60.0
"""Longest time between two pieces of a stream; the API sends pings while it thinks."""


class Claude:
    """Opens runs. With a `transport` (the built-in model) no network is touched."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        is_simulated: bool = False,
        prices: Mapping[str, Price] = PRICES,
        silence_seconds: float = SILENCE_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`is_simulated` marks the costs; `sleep` waits between attempts."""
        self.is_simulated = is_simulated
        self.prices = prices
        self.sleep = sleep
        self._api_key = api_key
        self._base_url = base_url or DEFAULT_BASE_URL
        self._transport = transport
        self._timeout = httpx2.Timeout(CONNECT_SECONDS, read=silence_seconds)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncAnthropic] = WeakKeyDictionary()

    async def warm_up(self) -> None:
        """Imports the SDK without holding up the loop."""
        await asyncio.to_thread(_import_sdk)

    def run(self, request: ModelRequest, staging: Staging) -> ModelRun:
        """One generation, not begun yet. `staging` must hold the files of the request."""
        return ModelRun(self, request, staging)

    async def stream(self, body: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
        """The raw events of one request, asked once. Raises UpstreamError; closing the generator closes the stream."""
        from glacia_ui.claude.translate import REQUEST_ERRORS, STREAM_ERRORS, translate

        try:
            stream = await self._client().messages.create(**body, stream=True)
        except REQUEST_ERRORS as error:
            raise translate(error) from error
        try:
            async for event in stream:
                yield event
        except STREAM_ERRORS as error:
            raise translate(error) from error
        finally:
            await stream.close()

    async def count_tokens(self, body: Mapping[str, Any]) -> int:
        """Input tokens of a request that is not made; counting is free. Raises UpstreamError, asks once."""
        from glacia_ui.claude.translate import REQUEST_ERRORS, translate

        try:
            return (await self._client().messages.count_tokens(**body)).input_tokens
        except REQUEST_ERRORS as error:
            raise translate(error) from error

    async def aclose(self) -> None:
        """Closes this loop's client."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    def _client(self) -> AsyncAnthropic:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = self._new_client()
        return client

    def _new_client(self) -> AsyncAnthropic:
        import anthropic

        # A transport that is given, even None, takes the place of the SDK's own with its keep-alive and proxies.
        given: dict[str, Any] = {"transport": self._transport} if self._transport else {}
        return anthropic.AsyncAnthropic(
            api_key=self._api_key,
            base_url=self._base_url,
            max_retries=0,
            timeout=self._timeout,
            open_telemetry=False,  # its spans can be told by the environment to hold prompts
            http_client=anthropic.DefaultAsyncHttpxClient(timeout=self._timeout, **given),
        )


def _import_sdk() -> None:
    import anthropic.resources.messages  # noqa: F401
