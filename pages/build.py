"""`/build?project=<id>`: the chat, and the workbench with Preview, Files, Changes and History."""

from __future__ import annotations

from glacia_ui.core.texts import catalogue
from glacia_ui.services.container import Services
from glacia_ui.ui.component import component
from glacia_ui.ui.shell.shell import shell


def build(services: Services, assets: str) -> None:
    """Lay out the page inside the open Blocks."""
    is_demo = services.settings.is_demo
    shell("build", assets=assets, is_demo=is_demo)
    component(
        "build/page", assets=assets, settings={"texts": catalogue("build"), "is_demo": is_demo}, elem_id="gl-build"
    )
