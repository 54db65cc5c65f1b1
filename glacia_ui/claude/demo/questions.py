"""Answers a question about the project with what can be seen in its files; everything else honestly not."""

from __future__ import annotations

import re
from collections.abc import Mapping

from glacia_ui.claude.demo.colour import HEX
from glacia_ui.claude.demo.script import Answer
from glacia_ui.claude.demo.site import Site
from glacia_ui.core.texts import text

_WHAT_CAN = re.compile(
    r"\bwhat (?:else )?can (?:you|i|we)|\bwhat (?:are|is) you|who are you|which model|what model|\bhelp\b|are you", re.I
)
_FILES = re.compile(
    r"\bfiles?\b|\bin (?:this|the|my) project\b|\bwhat (?:is|have|did) (?:here|you (?:made|built|build))", re.I
)
_COLOURS = re.compile(r"\bcolou?rs?\b", re.I)
_SECTIONS = re.compile(r"\bsections?\b|\bparts\b|\bon the page\b|\bstructure\b", re.I)
_BACK = re.compile(r"\b(?:undo|go back|restore|previous version|earlier version|old version)\b", re.I)
_COST = re.compile(r"\bcosts?\b|\bexpensive\b|\bfree\b|\bquota\b", re.I)


def reply_to(prompt: str, files: Mapping[str, str]) -> Answer:
    """Text only: a question changes nothing."""
    site = Site.find(files)
    if _BACK.search(prompt):
        said = text("demo.answer_back")
    elif _WHAT_CAN.search(prompt):
        said = f"{text('demo.answer_me')}\n\n{text('demo.can_change' if site else 'demo.can_build')}"
    elif site is None:
        said = f"{text('demo.answer_empty')}\n\n{text('demo.can_build')}"
    else:
        said = _about(site, prompt, files)
    return Answer(thinking=text("demo.thought_question"), text=said)


def _about(site: Site, prompt: str, files: Mapping[str, str]) -> str:
    if _COLOURS.search(prompt):
        found = list(dict.fromkeys(HEX.findall(site.css)))[:9]
        return text("demo.answer_colours", path=site.css_path, colours=", ".join(f"`{colour}`" for colour in found))
    if _FILES.search(prompt):
        lines = [f"- `{path}`, {content.count(chr(10))} lines" for path, content in sorted(files.items())]
        return text("demo.answer_files", files="\n".join(lines))
    if _SECTIONS.search(prompt):
        return text("demo.answer_sections", sections="\n".join(f"- {heading}" for heading in _headings(site.html)))
    if _COST.search(prompt):
        return text("demo.answer_cost")
    title = re.search(r"<title>(.*?)</title>", site.html)
    return text(
        "demo.answer_other", title=title[1] if title else site.html_path, headings=", ".join(_headings(site.html))
    )


def _headings(html: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", heading).strip() for heading in re.findall(r"<h[12]\b[^>]*>(.*?)</h[12]>", html, re.S)
    ]
