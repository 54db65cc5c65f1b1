"""`/usage`: what is left, what was used, what it cost. One handler reads a period's events, and all parts show them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import gradio as gr

from glacia_ui.core.stats import PeriodName, period, report
from glacia_ui.errors import UnavailableError
from glacia_ui.services.container import Services
from glacia_ui.ui.shell.shell import shell
from glacia_ui.ui.usage.usage import cost_plot, cost_update, part, plot_head, tokens_plot, tokens_update
from pages.caller import caller_of

DEFAULT: PeriodName = "30d"


def build(services: Services, assets: str) -> None:
    """Lay out the page inside the open Blocks, and let the head ask for a period."""
    shell("usage", assets=assets, is_demo=services.settings.is_demo)
    with gr.Column(elem_id="gl-usage"):
        head = part("head", assets=assets)
        with gr.Row(elem_classes=["gl-usage-charts"]):
            with gr.Column(elem_classes=["gl-usage-card"]):
                part("bars", assets=assets)
            with gr.Column(elem_classes=["gl-usage-card"]):
                plot_head("cost", assets=assets)
                cost = cost_plot()
            with gr.Column(elem_classes=["gl-usage-card"]):
                plot_head("tokens", assets=assets)
                tokens = tokens_plot()
            with gr.Column(elem_classes=["gl-usage-card"]):
                part("outcomes", assets=assets)
        part("table", assets=assets)
        part("ledger", assets=assets)

    async def show(event: gr.EventData, request: gr.Request) -> tuple[object, object, object]:
        caller = caller_of(request)
        over = period(_period_name(event), datetime.now(UTC).date())
        try:
            made = report(await services.usage.events(caller, over.start, over.end), over)
            me = await services.usage.me(caller)
        except UnavailableError:
            return {"period": over.name, "asked": _asked_at(event)}, gr.skip(), gr.skip()
        shown = {"period": over.name, "report": made.model_dump(mode="json"), "me": me.model_dump(mode="json")}
        return shown, cost_update(made), tokens_update(made)

    head.submit(show, None, [head, cost, tokens], show_progress="hidden", queue=False, api_visibility="private")


def _asked_at(event: gr.EventData) -> int | None:
    """When the browser asked. It comes back in an answer without a report, so that a second one is news as well."""
    asked = getattr(event, "at", None)
    return asked if isinstance(asked, int) else None


def _period_name(event: gr.EventData) -> PeriodName:
    """What the head asked for; anything else is the default, since a browser can send whatever it likes."""
    asked = getattr(event, "period", None)
    names: tuple[PeriodName, ...] = get_args(PeriodName)
    return next((name for name in names if name == asked), DEFAULT)
