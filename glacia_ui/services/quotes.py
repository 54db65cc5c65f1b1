"""What a request will probably cost, said while it is typed, and the models to choose from with their prices.

Nothing waits for a quote. Anthropic counts the tokens of the very body that would be sent; when that fails or takes
long, they are estimated, and the answer says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from loguru import logger

from glacia_ui.claude.client import Claude
from glacia_ui.core.body import counted_body
from glacia_ui.core.models import Mode, Model
from glacia_ui.core.pricing import context_window, model_name, price_of
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.quote import Forecast, Kind, estimated_tokens, forecast, picture_tokens
from glacia_ui.db.quotes import Quotes as QuoteRows
from glacia_ui.db.transport import Caller
from glacia_ui.errors import ExternalAPIError
from glacia_ui.services.generations import check_model, check_prompt

COUNT_SECONDS = 2.0
"""How long counting may take before an estimate is better."""


class Quote(Forecast):
    """A forecast for one request. It uses 1 of the `remaining` generations of this month."""

    model: str
    input_tokens: int
    """Of its first request: instructions, files, earlier turns and the prompt."""
    is_estimate: bool
    """The tokens could not be counted in time: about four characters each."""
    uses: int = 1
    remaining: int
    is_simulated: bool
    """The built-in model answers: nobody pays this."""


class ModelChoice(Model):
    """A model and its prices in US dollars per million tokens; with the built-in model they are only shown."""

    id: str
    name: str
    input_usd_per_mtok: Decimal
    output_usd_per_mtok: Decimal
    context_tokens: int
    is_default: bool
    is_simulated: bool


class Quotes:
    """Quotes for the caller's own projects."""

    def __init__(
        self,
        rows: QuoteRows,
        claude: Claude,
        *,
        default_model: str,
        models: Collection[str],
        count_seconds: float = COUNT_SECONDS,
    ) -> None:
        """`models` are those a user may ask for."""
        self._rows = rows
        self._claude = claude
        self._default_model = default_model
        self._models = models
        self._count_seconds = count_seconds

    def models(self) -> list[ModelChoice]:
        """Those that can be asked for, dearest first."""
        choices = [self._choice(model) for model in self._models]
        return sorted(choices, key=lambda choice: (-choice.output_usd_per_mtok, choice.id))

    async def quote(
        self,
        caller: Caller,
        project_id: UUID,
        prompt: str,
        *,
        model: str | None = None,
        mode: Mode = "build",
        attachments: Sequence[UUID] = (),
    ) -> Quote:
        """`attachments` that are not there are left out. Raises ValidationError, NotFoundError, and RateLimitedError
        (policy `quote`)."""
        check_prompt(prompt)
        check_model(model, self._models)
        chosen = model or self._default_model
        is_simulated = self._claude.is_simulated
        basis = await self._rows.get_quote_basis(
            caller, project_id, model=chosen, mode=mode, is_simulated=is_simulated, attachments=attachments
        )
        start = basis.start
        request = ModelRequest(prompt, chosen, start.files, start.history, mode, start.locked, basis.texts)
        counted, is_estimate = await self._count(request)
        tokens = counted + sum(picture_tokens(each.width or 0, each.height or 0) for each in basis.pictures)
        kind: Kind = "ask" if mode == "ask" else "first" if basis.is_empty else "change"
        figures = forecast(tokens, chosen, basis.past, kind=kind, prices=self._claude.prices)
        return Quote(
            **dict(figures),
            model=chosen,
            input_tokens=tokens,
            is_estimate=is_estimate,
            remaining=basis.remaining,
            is_simulated=is_simulated,
        )

    async def _count(self, request: ModelRequest) -> tuple[int, bool]:
        """(input tokens of the first request, whether they are only estimated)."""
        body = counted_body(request)
        try:
            async with asyncio.timeout(self._count_seconds):
                return await self._claude.count_tokens(body), False
        except (ExternalAPIError, TimeoutError) as error:
            logger.info("tokens could not be counted: {}", type(error).__name__)
            return estimated_tokens(body), True

    def _choice(self, model: str) -> ModelChoice:
        price = price_of(model, self._claude.prices)
        return ModelChoice(
            id=model,
            name=model_name(model),
            input_usd_per_mtok=price.input,
            output_usd_per_mtok=price.output,
            context_tokens=context_window(model),
            is_default=model == self._default_model,
            is_simulated=self._claude.is_simulated,
        )
