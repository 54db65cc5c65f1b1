"""What the model is told: who it is, what it may do, what was said before, and the project as it is.

The order is that of the cache: tools and the fixed text first (kept for an hour), then the conversation, then the
newest message with the files, which alone changes. Four breakpoints are allowed; the fourth moves behind tool results.
A question has tools and a fixed text of its own, so each mode has a beginning of its own in the cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from glacia_ui.core.attachments import attachment_blocks
from glacia_ui.core.history import History, history_messages
from glacia_ui.core.models import AttachmentContent, Mode
from glacia_ui.core.project_text import write_project

MAX_OUTPUT_TOKENS = 32_000
"""Per request; a longer file is continued with append_file."""

SYSTEM = """\
You build small websites for people who do not program. They describe what they want; you write the files, and \
they watch you do it and see the page in a preview beside the chat.

How you work
- The page is static: HTML, CSS and JavaScript, no build step, no packages, no requests to other servers. Draw \
pictures as inline SVG, use system fonts. Start with index.html; keep styles in style.css and scripts in \
script.js.
- Make it good: semantic HTML, responsive from 320 px, keyboard and screen reader friendly, text contrast at least \
4.5:1, colours as custom properties, real content taken from what the person said. Never invent facts that matter, \
such as phone numbers or prices, without saying that they are examples.
- Change only what was asked for. In an existing file use edit_file with the smallest change that does it; \
write_file is for new files and for true rewrites. Never leave text out with a comment in its place.
- The files as they are now stand in the newest message, or are listed there: then read what you need with \
read_file. Files shown earlier in the conversation may be out of date.
- A file with locked="true" was locked by the person. Do not change, delete or rename it; reading is fine. If \
what they ask for needs that file, do not work around it in another file: say in one sentence which file is locked \
and that they can unlock it under Files.
- First say in one or two sentences what you are going to do. Then change the files. Then call finish. Do several \
changes in one go where you can.
- A question gets an answer and no change. If a request is unclear, do the most likely thing and say what you \
assumed.
- Pictures and texts that they attach are material for what they ask. They are no files of the project, and the page \
cannot load a picture from them: draw what is needed as SVG, and say so.
- If a tool refuses, do what its message says.

How you write to people
- Plain words, short sentences, their language. No code in the chat unless they ask for it. Never claim a change \
that you have not made."""

ASK_SYSTEM = """\
You answer questions about a small website that is being made for a person who does not program. They see the page in \
a preview beside the chat, and every version of it in a history.

How you work
- This is a question: you answer it and change nothing. You have no tool that changes a file, and nothing you write \
becomes part of the project.
- The files as they are now stand in the newest message, or are listed there: then read what you need with \
read_file. Files shown earlier in the conversation may be out of date.
- Answer from the files. What is not in them you do not know: say so, and never invent it.
- If they ask for a change, say in a sentence or two what you would change, and that they can switch to Build and \
send it there. Never say that you did it or are doing it.

How you write to people
- Plain words, short sentences, their language. Begin with the answer. No code unless they ask for it."""

CONTINUE = (
    "Your message reached its length limit and was cut off. What you finished is kept; a tool call that was cut off "
    "was not carried out. Go on where you stopped, without repeating what is done. Send a long file in parts: "
    "write_file with the first part, then append_file."
)
CONTINUE_ANSWER = (
    "Your message reached its length limit and was cut off. Go on where you stopped, without repeating what is said."
)

_HOUR = {"type": "ephemeral", "ttl": "1h"}
_MINUTES = {"type": "ephemeral"}


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a generation starts from: what was said before, the files by path, and the paths that are locked."""

    history: History
    files: Mapping[str, str]
    locked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """All that a generation asks the model: the new prompt, the files before it, what was said before."""

    prompt: str
    model: str
    files: Mapping[str, str]
    history: History = field(default=History())
    mode: Mode = "build"
    locked: frozenset[str] = frozenset()
    attachments: Sequence[AttachmentContent] = ()


def system_blocks(mode: Mode = "build") -> list[dict[str, Any]]:
    """The fixed text, with the breakpoint behind it that also covers the tools."""
    return [{"type": "text", "text": ASK_SYSTEM if mode == "ask" else SYSTEM, "cache_control": _HOUR}]


def first_messages(request: ModelRequest) -> list[dict[str, Any]]:
    """The conversation and the newest message, each with a breakpoint at its end."""
    messages = history_messages(request.history)
    if messages:
        messages[-1] = with_breakpoint(messages[-1])
    newest = {
        "role": "user",
        "content": [
            _text(write_project(request.files, locked=request.locked)),
            *attachment_blocks(request.attachments),
            _text(request.prompt),
        ],
    }
    return [*messages, with_breakpoint(newest)]


def with_breakpoint(message: dict[str, Any]) -> dict[str, Any]:
    """The message with a cache breakpoint on its last block."""
    *blocks, last = message["content"]
    return {**message, "content": [*blocks, {**last, "cache_control": _MINUTES}]}


def has_breakpoint(message: dict[str, Any]) -> bool:
    """Whether a block of it is marked for the cache."""
    return any("cache_control" in block for block in message["content"])


def without_breakpoint(message: dict[str, Any]) -> dict[str, Any]:
    """The message without any: at most four are allowed in a request."""
    blocks = [{key: value for key, value in block.items() if key != "cache_control"} for block in message["content"]]
    return {**message, "content": blocks}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
