"""Finds the comment that stands for work left out: "rest of the code unchanged".

Such a line in a file means that the rest is gone. Only comments are looked at, so a page may say "more to come" to its
readers.
"""

from __future__ import annotations

import re

_COMMENT = re.compile(
    r"(?:^\s*(?:#|--|\*|;)|(?<![^\s;{}>])(?://+|/\*+|<!--|\{/\*))\s*(?P<said>.*?)\s*(?:(?:\*/|-->).*)?$"
)
_LONGEST = 200
"""Characters of a comment that can be a placeholder: what is longer says something, and is slow to look through."""
_THINGS = (
    r"(?:code|file|content|contents|styles?|page|html|css|script|javascript|functions?|rules|markup|component"
    r"|implementation|document)"
)
_LEFT_OUT = re.compile(
    rf"""
      [\s(\[]*(?:\.\.\.|…)\s*(?:the\s|your\s|all\s)*(?:rest|remain\w*|existing|previous|other|same|unchanged|more)\b
    | .*\b(?:rest|remainder|remaining|existing|previous|everything|other)\b
      .*\b(?:unchanged|untouched|omitted|as\ (?:before|is)|(?:stays?|remains?)\ the\ same|goes\ here|continues)\b
    | [\s(\[]*(?:the\s|keep\s|your\s)*(?:rest\ of(?:\ the|\ your|\ this)?|existing|previous|remaining)
      \ (?:\w+\ )?{_THINGS}(?:\ (?:here|below|above))?[\s)\]]*(?:\.\.\.|…|$)
    | [\s(\[]*(?:\.\.\.|…)[\s)\]]*$
    | [\s(\[]*(?:the\s)?{_THINGS}\ continues\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def find_placeholder(content: str, *, before: str = "") -> str | None:
    """The first such line, stripped, that did not stand in the file before; None when there is none."""
    for line in content.split("\n"):
        comment = _COMMENT.search(line)
        if comment is None or len(comment["said"]) > _LONGEST:
            continue
        if _LEFT_OUT.match(comment["said"]) and line.strip() not in before:
            return line.strip()
    return None
