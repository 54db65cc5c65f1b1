"""What shall we build?: the composer, the templates and my projects, as one element."""

from __future__ import annotations

import gradio as gr

from glacia_ui.core.texts import catalogue
from glacia_ui.ui.component import component


def home(*, assets: str) -> gr.HTML:
    """The whole page below the top bar."""
    return component("home/home", assets=assets, settings={"texts": catalogue("home")}, elem_id="gl-home")
