"""From a request to the next message. The plan is made anew each time; what of it was already sent is left out.

That is all that memory there is: the same request always gets the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glacia_ui.claude.demo.attached import plan_for, with_attached
from glacia_ui.claude.demo.conversation import Conversation
from glacia_ui.claude.demo.plan import plan
from glacia_ui.claude.demo.questions import reply_to
from glacia_ui.claude.demo.script import Answer, Call
from glacia_ui.core.texts import text

_READ = (".html", ".htm", ".css")
"""Files that follow-ups look at; in large projects these are read first."""


def answer(messages: list[dict[str, Any]], *, can_change: bool = True) -> Answer:
    """The next message of the assistant. Without a tool to change files, everything is a question."""
    talk = Conversation.read(messages)
    unread = [path for path in talk.missing if path.endswith(_READ)]
    if talk.is_refused:
        return Answer(text=text("demo.refused"))
    if unread:
        calls = tuple(Call("read_file", {"path": path}) for path in unread)
        return Answer(thinking=text("demo.thought_read"), calls=calls)
    if not can_change:
        return with_attached(talk, _reply(talk.prompt, talk.files))
    planned = with_attached(talk, plan_for(talk))
    made = [call for call in talk.made if call.name != "read_file"]
    left = tuple(call for call in planned.calls if call not in made)
    if planned.calls and not left:
        return Answer(text=text("demo.nothing_left"))
    return Answer(
        thinking="" if talk.has_spoken else planned.thinking,
        text="" if talk.has_spoken and left else planned.text,
        calls=left,
    )


def _reply(prompt: str, files: Mapping[str, str]) -> Answer:
    """In words only. A wish that could be carried out is told where to go."""
    if plan(prompt, files).calls:
        return Answer(thinking=text("demo.thought_question"), text=text("demo.ask_wish"))
    return reply_to(prompt, files)
