"""The rest of the API that the built-in model speaks, asked by the real SDK."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator

import anthropic
import pytest

from glacia_ui.claude.demo import DemoTransport
from glacia_ui.core.pricing import MODELS

ASK = [{"role": "user", "content": "What can you do?"}]


@pytest.fixture
async def client() -> AsyncIterator[anthropic.AsyncAnthropic]:
    http = anthropic.DefaultAsyncHttpxClient(transport=DemoTransport(speed=math.inf))
    async with anthropic.AsyncAnthropic(api_key="x", base_url="http://demo", max_retries=0, http_client=http) as client:
        yield client


async def test_a_message_without_a_stream(client: anthropic.AsyncAnthropic) -> None:
    message = await client.messages.create(model=MODELS[0], max_tokens=1000, messages=ASK)  # type: ignore[arg-type]
    assert message.stop_reason == "end_turn"
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert "demo model" in message.content[1].text  # type: ignore[union-attr]
    assert message.usage.output_tokens > 10


async def test_the_sdks_own_reading_of_the_stream_agrees(client: anthropic.AsyncAnthropic) -> None:
    whole = await client.messages.create(model=MODELS[0], max_tokens=1000, messages=ASK)  # type: ignore[arg-type]
    async with client.messages.stream(model=MODELS[0], max_tokens=1000, messages=ASK) as stream:  # type: ignore[arg-type]
        streamed = await stream.get_final_message()
    assert [block.model_dump() for block in streamed.content] == [block.model_dump() for block in whole.content]
    assert (streamed.id, streamed.stop_reason) == (whole.id, whole.stop_reason)


async def test_the_same_request_gets_the_same_answer_and_another_gets_another(client: anthropic.AsyncAnthropic) -> None:
    ids = [
        (await client.messages.create(model=MODELS[0], max_tokens=9, messages=messages)).id  # type: ignore[arg-type]
        for messages in (ASK, ASK, [{"role": "user", "content": "Hello"}])
    ]
    assert ids[0] == ids[1] != ids[2]


async def test_tokens_are_counted(client: anthropic.AsyncAnthropic) -> None:
    short = await client.messages.count_tokens(model=MODELS[0], messages=ASK)  # type: ignore[arg-type]
    long = await client.messages.count_tokens(model=MODELS[0], messages=ASK, system="x" * 4000)  # type: ignore[arg-type]
    assert long.input_tokens - short.input_tokens == pytest.approx(1000, abs=5)


async def test_models_are_listed(client: anthropic.AsyncAnthropic) -> None:
    assert [model.id async for model in client.models.list()] == list(MODELS)


async def test_what_it_does_not_know_is_refused_as_the_api_does(client: anthropic.AsyncAnthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as refused:
        await client.post("/v1/nothing", cast_to=object, body={})
    assert refused.value.type == "not_found_error"
    with pytest.raises(anthropic.BadRequestError):
        await client.messages.create(model=MODELS[0], max_tokens=9, messages=[])
    with pytest.raises(anthropic.BadRequestError):
        await client.post("/v1/messages", cast_to=object, content=b"{nonsense")
