"""The request behind "Fix this"."""

from __future__ import annotations

from typing import get_args

from glacia_ui.core.fix import fix_prompt
from glacia_ui.core.health import ErrorKind, PreviewError


def test_it_names_each_error_and_its_place() -> None:
    errors = [
        PreviewError(kind="error", message="x is not defined", file="app.js", line=3),
        PreviewError(kind="rejection", message="no answer", file="index.html"),
        PreviewError(kind="missing", message="", file="img/a.png", line=9),
        PreviewError(kind="console", message="careful: {braces}"),
    ]
    assert fix_prompt(4, errors).splitlines() == [
        "Please fix what went wrong in the preview of version 4:",
        "",
        "- JavaScript stopped: x is not defined (in app.js, line 3)",
        "- A promise failed and nothing handles it: no answer (in index.html)",
        "- The page asks for img/a.png, and there is no such file.",
        "",
        "The page also wrote to its console:",
        "",
        "- careful: {braces}",
        "",
        "Find the cause and change only what is needed.",
    ]


def test_every_kind_has_words_and_the_whole_stays_a_request() -> None:
    for kind in get_args(ErrorKind):
        error = PreviewError(kind=kind, message="m" * 500, file="f" * 500, line=10**8)
        prompt = fix_prompt(1, [error] * 20)
        assert "m" * 500 in prompt or "f" * 500 in prompt
        assert len(prompt) < 30_000
    assert "no message" in fix_prompt(1, [PreviewError(kind="error", message="")])
