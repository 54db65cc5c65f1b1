"""What can be set, and what cannot work.

Read once, in `app.py`, and passed down as values: nothing else looks at the environment. A setting that cannot work
stops the start with one sentence (`SettingsError`) that names it, because a server that starts with a wrong setting
fails later, in front of a user.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import pydantic
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from glacia_ui.core.brand import brand_css
from glacia_ui.settings_checks import REDIS_EXAMPLE, Colour, is_redis_address
from glacia_ui.settings_sources import MappingSource, SettingsError, public_name, read_sources

__all__ = ["ROOT", "UNUSED", "Settings", "SettingsError", "Theme", "load_settings"]

ROOT = Path(__file__).resolve().parent.parent
"""Glacia's own folder: `.env` and `.streamlit/` are read from here, and `.glacia/` is made here by default."""

PLACEHOLDER = re.compile(
    r"^(change.?me|your[-_ ].*|<.*>|x{3,}|secret|password|placeholder|todo|.*\.\.\.)$", re.IGNORECASE
)
SHORTEST_SECRET_KEY = 32
UNUSED = frozenset({"alert_webhook", "preview_origin", "sentry_dsn"})
"""Read and checked, so that a wrong value is told early, but not used yet."""


class Theme(BaseModel):
    """`[theme]` of config.toml, by Streamlit's names (its other names are left alone). What is not set stays.

    Colours are checked because they end up in a stylesheet (`core/brand.py`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    primary_color: Colour | None = Field(None, alias="primaryColor")
    background_color: Colour | None = Field(None, alias="backgroundColor")
    secondary_background_color: Colour | None = Field(None, alias="secondaryBackgroundColor")
    text_color: Colour | None = Field(None, alias="textColor")
    font: Literal["sans serif", "serif", "monospace"] | None = None

    @property
    def css(self) -> str:
        """What replaces our own colours and type, or an empty text."""
        return brand_css(
            primary=self.primary_color,
            background=self.background_color,
            surface=self.secondary_background_color,
            text=self.text_color,
            font=self.font,
        )


class Settings(BaseSettings):
    """Every setting. `docs/operations.md` tells what each is for; `test_docs.py` holds it to that."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", validate_default=False, hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: int = Field(7860, ge=0, le=65535)
    """0 takes any free port."""
    data_dir: Path = ROOT / ".glacia"
    environment: Literal["development", "production"] = "development"
    secret_key: SecretStr | None = None
    public_url: str | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    admins: tuple[str, ...] = ()
    guests: bool | None = None
    metrics_token: SecretStr | None = None
    preview_origin: str | None = None
    max_upload_mb: int = Field(10, ge=1, le=200)
    """Largest request body, in MB of 1,000,000 bytes."""
    theme: Theme = Theme()

    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str = "https://api.anthropic.com"
    model: str = Field("claude-sonnet-5-5", min_length=1, max_length=100)

    supabase_url: str | None = None
    supabase_anon_key: SecretStr | None = None
    supabase_service_role_key: SecretStr | None = None
    supabase_jwt_secret: SecretStr | None = None
    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    sentry_dsn: SecretStr | None = None
    alert_webhook: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values given in code, then the four sources."""
        sources = read_sources(ROOT, settings_cls.model_fields)
        return (init_settings, *(MappingSource(settings_cls, values) for values in sources))

    @field_validator("trusted_proxies", "admins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """A list can be written with commas, the only way the environment has."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("admins")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
                raise ValueError("must be e-mail addresses with commas between them")
        return tuple(address.lower() for address in value)

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        """A relative folder counts from where the program was started."""
        return value.expanduser().absolute()

    @field_validator("public_url", "preview_origin", "supabase_url", "anthropic_base_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be a web address such as https://glacia.example.org")
        return value.rstrip("/")

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_redis_address(value.get_secret_value()):
            raise ValueError(f"must be an address such as {REDIS_EXAMPLE}")
        return value

    @model_validator(mode="after")
    def _can_work(self) -> Self:
        for problem in _problems(self):
            raise ValueError(problem)
        return self

    @property
    def is_demo(self) -> bool:
        """No key: the built-in demo model answers, and the page says so."""
        return self.anthropic_api_key is None

    @property
    def is_embedded(self) -> bool:
        """The data is in our own Postgres, below `data_dir`."""
        return self.supabase_url is None

    @property
    def is_production(self) -> bool:
        """Guests are off by default, and placeholders are refused."""
        return self.environment == "production"

    @property
    def allows_guests(self) -> bool:
        """One-click guests: embedded only, and in production only when switched on."""
        return self.is_embedded and (not self.is_production if self.guests is None else self.guests)

    @property
    def cookie_name(self) -> str:
        """`glacia_` and 8 hex digits of the data folder: ports do not keep the cookies of two folders apart."""
        return "glacia_" + hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:8]

    @property
    def is_https(self) -> bool:
        """Visitors come over https, so cookies may be marked Secure."""
        return self.public_url is not None and self.public_url.startswith("https:")

    @property
    def is_local_only(self) -> bool:
        """Bound to this machine, and no proxy has been announced."""
        is_announced = self.public_url is not None or bool(self.trusted_proxies)
        return not is_announced and (self.host == "localhost" or self.host.startswith("127.") or self.host == "::1")

    @property
    def log_dir(self) -> Path:
        """Where log files go."""
        return self.data_dir / "logs"

    def secret_values(self) -> tuple[str, ...]:
        """Every secret that is set, for the logs to mask."""
        values = (getattr(self, field) for field in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))

    def notes(self) -> list[str]:
        """One sentence for each setting that is set but that nothing uses yet, for the log at start."""
        names = (public_name(field) for field in type(self).model_fields if field in UNUSED and getattr(self, field))
        return [f"{name} is set, but this version does not use it." for name in names]

    def supabase(self) -> tuple[str, str, str]:
        """(address, public key, secret key) of the hosted project. Only when there is one: see `is_embedded`."""
        url, anon_key, service_key = self.supabase_url, self.supabase_anon_key, self.supabase_service_role_key
        if not (url and anon_key and service_key):
            raise SettingsError("SUPABASE_URL is not set.")
        return url, anon_key.get_secret_value(), service_key.get_secret_value()

    @property
    def link_url(self) -> str:
        """Where links in mails lead: the public address, else this machine's own."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def signing_key(self) -> bytes:
        """The secret that signs preview links. Made once in the data folder (mode 0600) when none is set.

        Safe with several processes starting at once: the first one's file stays. Raises SettingsError when the folder
        cannot be written to.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        try:
            return _kept_secret(self.data_dir / "secret.key").encode()
        except OSError as error:
            raise SettingsError(f"GLACIA_DATA_DIR: {self.data_dir} cannot be used: {error.strerror}.") from error


