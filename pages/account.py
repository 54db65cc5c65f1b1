"""`/account`: who I am, how Glacia looks, which keys do what."""

from __future__ import annotations

from glacia_ui.services.container import Services
from glacia_ui.ui.account.account import account
from glacia_ui.ui.shell.shell import shell


def build(services: Services, assets: str) -> None:
    """Lay out the page inside the open Blocks."""
    shell("account", assets=assets, is_demo=services.settings.is_demo)
    account(assets=assets)
