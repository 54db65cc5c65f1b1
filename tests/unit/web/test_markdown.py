"""Markdown in pieces is the same as markdown at once, and nothing in it can act."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from glacia_ui.web.markdown import GrowingText, render

REPLY = """I made the page **greener**.

1. The header is new

   and has a second paragraph.
2. The footer stays

```html
<h1>not a heading</h1>

# nor this
```

| colour | where |
|--------|-------|
| green  | header |

> Quote
> more

Done.
"""
_MARKS = ["a", " ", "\n", "\n\n", "- ", "1. ", "# ", "> ", "```\n", "    ", "**", "|", "|-|\n", "---\n", "[a]: b\n"]
_MARKS += ["é🙂", "<div>", "`", "=\n", "\t", "\r\n"]
PIECES = st.lists(st.sampled_from(_MARKS), max_size=40)


def _arrive(pieces: list[str]) -> tuple[list[tuple[int, str]], str]:
    text = GrowingText()
    blocks = [(block.index, block.html) for piece in pieces for block in text.add(piece)]
    return blocks, text.open_html


def test_a_finished_block_is_sent_once_and_never_changes() -> None:
    blocks, still_open = _arrive(list(REPLY))
    assert [index for index, _ in blocks] == list(range(len(blocks)))
    assert "".join(html for _, html in blocks) + still_open == render(REPLY)


@given(PIECES)
@example(["a", "\n", "\n", "- ", "a", "\n\n", "    ", "a", "\n\n", "a"])
@example(["a", "\n\n", "[a]: b\n", "    ", "a", "\n", "|-|\n"])
def test_blocks_do_not_depend_on_how_the_text_arrived(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assert _arrive(pieces) == _arrive([whole]) == _arrive(list(whole))


def test_half_a_line_finishes_nothing() -> None:
    text = GrowingText()
    text.add("a paragraph\n")
    assert text.add("#") == []  # may become "#hashtag", which goes on with the paragraph
    assert text.add("hashtag\n") == []
    assert text.open_html == "<p>a paragraph\n#hashtag</p>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<a href='https://evil.example' onclick=alert(1)>x</a>",
        "<form action=https://evil.example><input name=a></form>",
        "<iframe src=https://evil.example></iframe>",
        "<svg onload=alert(1)><use href='https://evil.example#x'/></svg>",
        "<style>@import 'https://evil.example'</style>",
        "<p style='background:url(https://evil.example)'>x</p>",
        "<video poster=https://evil.example></video>",
        "<math><mtext></p><style><img src=x onerror=alert(1)>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<base href=https://evil.example>",
        "<link rel=stylesheet href=https://evil.example>",
    ],
)
def test_nothing_in_a_reply_can_act(attack: str) -> None:
    html = render(f"before\n\n{attack}\n\nafter")
    assert not re.search(r"<(script|img|iframe|svg|style|form|input|video|meta|base|link|math)\b", html)
    assert not re.search(r"\son\w+=|javascript:|data:|url\(|src=|action=|poster=", html)


def test_a_link_opens_elsewhere_and_tells_nobody() -> None:
    html = render("[x](https://example.com)")
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'target="_blank"' in html