def load_settings(**values: Any) -> Settings:
    """Read every source; `values` win. Raises SettingsError with a sentence about the first thing that cannot work."""
    try:
        return Settings(**values)
    except pydantic.ValidationError as error:
        raise SettingsError(_sentence(error)) from None


def _problems(settings: Settings) -> Iterator[str]:
    """Combinations that cannot work, each as a sentence."""
    if settings.supabase_url:
        if not (settings.supabase_anon_key and settings.supabase_service_role_key):
            yield "SUPABASE_URL needs SUPABASE_ANON_KEY and SUPABASE_SERVICE_ROLE_KEY beside it."
        if not settings.secret_key:
            yield "GLACIA_SECRET_KEY is required with SUPABASE_URL."
    elif settings.supabase_anon_key or settings.supabase_service_role_key:
        yield "SUPABASE_ANON_KEY and SUPABASE_SERVICE_ROLE_KEY need SUPABASE_URL beside them."
    if "anthropic_base_url" in settings.model_fields_set and settings.is_demo:
        yield "ANTHROPIC_BASE_URL needs ANTHROPIC_API_KEY beside it."
    if settings.trusted_proxies and not settings.metrics_token:
        yield "GLACIA_METRICS_TOKEN is required with GLACIA_TRUSTED_PROXIES: /metrics would be open to everybody."
    if settings.preview_origin is not None and settings.preview_origin == settings.public_url:
        yield "GLACIA_PREVIEW_ORIGIN must differ from GLACIA_PUBLIC_URL."
    yield from _weak_secrets(settings)


def _weak_secrets(settings: Settings) -> Iterator[str]:
    """Secrets that everybody could guess. A development server may run with a weak key of its own."""
    for field in type(settings).model_fields:
        value = getattr(settings, field)
        is_own_key = field in ("secret_key", "metrics_token") and not settings.is_production
        if isinstance(value, SecretStr) and not is_own_key and PLACEHOLDER.match(value.get_secret_value()):
            yield f"{public_name(field)} is still a placeholder."
    key = settings.secret_key
    if settings.is_production and key is not None and len(key.get_secret_value()) < SHORTEST_SECRET_KEY:
        yield f"GLACIA_SECRET_KEY is too short: it needs {SHORTEST_SECRET_KEY} characters or more."


def _sentence(error: pydantic.ValidationError) -> str:
    """The first problem, under the name the operator used."""
    first = error.errors(include_url=False, include_input=False)[0]
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    if not first["loc"]:
        return f"{message}."
    field = str(first["loc"][0])
    place = public_name(field) if len(first["loc"]) == 1 or field != "theme" else f"[theme] {first['loc'][1]}"
    return f"{place}: {message[0].lower()}{message[1:]}."


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made when there is none. A link appears whole or not at all, and never over another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
