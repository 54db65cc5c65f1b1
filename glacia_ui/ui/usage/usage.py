"""The parts of the usage page that we draw ourselves. Gradio's plots stand between them (see `pages/usage.py`).

`head` is the only one that a Gradio handler feeds: it passes what it gets to the other parts by `gl:usage`.
"""

from __future__ import annotations

from typing import Literal, cast

import gradio as gr
import pandas as pd

from glacia_ui.core.stats import Report, cost_frame, tokens_frame
from glacia_ui.core.texts import catalogue, text
from glacia_ui.ui.component import component

Part = Literal["head", "bars", "outcomes", "table", "ledger"]
TOKEN_NAMES = (text("usage.tokens_written"), text("usage.tokens_read"))
PLOT_HEIGHT = 236
"""In pixels."""


def part(name: Part, *, assets: str) -> gr.HTML:
    """One of the parts. `head` asks for a period by `submit` (`{"period": …}`), and shows what becomes its value."""
    return component(f"usage/{name}", assets=assets, settings={"texts": catalogue("usage")}, value=None)


def plot_head(chart: Literal["cost", "tokens"], *, assets: str) -> gr.HTML:
    """Title and legend above one of Gradio's plots."""
    return component("usage/plot_head", assets=assets, settings={"texts": catalogue("usage"), "chart": chart})


def cost_plot() -> gr.LinePlot:
    """Cost, added up over the period. It gets its values by `cost_update`."""
    return gr.LinePlot(
        x="time",
        y="cost",
        y_title=text("usage.plot_cost"),
        y_axis_format="$~g",
        height=PLOT_HEIGHT,
        container=False,
        elem_classes=["gl-plot"],
    )


def cost_update(report: Report) -> dict[str, object]:
    """The values of a report, with room above the line: Gradio would cut it off at the top."""
    frame = cost_frame(report)
    return _update(report, frame, y_lim=[0, float(frame["cost"].max()) * 1.08 or 1])


def tokens_plot() -> gr.BarPlot:
    """Tokens per day or month, written and read. It gets its values by `tokens_update`."""
    written, read = TOKEN_NAMES
    return gr.BarPlot(
        x="time",
        y="tokens",
        color="kind",
        color_map={written: "var(--ch-1)", read: "var(--ch-2)"},
        colors_in_legend=[],
        y_title=text("usage.plot_tokens"),
        y_axis_format="~s",
        height=PLOT_HEIGHT,
        container=False,
        elem_classes=["gl-plot"],
    )


def tokens_update(report: Report) -> dict[str, object]:
    """The values of a report."""
    return _update(report, tokens_frame(report, TOKEN_NAMES))


def _update(report: Report, frame: pd.DataFrame, **more: object) -> dict[str, object]:
    """New values, with the bars in the order of time: Gradio would sort their names as words."""
    title = text(f"usage.group_time_{report.step}")
    order = list(dict.fromkeys(frame["time"]))
    return cast(dict[str, object], gr.update(value=frame, x_title=title, sort=order, **more))
