"""The catalogue: every text for people, by key, so that no sentence is written twice and a language can be added.

A language is a package (`en`), an area a module in it (`en/build.py`) with `TEXTS: dict[str, str]`. A key is
"area.name"; `str.format` fills in the parameters. An unknown key or a missing parameter raises: a page that asks for a
text that does not exist must fail in a test, not show a hole.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache

LANGUAGE = "en"


def text(key: str, /, **params: object) -> str:
    """The text of `key` ("area.name") with its parameters filled in. Raises KeyError when either is missing."""
    area, _, name = key.partition(".")
    texts = _area(area)
    if name not in texts:
        raise KeyError(f"no text is called {key!r}")
    return texts[name].format(**params)


def has_text(key: str, /) -> bool:
    """Whether the catalogue knows `key`: for codes that come from elsewhere and need a fallback."""
    area, _, name = key.partition(".")
    try:
        return name in _area(area)
    except KeyError:
        return False


def catalogue(*areas: str) -> dict[str, str]:
    """All texts of some areas by full key, parameters still open (`{name}`): what the browser is given."""
    return {f"{area}.{name}": template for area in areas for name, template in _area(area).items()}


@cache
def _area(area: str) -> Mapping[str, str]:
    """The texts of one area. Raises KeyError when there is no such module."""
    module = f"{__name__}.{LANGUAGE}.{area}"
    if not area.isidentifier():
        raise KeyError(f"no area of texts is called {area!r}")
    try:
        texts: Mapping[str, str] = importlib.import_module(module).TEXTS
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise KeyError(f"no area of texts is called {area!r}") from error
    return texts
