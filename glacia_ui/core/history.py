"""What a model is told of the conversation before its newest request, however long that has become.

The newest turns are told word for word. Older ones are shortened: the request and the change card that came of it stay
as they are, the words beside them go. Only when even that is too much, the oldest turns are left out, and that is said.

A prompt cache reads a request up to the first byte that differs, so the beginning must not slide with each turn. So
this happens in steps: nothing is shortened until the words told in full reach `FULL_UP_TO`; then as many turns at once
as bring them down to `FULL_AFTER`; then nothing again until they have grown by as much. The same with what is left out.
Where the steps fall is found by going through the turns from the first one on, so it depends on what came before and
on nothing else: between two steps each request begins with all of the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glacia_ui.core.models import ChangeCard, FileStat

FULL_UP_TO = 60_000
FULL_AFTER = 30_000
"""Characters of the turns that are told word for word, before and after a step."""
SHORT_UP_TO = 130_000
SHORT_AFTER = 80_000
"""Characters of the shortened turns, before and after a step. One turn has about 125,000 at most: it fits."""
HISTORY_CHARACTERS = FULL_UP_TO + SHORT_UP_TO + 500
"""Never more than this in all; the rest is for the sentences around it. About 48,000 tokens."""
MOST_FILES = 20
"""Of one change card; of more, the number is told."""

SHORTENED = (
    "(The beginning of our conversation, shortened: each request, and the change that was made for it. What you said "
    "beside it is left out.)"
)
LEFT_OUT = "(The {count} oldest requests are left out.)"
READ = "I have read it."
"""Our word for the model after the shortened part: roles take turns."""
WORDS_ONLY = "(Answered in words.)"


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier request and what came of it.

    `reply` is None where it is too old to be told; `reply_size`, its length in characters, is known even then.
    `version` is the number of the snapshot that it made.
    """

    prompt: str
    reply: str | None
    card: ChangeCard | None = None
    version: int | None = None
    reply_size: int = 0

    @property
    def size(self) -> int:
        """Characters, told in full."""
        return len(self.prompt) + max(self.reply_size, len(self.answer))

    @property
    def answer(self) -> str:
        """The reply; one without words speaks by the title of its card."""
        if self.reply and self.reply.strip():
            return self.reply
        return self.card.title if self.card else WORDS_ONLY


@dataclass(frozen=True, slots=True)
class History:
    """Turns, oldest first; `omitted` came before them."""

    turns: Sequence[Turn] = ()
    omitted: int = 0


def history_messages(history: History) -> list[dict[str, Any]]:
    """The conversation as messages of the Messages API, users' and model's in turn; none without turns."""
    left_out, shortened = _steps(history)
    messages: list[tuple[str, str]] = []
    if shortened or history.omitted:
        messages += [("user", _beginning(history, left_out, shortened)), ("assistant", READ)]
    for turn in history.turns[shortened:]:
        messages += [("user", turn.prompt), ("assistant", turn.answer)]
    return [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in messages]


def _steps(history: History) -> tuple[int, int]:
    """How many turns are left out, and how many are no longer told in full, those included."""
    left_out = shortened = full = short = 0
    for count, turn in enumerate(history.turns, start=1):
        full += turn.size
        is_step = full > FULL_UP_TO
        while is_step and full > FULL_AFTER and (shortened < count - 1 or full > FULL_UP_TO):
            full -= history.turns[shortened].size
            short += _short_size(history, shortened)
            shortened += 1
        is_step = short > SHORT_UP_TO
        while is_step and short > SHORT_AFTER and left_out < shortened:
            short -= _short_size(history, left_out)
            left_out += 1
    return left_out, shortened


def _beginning(history: History, left_out: int, shortened: int) -> str:
    gone = history.omitted + left_out
    head = [SHORTENED, LEFT_OUT.format(count=gone)] if gone else [SHORTENED]
    return "\n\n".join([*head, *(_short(history, index) for index in range(left_out, shortened))])


def _short_size(history: History, index: int) -> int:
    return len(_short(history, index)) + 2


def _short(history: History, index: int) -> str:
    """One turn without the words of its reply."""
    turn = history.turns[index]
    change = _change(turn.card, turn.version) if turn.card else WORDS_ONLY
    return f"(Request {history.omitted + index + 1})\n{turn.prompt}\n{change}"


def _change(card: ChangeCard, version: int | None) -> str:
    name = f"(Version {version}: {card.title})" if version else f"({card.title})"
    files = [_file(stat) for stat in card.files[:MOST_FILES]]
    if len(card.files) > MOST_FILES:
        files.append(f"and {len(card.files) - MOST_FILES} more")
    return "\n".join(
        [name, *(f"- {line}" for line in card.summary), *([f"Files: {', '.join(files)}"] if files else [])]
    )


def _file(stat: FileStat) -> str:
    name = f"{stat.old_path} → {stat.path}" if stat.old_path else stat.path
    what = "" if stat.change in ("modified", "renamed") else f" {stat.change}"
    return f"{name}{what} +{stat.added} −{stat.removed}"
