"""What the tokens of a request cost, and how many of them a model can hold.

Both change and come partly from third parties, so they stand in dated tables; the prices can be replaced by an
operator. Money is a Decimal in US dollars, never rounded here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from glacia_ui.core.models import Usage

PRICES_AS_OF = date(2026, 11, 1)

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens. Writing the cache costs 1.25 × the input for 5 minutes, 2 × for an hour."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    long_prompt_tokens: int | None = None
    """Above this many prompt tokens the whole request is billed at `long`."""
    long: Price | None = None


def _price(input_: str, output: str, cache_read: str) -> Price:
    return Price(Decimal(input_), Decimal(output), Decimal(cache_read))


PRICES: Mapping[str, Price] = {
    "claude-fable-5-2": _price("8", "40", "0.20"),
    "claude-opus-5-5": _price("4", "20", "0.20"),
    "claude-sonnet-5-5": _price("2", "10", "0.10"),
    "claude-haiku-5-5": replace(
        _price("0.10", "0.50", "0.01"), long_prompt_tokens=100_000, long=_price("0.50", "2.50", "0.01")
    ),
}
"""As of `PRICES_AS_OF`; the price of cache reads in long requests of Haiku is not published and taken as unchanged."""

MODELS: tuple[str, ...] = tuple(PRICES)
"""The models that can be chosen, dearest first."""

CONTEXT_WINDOWS: Mapping[str, int] = {
    "claude-fable-5-2": 1_000_000,
    "claude-opus-5-5": 1_000_000,
    "claude-sonnet-5-5": 1_000_000,
    "claude-haiku-5-5": 1_000_000,
}
"""Tokens of prompt and answer together, as of `PRICES_AS_OF`."""


def model_name(model: str) -> str:
    """As people say it: `claude-sonnet-5-5` is Claude Sonnet 5.5. An unknown form stays as it is."""
    found = re.fullmatch(r"([a-z]+)-([a-z]+)-(\d+)(?:-(\d{1,2}))?(?:-\d{8})?", model)
    if found is None:
        return model
    maker, family, major, minor = found.groups()
    return f"{maker.title()} {family.title()} {major}{f'.{minor}' if minor else ''}"


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Tokens of one request, as the API reports them: `input` counts only what the cache did not touch."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0

    @property
    def prompt(self) -> int:
        """All tokens of the prompt, from the cache or not."""
        return self.input + self.cache_read + self.cache_write_5m + self.cache_write_1h

    def updated(self, usage: Any) -> TokenCount:
        """With the figures of a `usage` object of the API, which are cumulative; those it leaves out stay."""
        written = _reported(usage, "cache_creation_input_tokens", self.cache_write_5m + self.cache_write_1h)
        hour = _reported(getattr(usage, "cache_creation", None), "ephemeral_1h_input_tokens", self.cache_write_1h)
        return TokenCount(
            input=_reported(usage, "input_tokens", self.input),
            output=_reported(usage, "output_tokens", self.output),
            cache_read=_reported(usage, "cache_read_input_tokens", self.cache_read),
            cache_write_5m=max(0, written - hour),
            cache_write_1h=min(hour, written),
        )


def cost(model: str, tokens: TokenCount, prices: Mapping[str, Price] = PRICES) -> Decimal:
    """US dollars for one request."""
    price = price_for(model, tokens, prices)
    written = tokens.cache_write_5m * Decimal("1.25") + tokens.cache_write_1h * 2
    return (
        (tokens.input + written) * price.input + tokens.output * price.output + tokens.cache_read * price.cache_read
    ) / _MILLION


def price_for(model: str, tokens: TokenCount, prices: Mapping[str, Price] = PRICES) -> Price:
    """The price at which one request is billed: some models have another one for long prompts."""
    price = price_of(model, prices)
    is_long = price.long_prompt_tokens is not None and tokens.prompt > price.long_prompt_tokens
    return price.long if is_long and price.long else price


def price_of(model: str, prices: Mapping[str, Price] = PRICES) -> Price:
    """The price of a model; for an unknown one its family's, else the dearest there is: rather too high than hidden."""
    if model in prices:
        return prices[model]
    family = [price for name, price in prices.items() if _family(name) == _family(model)]
    return max(family or prices.values(), key=lambda price: price.output)


def context_window(model: str) -> int:
    """Tokens that a model can hold; for an unknown one its family's, else the least: rather told early than late."""
    if model in CONTEXT_WINDOWS:
        return CONTEXT_WINDOWS[model]
    family = [size for name, size in CONTEXT_WINDOWS.items() if _family(name) == _family(model)]
    return min(family or CONTEXT_WINDOWS.values())


def add_request(usage: Usage, model: str, tokens: TokenCount, prices: Mapping[str, Price] = PRICES) -> Usage:
    """The usage of a generation with one more request in it; the context is that of the newest one that was read."""
    context = tokens.prompt + tokens.output if tokens.prompt else usage.context_tokens
    return Usage(
        input_tokens=usage.input_tokens + tokens.input,
        output_tokens=usage.output_tokens + tokens.output,
        cache_read_tokens=usage.cache_read_tokens + tokens.cache_read,
        cache_write_tokens=usage.cache_write_tokens + tokens.cache_write_5m + tokens.cache_write_1h,
        cost_usd=usage.cost_usd + cost(model, tokens, prices),
        is_simulated=usage.is_simulated,
        context_tokens=context,
        context_share=round(min(1.0, context / context_window(model)), 4),
    )


def cache_hit_rate(usage: Usage) -> float | None:
    """Which part of all input came out of the cache, 0 to 1; None while the cache was neither read nor written."""
    cached = usage.cache_read_tokens + usage.cache_write_tokens
    return round(usage.cache_read_tokens / (usage.input_tokens + cached), 4) if cached else None


def _reported(usage: Any, name: str, otherwise: int) -> int:
    value = getattr(usage, name, None)
    return otherwise if value is None else int(value)


def _family(model: str) -> str:
    """`claude-sonnet` of `claude-sonnet-5-5`."""
    return "-".join(model.split("-")[:2])
