"""Code as coloured HTML, one line at a time, so that a page can number, compare and mark the lines.

Pygments escapes all text and adds `<span class="hl-…">` around tokens, closed at each line's end; nothing else comes
out. The prefix keeps its short names (`sr`, `n`, `c`) apart from the page's own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

LONGEST = 300_000
"""Characters that are still coloured (about 0.5 s); longer files come as plain text."""
_CACHED_FILES = 64
_FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")


@lru_cache(_CACHED_FILES)
def highlighted_lines(path: str, content: str) -> tuple[str, ...]:
    """The lines of a file as HTML, without their newlines; an empty file has none. The name decides the language."""
    if not content:
        return ()
    html = highlight(content, _lexer(path, content), _FORMATTER)
    return tuple(html.removesuffix("\n").split("\n"))


def _lexer(path: str, content: str) -> Lexer:
    if len(content) <= LONGEST:
        try:
            return get_lexer_for_filename(path, stripnl=False, ensurenl=True)
        except ClassNotFound:
            pass
    return cast("Lexer", TextLexer(stripnl=False, ensurenl=True))
