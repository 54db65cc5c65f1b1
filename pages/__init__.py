"""The pages, each a module with `build(services)` that lays out and wires inside an open Blocks or route.

They are one Gradio app with several routes, so they share theme, style sheets and scripts. Every navigation is a full
load; what a page shows it fetches itself, so nothing here belongs to a user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from glacia_ui.ui.theme import head, theme
from pages import account, build as build_page, home, usage

if TYPE_CHECKING:
    from glacia_ui.services.container import Services

ROUTES = (("Build", "build", build_page), ("Usage", "usage", usage), ("Account", "account", account))
"""Name, path and module of every page but the first, which is at `/`."""


def build(services: Services) -> gr.Blocks:
    """All pages as one app, ready for `gr.mount_gradio_app(…, path="/", **mount_options(services))`."""
    with gr.Blocks(title="Glacia", fill_width=True, analytics_enabled=False) as demo:
        gr.Navbar(visible=False)
        home.build(services)
    for name, path, page in ROUTES:
        with demo.route(name, path):
            gr.Navbar(visible=False)
            page.build(services)
    return demo


def mount_options(services: Services) -> dict[str, object]:
    """What `gr.mount_gradio_app` must be told so that the pages look and behave like Glacia."""
    return {
        "theme": theme(),
        "head": head(services.asset_version),
        "footer_links": [],
        "run_history": False,
        "ssr_mode": False,
        "show_error": False,
    }
