"""Finds the comment that stands for work left out: "rest of the code unchanged".

Such a line in a file means that the rest is gone. Only comments are looked at, so a page may say "more to come" to its
readers; and a comment counts only when it says nothing else, so that one about the page ("the rest of the row stays the
same colour") may stand.
"""

from __future__ import annotations

import re

_COMMENT = re.compile(
    r"(?:^\s*(?:#|--|\*|;)|(?<![^\s;{}>])(?://+|/\*+|<!--|\{/\*))\s*(?P<said>.*?)\s*(?:(?:\*/|-->).*)?$"
)
_LONGEST = 200
"""Characters of a comment that can be a placeholder: what is longer says something, and is slow to look through."""
_THING = (
    r"(?:code|file|content|contents|styles?|page|html|css|script|javascript|functions?|rules|markup|component"
    r"|implementation|document|logic|sections?|methods?|properties|body)"
)
_DOTS = r"(?:\.\.\.|…)"
_BEGINS = rf"[\s(\[]*(?:{_DOTS}\s*)?(?:(?:the|your|all|keep)\s+)*"
_ENDS = r"(?:\s+(?:for\sbrevity|from\s(?:before|above)|here|below|above))?[\s)\].:!…]*$"
_LEFT_OUT = re.compile(
    rf"""
      # ... rest of the code, ... existing code
      [\s(\[]*{_DOTS}\s*(?:the\s|your\s|all\s)*(?:rest|remain\w*|existing|previous|other|same|unchanged|more)\b
    | [\s(\[]*{_DOTS}\s*(?:\w+\s)?{_THING}\s*{_DOTS}?{_ENDS}
    | [\s(\[]*{_DOTS}[\s)\]]*$
      # the rest of the file is unchanged, other sections omitted
    | {_BEGINS}(?:rest|remainder|remaining|existing|previous|other|everything\ else)\b.{{0,60}}
      \b(?:unchanged|untouched|omitted|goes?\ here)\b{_ENDS}
    | {_BEGINS}(?:rest|remainder|remaining|existing|previous|other)\b(?:\ (?:of|the|your|this|\w+)){{0,4}}\ {_THING}\b
      .{{0,40}}\b(?:as\ (?:it\ )?(?:before|is|was)|(?:stays?|remains?)\ the\ same|continues)\b
    | {_BEGINS}everything\ else\ (?:(?:is|stays?|remains?)\ )?(?:the\ same|as\ (?:it\ )?(?:before|is|was)){_ENDS}
      # existing styles, rest of your code here
    | {_BEGINS}(?:rest\ of(?:\ the|\ your|\ this)?|existing|previous|remaining)\ (?:\w+\ )?{_THING}
      (?:\ (?:here|below|above))?[\s)\]]*(?:{_DOTS}|$)
    | {_BEGINS}{_THING}\ continues\b
      # in other languages
    | {_BEGINS}(?:(?:der|die|das|le|la|les|el|il)\s)?(?:rest\w*|übrige\w*|bestehende\w*|alles\ andere|tout\ le\ reste)\b
      .{{0,60}}\b(?:unverändert|wie\ (?:bisher|vorher|zuvor)|bleibt\ gleich|inchangée?s?|sin\ cambios|invariato)
      {_ENDS}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ALONE = re.compile(
    rf"{_BEGINS}(?:(?:(?:add|insert|put|write|paste)\s+(?:the\s|your\s)?)?{_THING}\s(?:goes\s|go\s|comes\s)?here"
    rf"|same\s(?:\w+\s)?(?:as|like)\s(?:before|previously|(?:in\s)?the\s(?:previous|original|old)\s(?:version|file|code|one))"
    rf"|(?:{_THING}\s)?(?:is\s|are\s)?unchanged|no\schanges|as\sbefore|omitted|snip(?:ped)?){_ENDS}",
    re.IGNORECASE,
)
"""What explains a value when it stands behind one, and leaves something out when it stands alone."""
_OPENS = ("", "{", ">", "(", "[", "}")
_LEAVES = re.compile(r"\s*(?:return|continue|break)\b")


def find_placeholder(content: str, *, before: str = "") -> str | None:
    """The first such line, stripped, that did not stand in the file before; None when there is none."""
    lines = content.split("\n")
    for number, line in enumerate(lines):
        comment = _COMMENT.search(line)
        if comment is None or len(comment["said"]) > _LONGEST:
            continue
        is_left_out = _LEFT_OUT.match(comment["said"]) or (
            _ALONE.match(comment["said"]) and _stands_alone(line[: comment.start()], lines, number)
        )
        if is_left_out and line.strip() not in before:
            return line.strip()
    return None


def _stands_alone(code: str, lines: list[str], number: int) -> bool:
    """No value before it, no sentence that it ends, no way out that it explains."""
    above = lines[number - 1].lstrip() if number else ""
    below = lines[number + 1] if number + 1 < len(lines) else ""
    is_sentence = bool(_COMMENT.match(above)) and not above.rstrip().endswith(("*/", "-->"))
    return code.rstrip()[-1:] in _OPENS and not is_sentence and not _LEAVES.match(below)
