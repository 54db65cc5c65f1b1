"""Logs: JSON lines on stderr and in files, five of 5 MB for each process.

Everything goes through loguru; the standard library's loggers are redirected into it. Ids come from
`logger.contextualize(request_id=…, user_id=…, project_id=…, generation_id=…)`, which follows asyncio tasks.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from loguru import logger

from glacia_ui.core.models import Generation, Usage
from glacia_ui.telemetry.lines import json_line
from glacia_ui.telemetry.redact import Redactor

if TYPE_CHECKING:
    from loguru import Record

FILE_SIZE = 5_000_000
ROTATED_FILES = 4
"""loguru counts these beside the one that is being written: five in all."""

QUIET = (
    "asyncio", "httpcore", "httpcore2", "httpx", "httpx2", "multipart", "PIL", "python_multipart",
    "uvicorn", "uvicorn.access", "uvicorn.error",
)  # fmt: skip
"""Loggers that repeat, line by line, what we log once ourselves. Their warnings stay."""


@dataclass(frozen=True, slots=True)
class Logs:
    """Where this process writes. The place is kept until `close` or until the process ends, however it ends."""

    path: Path | None
    """None when the folder cannot be written to; then lines go to stderr only."""
    lock: int | None

    def close(self) -> None:
        """Stop logging and give the file's name free."""
        logger.remove()
        if self.lock is not None:
            os.close(self.lock)


def configure_logs(folder: Path, *, level: str = "INFO", secrets: Iterable[str] = ()) -> Logs:
    """Send every line to stderr and to `folder`. `secrets` are masked by value. To be called once, at start."""
    redactor = Redactor(tuple(secrets))

    def add_line(record: Record) -> None:
        record["extra"]["_line"] = json_line(record, redactor)

    logger.remove()
    logger.configure(patcher=add_line)
    logger.add(sys.stderr, level=level, format=_line, backtrace=False, diagnose=False)
    _redirect_standard_library()
    try:
        path, lock = _own_file(folder)
    except OSError as error:
        logger.warning("logs cannot be written to {}: {}", folder, error.strerror)
        return Logs(None, None)
    logger.add(
        path,
        level=level,
        format=_line,
        rotation=FILE_SIZE,
        retention=ROTATED_FILES,
        encoding="utf-8",
        backtrace=False,
        diagnose=False,
        opener=lambda file, flags: os.open(file, flags, 0o600),
    )
    return Logs(path, lock)


def log_generation(generation: Generation, user_id: UUID) -> None:
    """The one line about a generation that has ended: whose, how it went, how long it took, what it used."""
    usage = generation.usage or Usage()
    logger.bind(
        user_id=user_id,
        project_id=generation.project_id,
        generation_id=generation.id,
        status=generation.status,
        outcome=generation.outcome,
        error_code=generation.error_code,
        is_returned=generation.is_returned,
        duration_ms=generation.duration_ms,
        tokens=usage.input_tokens + usage.output_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
        **{name: value for name, value in usage.model_dump().items() if name.endswith("_tokens")},
        cost_usd=usage.cost_usd,
        is_simulated=usage.is_simulated,
        model=generation.model,
        attempts=generation.attempts,
    ).info("generation ended")


def _line(_: Record) -> str:
    """The line was made by the patcher; loguru only places it, so braces in it mean nothing."""
    return "{extra[_line]}\n"


def _own_file(folder: Path) -> tuple[Path, int]:
    """`glacia.log`, or `glacia-2.log` … while other processes write to the same folder. Raises OSError.

    Rotation is not safe between processes, so each holds a file of its own by a lock that ends with it; a name is
    used again by the next process, so files do not pile up.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = 1
    while True:
        path = folder / ("glacia.log" if number == 1 else f"glacia-{number}.log")
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            number += 1
        else:
            return path, lock


class _Redirect(logging.Handler):
    """Passes the standard library's records to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        logger.bind(_logger=record.name).opt(exception=record.exc_info).log(level, record.getMessage())


def _redirect_standard_library() -> None:
    """Every logger below the root; those that could print prompts or repeat our own lines are kept quiet."""
    logging.basicConfig(handlers=[_Redirect()], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("anthropic").setLevel(logging.INFO)  # its DEBUG prints prompts
    for name in ("uvicorn", "uvicorn.error", "gradio", "fastapi"):
        target = logging.getLogger(name)
        target.handlers.clear()
        target.propagate = True
