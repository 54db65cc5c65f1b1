"""What the built-in model makes of attachments: wishes and answers out of texts, and an honest word on pictures."""

from __future__ import annotations

import re
from dataclasses import replace

from glacia_ui.claude.demo.clauses import is_question
from glacia_ui.claude.demo.conversation import LONGEST_PROMPT, Conversation
from glacia_ui.claude.demo.plan import plan
from glacia_ui.claude.demo.script import Answer
from glacia_ui.core.texts import text

_ABOUT_FILE = re.compile(r"\b(?:files?|texts?|notes?|attach\w*|document|it say)\b", re.IGNORECASE)
_BEGINNING = 160
"""Characters of a file that are quoted."""


def plan_for(talk: Conversation) -> Answer:
    """What the prompt asks for; where that is not understood, what an attached text asks for."""
    planned = plan(talk.prompt, talk.files, talk.locked)
    if planned.calls or is_question(talk.prompt):
        return planned
    for name, content in talk.attached.items():
        found = plan(content[:LONGEST_PROMPT], talk.files, talk.locked)
        if found.calls:
            return replace(found, text=f"{text('demo.took_from_file', name=name)} {found.text}")
    return planned


def with_attached(talk: Conversation, planned: Answer) -> Answer:
    """The answer with what there is to say of the attachments, in front of it."""
    said = [text("demo.no_pictures")] if talk.pictures else []
    if not planned.calls and _ABOUT_FILE.search(talk.prompt):
        said += [_about(name, content) for name, content in talk.attached.items()]
    return replace(planned, text="\n\n".join([*said, planned.text])) if said else planned


def _about(name: str, content: str) -> str:
    lines = content.splitlines()
    beginning = " ".join(content[:_BEGINNING].split())
    return text("demo.about_file", name=name, lines=len(lines), beginning=beginning)
