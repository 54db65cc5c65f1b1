"""Starter projects: real folders below `templates/`, each with a `template.toml` that names it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from glacia_ui.core.models import Model
from glacia_ui.errors import NotFoundError

_NOT_CONTENT = frozenset({"template.toml", "thumbnail.svg"})


class Template(Model):
    """A starter project as it is offered. `thumbnail` is SVG source, ours, safe to show as an image."""

    name: str
    title: str
    description: str
    thumbnail: str


class Templates:
    """The starter projects in one folder, read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        found = ((tomllib.loads(path.read_text("utf-8")), path.parent) for path in folder.glob("*/template.toml"))
        self._all = [_read(*each) for each in sorted(found, key=lambda each: each[0]["order"])]

    def all(self) -> list[Template]:
        """Every template, in the order that their `template.toml` gives them."""
        return list(self._all)

    def get(self, name: str) -> Template:
        """Raises NotFoundError."""
        for template in self._all:
            if template.name == name:
                return template
        raise NotFoundError(code="template_not_found")

    def files(self, name: str) -> dict[str, str]:
        """Content by path. Raises NotFoundError."""
        folder = self._folder / self.get(name).name
        paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in _NOT_CONTENT)
        return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def _read(about: dict[str, Any], folder: Path) -> Template:
    thumbnail = folder / "thumbnail.svg"
    return Template(
        name=folder.name,
        title=about["title"],
        description=about["description"],
        thumbnail=thumbnail.read_text("utf-8") if thumbnail.exists() else "",
    )
