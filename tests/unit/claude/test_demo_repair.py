"""The demo model and "Fix this": what rules can repair is repaired, the rest is said not to be."""

from __future__ import annotations

import pytest

from glacia_ui.core.fix import fix_prompt
from glacia_ui.core.health import ErrorKind, PreviewError
from tests.unit.claude.test_demo_follow_ups import Files, ask
from tests.unit.claude.test_demo_honesty import ask as find_doubts

HEAD = (
    '<!doctype html>\n<html lang="en">\n<head>\n<title>Bakery</title>\n'
    '<link rel="stylesheet" href="style.css">\n</head>\n'
)


def page(body: str, head: str = HEAD) -> Files:
    return {"index.html": f"{head}<body>\n{body}\n</body>\n</html>\n", "style.css": "body { margin: 0; }\n"}


def fix(files: Files, *errors: tuple[ErrorKind, str]) -> tuple[Files, str]:
    """The files after "Fix this", and what was said. An error is (kind, file), or (kind, message) of JavaScript.

    What is said fits what is done.
    """
    found = [
        PreviewError(kind=kind, message=what, file="script.js", line=3)
        if kind in ("error", "rejection", "console")
        else PreviewError(kind=kind, message="", file=what)
        for kind, what in errors
    ]
    prompt = fix_prompt(4, found)
    after, said, _ = ask(prompt, files)
    assert find_doubts(prompt, files) == (after, [])
    return after, said


CDN = "https://cdn.example"
EMPTY = "<body>\n</body>"


@pytest.mark.parametrize(
    ("kind", "file", "body", "path", "content"),
    [
        ("missing", "about.html", '<a href="about.html">About</a>', "about.html", "<h1>About</h1>"),
        ("missing", "menu/lunch.html", "", "menu/lunch.html", 'href="../style.css"'),
        ("missing", "lost.css", "", "lost.css", "max-width"),
        ("missing", "img/oven.svg", "", "img/oven.svg", 'aria-label="oven"'),
        ("missing", "img/a b.png", '<img src="img/a%20b.png?v=1" alt="">', "index.html", 'src="img/a%20b.svg?v=1"'),
        ("missing", "img/cake.png", "<img src=img/cake.png alt=''>", "img/cake.svg", "<svg"),
        ("missing", "lost.js", '<b>1</b>\n<script src="lost.js" defer></script>\n<i>2', "index.html", "1</b>\n<i>2"),
        ("outside", "/style.css", "", "index.html", 'href="style.css"'),
        ("outside", f"{CDN}/x.js", f"<script src={CDN}/x.js?y=1></script>", "index.html", EMPTY),
        ("outside", f"{CDN}/css", f'<link href="{CDN}/css?a=b" rel="stylesheet">', "index.html", EMPTY),
    ],
)
def test_what_can_be_repaired_is(kind: ErrorKind, file: str, body: str, path: str, content: str) -> None:
    head = HEAD.replace('href="style.css"', 'href="/style.css"') if file == "/style.css" else HEAD
    before = page(body, head)
    after, said = fix(before, (kind, file))
    assert content in after[path]
    assert content not in before.get(path, "")
    assert "Everything else stays as it is." in said


def test_a_picture_that_is_none_is_drawn() -> None:
    after, _ = fix({**page('<img src="a.svg" alt="">'), "a.svg": "no picture"}, ("unreadable", "a.svg"))
    assert after["a.svg"].startswith("<svg")


@pytest.mark.parametrize(
    ("kind", "what"),
    [("error", "total is not defined"), ("rejection", "Why?"), ("missing", "data.json"), ("missing", "nowhere.png"),
     ("missing", "nowhere.js"), ("unreadable", "style.css"), ("outside", "https://elsewhere.example/")],
)  # fmt: skip
def test_what_cannot_be_repaired_is_said(kind: ErrorKind, what: str) -> None:
    files = page("<p>hello</p>")
    after, said = fix(files, (kind, what))
    assert after == files
    assert "built-in demo model" in said


def test_several_errors_are_several_wishes() -> None:
    files = page('<img src="cake.png" alt="">')
    after, said = fix(
        files, ("error", "x"), ("missing", "cake.png"), ("missing", "about.html"), ("console", "- The page")
    )
    assert {"cake.svg", "about.html"} <= set(after)
    assert "cannot repair JavaScript" in said
    assert "did not understand" not in said
