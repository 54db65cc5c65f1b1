"""The build page and its catalogue agree: no text is asked for that is not there, none is kept that nobody shows."""

from __future__ import annotations

import re
from pathlib import Path

from glacia_ui.core.texts import catalogue

UI = Path(__file__).parents[3] / "glacia_ui" / "ui"
SOURCES = {
    path: path.read_text("utf-8") for name in ("build", "chat", "workbench") for path in (UI / name).glob("*.js")
}
KEYS = {key.removeprefix("build.") for key in catalogue("build")}


def first_arguments(source: str) -> list[str]:
    """What stands first in every `t(…)`, whatever brackets it holds."""
    found = []
    for call in re.finditer(r"(?<![\w.])t\(", source):
        depth, end = 0, call.end()
        while depth > 0 or source[end] not in ",)":
            depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(source[end], 0)
            end += 1
        found.append(source[call.end() : end])
    return found


ARGUMENTS = [argument for source in SOURCES.values() for argument in first_arguments(source)]
PREFIXES = {prefix for argument in ARGUMENTS for prefix in re.findall(r"`(\w+)\$\{", argument)}


def test_each_text_that_is_asked_for_exists() -> None:
    asked = {key for argument in ARGUMENTS for key in re.findall(r"'(\w+)'", re.sub(r"=== '\w+'", "", argument))}
    assert asked - KEYS == set()
    assert len(asked) > 100


def test_each_family_of_texts_has_members() -> None:
    assert {prefix for prefix in PREFIXES if not any(key.startswith(prefix) for key in KEYS)} == set()


def test_each_text_is_shown_somewhere() -> None:
    literals = {literal for source in SOURCES.values() for literal in re.findall(r"'(\w+)'", source)}
    unused = {key for key in KEYS - literals if not any(key.startswith(prefix) for prefix in PREFIXES)}
    assert unused == set()


def test_parameters_are_given_by_name() -> None:
    """`{name}` in a sentence must be written at the call; else people would read the braces."""
    everything = "\n".join(SOURCES.values())
    missing = {
        (key, name)
        for key, sentence in catalogue("build").items()
        for name in re.findall(r"\{(\w+)\}", sentence)
        if not re.search(rf"\b{name}\b\s*[:,}}]", everything)
    }
    assert missing == set()
