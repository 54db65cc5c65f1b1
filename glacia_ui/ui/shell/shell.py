"""The top bar of every page. It reads what it shows itself; the build page tells it of its project by `gl:project`."""

from __future__ import annotations

from typing import Literal

import gradio as gr

from glacia_ui.core.texts import catalogue
from glacia_ui.ui.component import component

Page = Literal["home", "build", "usage", "account"]


def shell(page: Page, *, assets: str, is_demo: bool) -> gr.HTML:
    """The top bar, with `page` marked in it. `is_demo` says so when the built-in model answers."""
    settings = {"page": page, "isDemo": is_demo, "texts": catalogue("shell")}
    return component("shell/shell", assets=assets, settings=settings, elem_id="gl-shell")
