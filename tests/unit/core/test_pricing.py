"""What a request costs, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from glacia_ui.core.models import Usage
from glacia_ui.core.pricing import (
    CONTEXT_WINDOWS,
    MODELS,
    PRICES,
    Price,
    TokenCount,
    add_request,
    cache_hit_rate,
    context_window,
    cost,
    price_of,
)


@pytest.mark.parametrize(
    ("model", "tokens", "dollars"),
    [
        ("claude-sonnet-5-5", TokenCount(input=1_000_000), "2"),
        ("claude-sonnet-5-5", TokenCount(output=1_000_000), "10"),
        ("claude-sonnet-5-5", TokenCount(cache_read=1_000_000), "0.10"),
        ("claude-sonnet-5-5", TokenCount(cache_write_5m=1_000_000), "2.5"),
        ("claude-sonnet-5-5", TokenCount(cache_write_1h=1_000_000), "4"),
        ("claude-opus-5-5", TokenCount(input=1000, output=100, cache_read=5000), "0.007"),
        ("claude-haiku-5-5", TokenCount(input=100_000, output=1000), "0.0105"),
        ("claude-haiku-5-5", TokenCount(input=100_000, cache_read=1, output=1000), "0.05250001"),
    ],
)
def test_a_request(model: str, tokens: TokenCount, dollars: str) -> None:
    assert cost(model, tokens) == Decimal(dollars)


def test_an_unknown_model_costs_as_its_family_or_as_the_dearest() -> None:
    assert price_of("claude-sonnet-6") == PRICES["claude-sonnet-5-5"]
    assert price_of("something-else") == PRICES["claude-fable-5-2"]
    assert "claude-sonnet-5-5" in MODELS


def test_an_operator_can_replace_the_table() -> None:
    prices = {"mine": Price(Decimal(1), Decimal(2), Decimal(0))}
    assert cost("mine", TokenCount(input=500_000, output=250_000), prices) == 1


def test_a_generation_is_the_sum_of_its_requests() -> None:
    usage = Usage(is_simulated=True)
    for _ in range(2):
        usage = add_request(usage, "claude-sonnet-5-5", TokenCount(10, 20, 30, 40, 50))
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens) == (
        20,
        40,
        60,
        180,
    )
    assert usage.cost_usd == 2 * cost("claude-sonnet-5-5", TokenCount(10, 20, 30, 40, 50))
    assert usage.is_simulated


def test_the_context_is_that_of_the_newest_request_that_was_read() -> None:
    usage = Usage()
    assert (usage.context_tokens, usage.context_share) == (0, 0)
    usage = add_request(usage, "claude-sonnet-5-5", TokenCount(100_000, 5_000, 20_000, 10_000, 15_000))
    assert (usage.context_tokens, usage.context_share) == (150_000, 0.15)
    assert add_request(usage, "claude-sonnet-5-5", TokenCount()).context_share == 0.15
    assert add_request(usage, "claude-sonnet-5-5", TokenCount(10_000, 0)).context_tokens == 10_000
    assert add_request(usage, "claude-sonnet-5-5", TokenCount(9_000_000, 0)).context_share == 1


def test_every_model_has_a_window_and_an_unknown_one_its_familys_or_the_least() -> None:
    assert set(CONTEXT_WINDOWS) == set(MODELS)
    assert context_window("claude-opus-9") == CONTEXT_WINDOWS["claude-opus-5-5"]
    assert context_window("something-else") == min(CONTEXT_WINDOWS.values())


@pytest.mark.parametrize(
    ("usage", "rate"),
    [
        (Usage(), None),
        (Usage(input_tokens=100), None),
        (Usage(input_tokens=100, cache_write_tokens=300), 0),
        (Usage(input_tokens=100, cache_read_tokens=600, cache_write_tokens=300), 0.6),
        (Usage(cache_read_tokens=600), 1),
    ],
)
def test_the_cache_hit_rate_is_the_part_of_all_input_that_was_read_from_it(usage: Usage, rate: float | None) -> None:
    assert cache_hit_rate(usage) == rate


def test_figures_that_are_left_out_stay() -> None:
    first = TokenCount().updated(SimpleNamespace(input_tokens=5, output_tokens=1, cache_creation_input_tokens=None))
    assert first.updated(SimpleNamespace(output_tokens=9)) == TokenCount(input=5, output=9)
    assert first.prompt == 5
