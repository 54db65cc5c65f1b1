"""One log record as one JSON line.

Flat, so that `jq` and log collectors need no path: at, level, logger, message, then the ids and fields given to it. An
exception is told by its type, a short message and where it was raised, never by the values of variables.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loguru import Record

    from glacia_ui.telemetry.redact import Redactor

LONGEST_ERROR = 300
DEEPEST_TRACE = 30
"""Frames of an exception that are kept: the innermost ones."""


def json_line(record: Record, redactor: Redactor) -> str:
    """The record as JSON without line breaks. Fields cannot overwrite what every line has."""
    fields = {name: redactor.value(value, name) for name, value in record["extra"].items() if not name.startswith("_")}
    line: dict[str, Any] = {
        "at": record["time"].astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record["level"].name.lower(),
        "logger": record["extra"].get("_logger") or record["name"],
        "message": redactor.text(record["message"]),
    }
    exception = record["exception"]
    if exception is not None and exception.value is not None:
        line["error"] = _describe(exception.value, redactor)
    return json.dumps(line | fields | line, ensure_ascii=False, default=str)  # ours first, and ours win


def _describe(error: BaseException, redactor: Redactor) -> Mapping[str, object]:
    """What went wrong and where, with the error behind it."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST_TRACE:]
    described: dict[str, object] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."),
        "message": redactor.text(_message(error))[:LONGEST_ERROR],
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__
    if cause is not None:
        described["cause"] = _describe(cause, redactor)
    return described


def _message(error: BaseException) -> str:
    """The error's own words, without those that quote what a user sent.

    A database error keeps its values in DETAIL, below the first line; pydantic quotes the input in its text.
    """
    validation = getattr(error, "errors", None)
    if callable(validation) and hasattr(error, "error_count"):
        problems = validation(include_url=False, include_input=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['type']}" for p in problems)
    return str(error).partition("\n")[0]
