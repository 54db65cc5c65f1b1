"""The pages and their catalogues agree: no text is asked for that is not there, none is kept that nobody shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from glacia_ui.core.texts import catalogue

UI = Path(__file__).parents[3] / "glacia_ui" / "ui"
FOLDERS = {"shell": ("shell",), "home": ("home",), "usage": ("usage",), "account": ("account", "shell")}
"""Area of the catalogue → the areas whose texts the modules of that folder may show."""
FROM_PYTHON = {"usage": {"plot_cost", "plot_tokens"}}
"""Shown by `ui/usage/usage.py`, as titles of Gradio's plots."""
LITERAL = re.compile(r"'(\w+)'")
PREFIX = re.compile(r"`(\w+_)\$\{")


def source(area: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((UI / area).glob("*.js")))


def keys(area: str) -> set[str]:
    return {key.removeprefix(f"{area}.") for key in catalogue(area)}


@pytest.mark.parametrize("area", FOLDERS)
def test_each_text_that_is_asked_for_exists(area: str) -> None:
    asked = set(re.findall(r"(?<![\w.])(?:t|shell)\('(\w+)'", source(area)))
    assert len(asked) > 5
    assert asked - set().union(*(keys(name) for name in FOLDERS[area])) == set()


@pytest.mark.parametrize("area", FOLDERS)
def test_each_family_of_texts_has_members(area: str) -> None:
    asked = set(re.findall(r"(?<![\w.])t\(`(\w+_)\$\{", source(area)))
    assert {prefix for prefix in asked if not any(key.startswith(prefix) for key in keys(area))} == set()


@pytest.mark.parametrize("area", FOLDERS)
def test_each_text_is_shown_somewhere(area: str) -> None:
    found = source(area)
    literals, prefixes = set(LITERAL.findall(found)), set(PREFIX.findall(found))
    unused = {key for key in keys(area) - literals if not any(key.startswith(prefix) for prefix in prefixes)}
    assert unused - FROM_PYTHON.get(area, set()) == set()


@pytest.mark.parametrize("area", FOLDERS)
def test_no_text_names_what_people_need_not_know(area: str) -> None:
    """People read version, request and returned; snapshot, prompt, commit and refund are our words."""
    ours = re.compile(r"\b(snapshot|prompt|commit|refund|oops)\w*", re.IGNORECASE)
    said = {key: re.sub(r"\{\w+\}", "", sentence) for key, sentence in catalogue(area).items()}
    assert {key: sentence for key, sentence in said.items() if ours.search(sentence) or "!" in sentence} == {}
