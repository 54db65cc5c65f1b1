"""The pages, each a module with `build(services, assets)` that lays out and wires inside an open Blocks or route.

They are one Gradio app with several routes, so they share theme, style sheets and scripts. Every navigation is a full
load; what a page shows it fetches itself, so nothing here belongs to a user.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI

from glacia_ui.ui.theme import head, theme
from pages.account import build as build_account
from pages.build import build as build_build
from pages.home import build as build_home
from pages.usage import build as build_usage

if TYPE_CHECKING:
    from glacia_ui.services.container import Services

ROUTES = (("Build", "build", build_build), ("Usage", "usage", build_usage), ("Account", "account", build_account))
"""Name, path and builder of every page but the first, which is at `/`."""
QUEUE_SECONDS = 0.02
"""Longest time that an event of a page waits before Gradio looks at it."""


def build(services: Services, assets: str) -> gr.Blocks:
    """All pages as one app. `assets` is the version in the address of our scripts and style sheets."""
    with gr.Blocks(title="Glacia", fill_width=True, analytics_enabled=False) as demo:
        gr.Navbar(visible=False)
        build_home(services, assets)
    for name, path, build_page in ROUTES:
        with demo.route(name, path):
            gr.Navbar(visible=False)
            build_page(services, assets)
    return demo


def mount(services: Services) -> Callable[[FastAPI], object]:
    """What puts the pages at `/` of an app that knows its `state.asset_version`."""

    def mount_pages(app: FastAPI) -> object:
        assets = app.state.asset_version
        demo = build(services, assets)
        # Gradio looks at its queue a thousand times a second, which costs an idle laptop 6 % of a core.
        demo._queue.sleep_when_free = QUEUE_SECONDS  # noqa: SLF001
        return gr.mount_gradio_app(
            app,
            demo,
            path="/",
            theme=theme(),
            head=head(assets),
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            show_error=False,
        )

    return mount_pages
