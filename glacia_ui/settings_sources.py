"""Where settings come from, and under which names.

Four sources, the first that has a value wins: environment, `.env`, `.streamlit/secrets.toml`, `.streamlit/config.toml`.
Each is read into `{field: value}`, so a field has one name inside the program however it was spelled outside. An empty
value counts as not set.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "environment": ("GLACIA_ENV",),
    "anthropic_api_key": ("ANTHROPIC_API_KEY", "CLAUDE_API_KEY"),
    "anthropic_base_url": ("ANTHROPIC_BASE_URL",),
    "supabase_url": ("SUPABASE_URL",),
    "supabase_anon_key": ("SUPABASE_ANON_KEY",),
    "supabase_service_role_key": ("SUPABASE_SERVICE_ROLE_KEY",),
    "supabase_jwt_secret": ("SUPABASE_JWT_SECRET",),
    "database_url": ("DATABASE_URL",),
    "redis_url": ("REDIS_URL",),
    "sentry_dsn": ("SENTRY_DSN",),
    "theme": (),
}
"""Fields that are not called GLACIA_<FIELD> in the environment; the first name is the one in messages."""

SERVER_KEYS: Mapping[str, str] = {"address": "host", "port": "port", "maxUploadSize": "max_upload_mb"}
"""`[server]` of config.toml, by the names people know from Streamlit."""


class SettingsError(ValueError):
    """A setting cannot work. The text is one sentence for whoever starts the program; it never holds a secret."""


def environment_names(field: str) -> tuple[str, ...]:
    """The environment variables of a field, the preferred one first."""
    return OTHER_NAMES.get(field, (f"GLACIA_{field.upper()}",))


def public_name(field: str) -> str:
    """What a message calls a field."""
    return next(iter(environment_names(field)), f"[{field}] in .streamlit/config.toml")


class MappingSource(PydanticBaseSettingsSource):
    """Values that have been read already, by field name."""

    def __init__(self, settings: type[BaseSettings], values: Mapping[str, Any]) -> None:
        """Keep `values`; keys must be field names."""
        super().__init__(settings)
        self._values = values

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value of one field, as the base class asks for it."""
        return self._values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values."""
        return dict(self._values)


def read_sources(folder: Path, fields: Iterable[str]) -> list[dict[str, Any]]:
    """The four sources below `folder`, strongest first. Raises SettingsError for a file that cannot be read."""
    names = list(fields)
    return [
        _by_field(os.environ, names),
        _by_field(dotenv_values(folder / ".env"), names),
        _secrets(folder / ".streamlit" / "secrets.toml", names),
        _config(folder / ".streamlit" / "config.toml", names),
    ]


def _by_field(values: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """Environment-style names → fields; the first name that has a value wins."""
    found = {
        field: [values[n] for n in environment_names(field) if values.get(n) not in (None, "")] for field in fields
    }
    return {field: candidates[0] for field, candidates in found.items() if candidates}


def _secrets(path: Path, fields: list[str]) -> dict[str, Any]:
    """Keys under their environment names at the top level, as in Streamlit, or under their field names in [glacia]."""
    values = _read_toml(path)
    return _glacia_section(path, values, fields) | _by_field(values, fields)


def _config(path: Path, fields: list[str]) -> dict[str, Any]:
    """[server] and [theme] under Streamlit's names, and [glacia] under our field names."""
    values = _read_toml(path)
    server = {field: values["server"][key] for key, field in SERVER_KEYS.items() if key in values.get("server", {})}
    theme = {"theme": values["theme"]} if "theme" in values else {}
    return _glacia_section(path, values, fields) | server | theme


def _glacia_section(path: Path, values: Mapping[str, Any], fields: list[str]) -> dict[str, Any]:
    """[glacia], where a misspelt name must not pass in silence: nothing else reads this section."""
    section: dict[str, Any] = values.get("glacia", {})
    for name in section:
        if name not in fields:
            raise SettingsError(f"[glacia] in {path.parent.name}/{path.name} has no setting called {name!r}.")
    return {name: value for name, value in section.items() if value != ""}


def _read_toml(path: Path) -> dict[str, Any]:
    """A TOML file, or nothing when it is not there."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path.parent.name}/{path.name} cannot be read: {error}.") from error
