"""What requests may hold, as types: checked once, before any of our code runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from glacia_ui.services.generations import PROMPT_LIMIT

_LARGEST_INT = 2**31 - 1
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
"""Far from the ends of what a datetime can hold, so that adding to one cannot fail."""


def _storable(value: str) -> str:
    """Postgres takes neither NUL nor half a surrogate pair."""
    if "\x00" in value or (not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value)):
        raise PydanticCustomError("text_unreadable", "cannot be stored")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("prompt_empty", "is empty")
    return value


def _in_utc(value: datetime) -> datetime:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise PydanticCustomError("less_than", "is out of range")
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


Text = Annotated[str, AfterValidator(_storable)]
Prompt = Annotated[Text, Field(max_length=PROMPT_LIMIT), AfterValidator(_not_blank)]
FilePath = Annotated[Text, Field(min_length=1, max_length=500)]
SnapshotNumber = Annotated[int, Field(ge=0, le=_LARGEST_INT)]
EventNumber = Annotated[int, Field(ge=0, le=_LARGEST_INT)]
Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""Without a time zone it is UTC."""

AtSnapshot = Annotated[SnapshotNumber | None, Query(description="A version; the newest one if left out.")]


class Body(BaseModel):
    """A JSON object. What does not belong is refused: a misspelt field must not be passed over in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
