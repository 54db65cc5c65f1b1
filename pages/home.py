"""`/`: what shall we build, my projects, templates."""

from __future__ import annotations

from glacia_ui.services.container import Services
from glacia_ui.ui.home.home import home
from glacia_ui.ui.shell.shell import shell


def build(services: Services, assets: str) -> None:
    """Lay out the page inside the open Blocks."""
    shell("home", assets=assets, is_demo=services.settings.is_demo)
    home(assets=assets)
