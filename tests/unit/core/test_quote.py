"""A quote: four of five results fall into its range, at any price and size, and it is narrow enough to matter."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from statistics import median

import pytest

from glacia_ui.core.body import counted_body
from glacia_ui.core.history import History, Turn
from glacia_ui.core.pricing import PRICES, TokenCount, cost, model_name
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.quote import Forecast, Kind, PastResult, estimated_tokens, forecast, picture_tokens

SONNET, HAIKU, OPUS = "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5"
RESULTS = 200


def _past(
    count: int, *, output: int = 1000, prompt: int = 10_000, spent: str = "0.04", ms: int = 20_000
) -> list[PastResult]:
    return [
        PastResult(
            model=SONNET, first_prompt_tokens=prompt, output_tokens=output, cost_usd=Decimal(spent), duration_ms=ms
        )
    ] * count


def _ratio(quote: Forecast) -> float:
    return float(quote.cost_usd.high / quote.cost_usd.low)


def test_without_results_it_is_typical_and_says_so() -> None:
    kinds: tuple[Kind, ...] = ("first", "change", "ask")
    first, change, ask = (forecast(5_000, SONNET, [], kind=kind) for kind in kinds)
    assert first.basis == change.basis == ask.basis == "typical"
    assert first.output_tokens == (7_800, 21_000)
    assert change.output_tokens == (1_600, 7_500)
    assert ask.cost_usd.high < change.cost_usd.high < first.cost_usd.high
    assert 0 < change.seconds.low < change.seconds.high < first.seconds.high


def test_the_same_results_again_and_again_are_what_is_quoted() -> None:
    # 1,000 tokens of output are $0.01, so reading cost $0.03: 1.5 times $0.02, once without a cache.
    quote = forecast(20_000, SONNET, _past(96), kind="change")
    assert quote.basis == "yours"
    assert quote.output_tokens == (1_000, 1_000)
    assert (quote.cost_usd.low, quote.cost_usd.high) == (Decimal("0.066667"), Decimal("0.073500"))  # 0.07 ± 5 %
    assert (quote.seconds.low, quote.seconds.high) == (19, 21)


def test_a_few_results_count_more_with_every_one() -> None:
    widths = [_ratio(forecast(10_000, SONNET, _past(count), kind="change")) for count in (0, 4, 20, 40, 96)]
    assert widths == sorted(widths, reverse=True)
    assert forecast(10_000, SONNET, _past(3), kind="change").basis == "typical"
    assert forecast(10_000, SONNET, _past(4), kind="change").basis == "yours"


def test_the_price_is_that_of_the_model_that_is_asked() -> None:
    on_sonnet, on_opus, on_haiku, on_long = (
        forecast(tokens, model, _past(96), kind="change").cost_usd.high
        for tokens, model in ((50_000, SONNET), (50_000, OPUS), (50_000, HAIKU), (200_000, HAIKU))
    )
    assert on_opus == 2 * on_sonnet
    assert on_haiku == on_sonnet / 20
    assert on_haiku == Decimal("0.0084")
    assert on_long == Decimal("0.160125")  # 1.5 × 200,000 × $0.50 and 1,000 × $2.50, + 5 %


def test_results_that_cost_less_than_their_output_do_not_turn_it_negative() -> None:
    quote = forecast(10_000, SONNET, _past(96, spent="0.0001"), kind="change")
    assert Decimal("0.009") < quote.cost_usd.low < Decimal("0.01")  # the output alone


def test_estimated_tokens_are_a_quarter_of_what_is_told() -> None:
    request = ModelRequest("x" * 4_000, SONNET, {"index.html": "y" * 8_000}, History([Turn("z" * 200, "z" * 200)]))
    without = ModelRequest("", SONNET, {})
    assert 3_000 < estimated_tokens(counted_body(request)) - estimated_tokens(counted_body(without)) < 3_300


def test_the_counted_body_is_the_first_request_without_a_limit_of_its_answer() -> None:
    body = counted_body(ModelRequest("A page", SONNET, {}))
    question = counted_body(ModelRequest("A page?", SONNET, {}, mode="ask"))
    assert len(question["tools"]) < len(body["tools"])
    assert sorted(body) == ["messages", "model", "system", "thinking", "tools"]
    assert body["messages"][-1]["content"][-1]["text"] == "A page"


@pytest.mark.parametrize(
    ("size", "tokens"), [((1, 1), 1), ((750, 400), 400), ((1092, 1092), 1590), ((8000, 6000), 1600)]
)
def test_a_picture_counts_by_its_pixels(size: tuple[int, int], tokens: int) -> None:
    assert picture_tokens(*size) == tokens


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (SONNET, "Claude Sonnet 5.5"),
        ("claude-fable-5-2", "Claude Fable 5.2"),
        ("claude-haiku-5-5-20261001", "Claude Haiku 5.5"),
        ("our-own", "our-own"),
    ],
)
def test_a_model_has_a_name_that_people_say(model: str, name: str) -> None:
    assert model_name(model) == name


@dataclass
class Life:
    """A user whose project grows, in which each request makes several requests upstream, some of them far too many."""

    seed: int
    spread: float = 0.55

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.habit = self.random.lognormvariate(0, 0.5)
        self.prompt = 4_000

    def next(self, model: str) -> PastResult:
        """One more generation: its bill is made request by request, with the cache as Anthropic bills it."""
        random = self.random
        self.prompt += random.randrange(0, 600)
        output = 1_500 * self.habit * random.lognormvariate(0, self.spread)
        if random.random() < 0.08:
            output *= random.uniform(3, 8)  # a whole rewrite
        requests = 1 + min(12, int(random.expovariate(0.9)))
        is_warm = random.random() < 0.6
        written, spent, context = 0.0, Decimal(0), self.prompt
        for number in range(requests):
            share = output / requests
            fresh = 300 + share if number else context * (0.3 if is_warm else 1)
            tokens = TokenCount(
                cache_write_5m=round(fresh), cache_read=max(0, round(context - fresh)), output=round(share)
            )
            spent += cost(model, tokens, PRICES)
            written, context = written + share, context + round(share) + 300
        seconds = (
            1.5 * requests + output / random.uniform(45, 85) + (random.uniform(1, 7) if random.random() < 0.05 else 0)
        )
        return PastResult(
            model=model,
            first_prompt_tokens=self.prompt,
            output_tokens=round(output),
            cost_usd=spent,
            duration_ms=round(seconds * 1000),
        )


@pytest.mark.parametrize(("model", "seed"), [(SONNET, 0), (SONNET, 1), (SONNET, 2), (SONNET, 3), (HAIKU, 4)])
def test_four_of_five_results_fall_into_the_range_that_was_quoted_before(model: str, seed: int) -> None:
    life = Life(seed)
    past: list[PastResult] = []
    cost_hits = time_hits = 0
    cost_widths, time_widths = [], []
    for _ in range(RESULTS):
        result = life.next(model)
        quote = forecast(result.first_prompt_tokens, model, past[-100:], kind="change")
        cost_hits += quote.cost_usd.low <= result.cost_usd <= quote.cost_usd.high
        time_hits += quote.seconds.low <= result.duration_ms / 1000 <= quote.seconds.high
        cost_widths.append(_ratio(quote))
        time_widths.append(quote.seconds.high / max(1, quote.seconds.low))
        past.append(result)
    assert cost_hits >= 0.8 * RESULTS
    assert time_hits >= 0.8 * RESULTS
    assert median(cost_widths) <= 10
    assert median(time_widths) <= 16  # seconds vary more: a rewrite takes eight times as long


def test_a_range_that_is_too_narrow_would_be_seen() -> None:
    """The same count for a quote of the median ± 25 %: the proof above can fail."""
    life = Life(0)
    hits = 0
    past = [life.next(SONNET) for _ in range(50)]
    for _ in range(RESULTS):
        result = life.next(SONNET)
        middle = median(each.cost_usd for each in past)
        hits += middle * Decimal("0.75") <= result.cost_usd <= middle * Decimal("1.25")
        past.append(result)
    assert hits < 0.6 * RESULTS
