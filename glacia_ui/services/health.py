"""Is everything there that Glacia needs? For people, load balancers and process managers."""

from __future__ import annotations

from typing import Literal

from glacia_ui.core.models import Model
from glacia_ui.db.limits import Limits
from glacia_ui.errors import AppError

API_VERSION = "v1"


class HealthReport(Model):
    """The body of `/health`. `success` is false when the database does not answer."""

    success: bool
    message: str
    environment: str
    version: str
    database: Literal["connected", "unavailable"]
    ai_provider: Literal["anthropic", "demo"]


class Health:
    """Asks the database for a sign of life; the model is named, not called, because a call costs money."""

    def __init__(self, limits: Limits, *, environment: str, ai_provider: Literal["anthropic", "demo"]) -> None:
        self._limits = limits
        self._environment = environment
        self._ai_provider = ai_provider

    async def check(self) -> HealthReport:
        """Never raises: a failure is what it reports."""
        try:
            await self._limits.ping()
        except AppError:
            return self._report(is_connected=False)
        return self._report(is_connected=True)

    def _report(self, *, is_connected: bool) -> HealthReport:
        return HealthReport(
            success=is_connected,
            message="Glacia is running" if is_connected else "Glacia cannot reach its database",
            environment=self._environment,
            version=API_VERSION,
            database="connected" if is_connected else "unavailable",
            ai_provider=self._ai_provider,
        )
