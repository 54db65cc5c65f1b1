"""Jinja2 for the few pages outside Gradio. All values are escaped; `text` and `asset` are at hand as functions."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from glacia_ui.core.texts import text
from glacia_ui.web.assets import load_assets


def render(name: str, **values: object) -> str:
    """The template `templates/<name>` with `values` filled in."""
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("glacia_ui.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["text"] = text
    environment.globals["asset"] = load_assets().url
    return environment
