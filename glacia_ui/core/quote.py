"""What a request will probably cost and take, said before it is sent.

A generation is several requests, so its input is read several times, mostly from the cache. How often and how cheaply
is not guessed: every earlier result of the same user is asked what it would have come to here. Its output is taken as
it was, and its input as a multiple (`factor`) of the first request, whose tokens are known beforehand. The range is
then the middle of those answers, without a tail of 7 % at either end: output and input vary together, so they are
never cut one by one. Four of five results must fall into it; the rest of the 86 % is for what changes with time.

While there are few results, typical ones help: together they count as much as `TYPICAL_WEIGHT` of the user's own, and
the range is wider, by `1 + 1 / 2√(n + TYPICAL_WEIGHT)`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from glacia_ui.core.models import Model
from glacia_ui.core.pricing import PRICES, Price, TokenCount, price_for

CHARACTERS_PER_TOKEN = 4
MOST_PICTURE_TOKENS = 1_600
TYPICAL_WEIGHT = 4
TAIL = 0.07
"""Share of the results that may lie below the range, and as many above."""


class PastResult(Model):
    """How one generation of the same user turned out. `first_prompt_tokens` is all input of its first request."""

    model: str
    first_prompt_tokens: int
    output_tokens: int
    cost_usd: Decimal
    duration_ms: int


class CostRange(Model):
    """US dollars."""

    low: Decimal
    high: Decimal


class TimeRange(Model):
    """Whole seconds from the start, the time in the queue left out."""

    low: int
    high: int


class Forecast(Model):
    """`output_tokens` are the median and the ninth decile. `basis` says whose results it rests on."""

    output_tokens: tuple[int, int]
    cost_usd: CostRange
    seconds: TimeRange
    basis: Literal["yours", "typical"]


class _Case(NamedTuple):
    """What one result says about the request at hand."""

    output_tokens: float
    cost: float
    seconds: float
    weight: float


Kind = Literal["first", "change", "ask"]
"""A first version, a change of one, a question: they differ by far in what is written."""

_TYPICAL: Mapping[Kind, tuple[tuple[int, float, float], ...]] = {
    "first": (
        (2_500, 1.2, 34), (3_600, 1.3, 48), (4_800, 1.4, 64), (6_200, 1.6, 82), (7_800, 1.8, 102),
        (9_800, 2.1, 128), (12_500, 2.5, 165), (16_000, 3.0, 215), (21_000, 3.6, 285),
    ),
    "change": (
        (350, 1.0, 8), (550, 1.1, 12), (800, 1.2, 16), (1_150, 1.3, 22), (1_600, 1.4, 29),
        (2_300, 1.6, 38), (3_300, 1.9, 52), (4_800, 2.3, 72), (7_500, 3.0, 110),
    ),
    "ask": (
        (80, 1.0, 3), (120, 1.0, 4), (170, 1.0, 5), (230, 1.1, 6), (310, 1.2, 7),
        (420, 1.2, 9), (570, 1.3, 12), (800, 1.6, 16), (1_200, 2.0, 24),
    ),
}  # fmt: skip
"""(output tokens, factor of the input, seconds): the deciles of each kind, at about 70 tokens a second. Our own guess,
until there are results."""


def forecast(
    input_tokens: int,
    model: str,
    past: Sequence[PastResult],
    *,
    kind: Kind,
    prices: Mapping[str, Price] = PRICES,
) -> Forecast:
    """For a request whose first message has so many tokens.

    `past` are results of the same kind, the newest ones; their order does not matter.
    """
    price = price_for(model, TokenCount(input=input_tokens), prices)
    read, write = float(price.input) * input_tokens / 1e6, float(price.output) / 1e6
    cases = [
        _Case(each.output_tokens, each.output_tokens * write + _factor(each, prices) * read, each.duration_ms / 1000, 1)
        for each in past
    ]
    typical = _TYPICAL[kind]
    cases += [
        _Case(output, output * write + factor * read, seconds, TYPICAL_WEIGHT / len(typical))
        for output, factor, seconds in typical
    ]
    wider = 1 + 0.5 / math.sqrt(len(past) + TYPICAL_WEIGHT)
    cost_low, cost_high = _range((case.cost, case.weight) for case in cases)
    time_low, time_high = _range((case.seconds, case.weight) for case in cases)
    outputs = sorted((case.output_tokens, case.weight) for case in cases)
    return Forecast(
        output_tokens=(round(_quantile(outputs, 0.5)), round(_quantile(outputs, 0.9))),
        cost_usd=CostRange(low=_dollars(cost_low / wider), high=_dollars(cost_high * wider)),
        seconds=TimeRange(low=math.floor(time_low / wider), high=math.ceil(time_high * wider)),
        basis="yours" if len(past) >= TYPICAL_WEIGHT else "typical",
    )


def estimated_tokens(body: Mapping[str, Any]) -> int:
    """Where nobody could count: four characters each."""
    told = (body.get("system", ""), body.get("tools", []), body["messages"])
    return max(1, sum(len(json.dumps(part, ensure_ascii=False)) for part in told) // CHARACTERS_PER_TOKEN)


def picture_tokens(width: int, height: int) -> int:
    """What the API bills for a picture of so many pixels: one token for 750 of them, above 1,600 it is made smaller."""
    return min(MOST_PICTURE_TOKENS, math.ceil(width * height / 750))


def _factor(past: PastResult, prices: Mapping[str, Price]) -> float:
    """What its whole input cost, in prices of reading its first request once without a cache."""
    price = price_for(past.model, TokenCount(input=past.first_prompt_tokens), prices)
    once = float(price.input) * past.first_prompt_tokens / 1e6
    spent = float(past.cost_usd) - float(price.output) * past.output_tokens / 1e6
    return max(0.0, spent / once) if once else 0.0


def _range(values: Iterable[tuple[float, float]]) -> tuple[float, float]:
    ordered = sorted(values)
    mirrored = [(-value, weight) for value, weight in reversed(ordered)]
    return _quantile(ordered, TAIL), -_quantile(mirrored, TAIL)


def _quantile(ordered: Sequence[tuple[float, float]], share: float) -> float:
    """The first value up to which this share of the weight lies."""
    left = share * sum(weight for _, weight in ordered)
    for value, weight in ordered:
        left -= weight
        if left <= 1e-9:
            return value
    return ordered[-1][0]


def _dollars(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.000001"))
