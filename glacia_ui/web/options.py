"""What the web layer has to know about where it runs. Read from settings by `app.py` and passed in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glacia_ui.settings import Settings


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Values only; the defaults suit a laptop."""

    cookie_name: str
    signing_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Signs what a browser keeps during a detour: the same in every process that serves the same users."""
    is_https: bool = False
    """Marks the cookie Secure even where a proxy speaks plain http to us."""
    public_url: str | None = None
    """Our address as visitors see it, when a proxy hides it from us."""
    is_local_only: bool = False
    """Nobody but this machine can reach us, so no other name is ours."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    metrics_token: str | None = None
    """What a reader of `/metrics` must show; without one only this machine may read."""
    brand_css: str = ""
    """The operator's own colours, as rules that come after ours."""
    max_body_bytes: int = 2_000_000
    """A prompt of 100,000 characters takes up to 1.2 MB when a script writes each as an escaped pair."""


def web_options(settings: Settings) -> WebOptions:
    """What the settings say about it."""
    return WebOptions(
        cookie_name=settings.cookie_name,
        signing_key=settings.signing_key(),
        is_https=settings.is_https,
        public_url=settings.public_url,
        is_local_only=settings.is_local_only,
        trusted_proxies=tuple(str(network) for network in settings.trusted_proxies),
        metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else None,
        brand_css=settings.theme.css,
        max_body_bytes=settings.max_upload_mb * 1_000_000,
    )
