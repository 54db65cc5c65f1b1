"""Who I am, how Glacia looks, and which keys do what, as one element."""

from __future__ import annotations

import gradio as gr

from glacia_ui.core.texts import catalogue
from glacia_ui.ui.component import component


def account(*, assets: str) -> gr.HTML:
    """The whole page below the top bar. It uses the top bar's words for theme and sign-out, too."""
    return component("account/account", assets=assets, settings={"texts": catalogue("account", "shell")})
