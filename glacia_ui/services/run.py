"""One generation, from claim to end: read the conversation, let the model work on a staged copy, store the end.

There is exactly one end, and it is one SQL function: `finish_generation` saves files, message and usage and settles,
`fail_generation` gives back what the rules give back. Whatever stops us before, an end is stored; where even that is
impossible, the lease runs out and the sweep of any process does it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from loguru import logger
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from glacia_ui.claude.client import Claude
from glacia_ui.core.agent import ModelResult
from glacia_ui.core.events import Event
from glacia_ui.core.models import AttachmentContent, ClaimedGeneration, Generation, Outcome, Usage
from glacia_ui.core.outcomes import FAILURES, LEAVES_DRAFT
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.staging import Staging
from glacia_ui.core.texts import text
from glacia_ui.db.generations import Generations
from glacia_ui.errors import AppError, ConflictError, ExternalAPIError, UnavailableError
from glacia_ui.services.running import Running
from glacia_ui.telemetry.logs import log_generation
from glacia_ui.telemetry.metrics import Metrics

STORE_SECONDS = 25
"""How long to try to store an end while the database is away: a little less than a lease."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a generation ends, and what there is to keep of it."""

    outcome: Outcome
    result: ModelResult | None = None
    code: str | None = None
    """For a failure: a key of the texts `failures`."""
    params: Mapping[str, object] = field(default_factory=dict)
    """What fills that text in."""
    retry_after: int | None = None


class Run:
    """Runs claimed generations. Holds no state between them."""

    def __init__(self, generations: Generations, claude: Claude, metrics: Metrics) -> None:
        self._generations = generations
        self._claude = claude
        self._metrics = metrics

    async def __call__(self, running: Running) -> None:
        """Raises AppError when no end could be stored."""
        ending = await self._work_safely(running)
        if ending is None:
            return
        running.is_ending = True
        await _uninterrupted(self._store(running, ending))

    async def _work_safely(self, running: Running) -> Ending | None:
        """None when the lease is lost: then the end is not ours to store."""
        try:
            return await self._work(running)
        except asyncio.CancelledError:
            return None if running.is_lease_lost else Ending(_stopped(running))
        except AppError as error:
            logger.error("generation failed: {} {}", error.code, error)
        except Exception as error:  # noqa: BLE001 - the edge of the task: an error of ours must not cost a generation
            logger.opt(exception=error).error("generation failed")
        return Ending("internal_error")

    async def _work(self, running: Running) -> Ending | None:
        claimed = running.claimed
        start = await self._generations.list_conversation(claimed.id, claimed.lease_token)
        request = ModelRequest(
            claimed.prompt,
            claimed.model,
            start.files,
            start.history,
            mode=claimed.mode,
            locked=start.locked,
            attachments=await self._attachments(claimed),
        )
        async with self._claude.run(request, Staging(start.files, locked=start.locked)) as model:
            try:
                async for kind, data in model:
                    running.outbox.add(kind, data)
            except ExternalAPIError as error:
                return Ending(FAILURES[error.code].outcome, model.result(), error.code, retry_after=error.retry_after)
            except asyncio.CancelledError:
                return None if running.is_lease_lost else Ending(_stopped(running), model.result())
            result = model.result()
        params = {"path": result.met_lock} if result.met_lock else {}
        return Ending(result.outcome or "internal_error", result, result.code, params)

    async def _attachments(self, claimed: ClaimedGeneration) -> list[AttachmentContent]:
        if not claimed.has_attachments:
            return []
        return await self._generations.list_attachments(claimed.id, claimed.lease_token)

    async def _store(self, running: Running, ending: Ending) -> None:
        """Store the end, then let followers see it."""
        running.outbox.add("status", {"phase": "saving"})
        try:
            last, generation = await self._store_once(running, ending)
        except ConflictError as error:
            logger.warning("generation ended elsewhere: {}", error.code)
            running.feed.disown()
            return
        running.feed.publish([last])
        running.feed.release()
        self._metrics.generation_ended(generation)
        log_generation(generation, running.claimed.user_id)

    async def _store_once(self, running: Running, ending: Ending) -> tuple[Event, Generation]:
        if ending.outcome in ("committed", "answered") and ending.result is not None:
            try:
                return await self._finish(running, ending.outcome, ending.result)
            except UnavailableError:
                raise
            except ConflictError as error:
                if error.code != "file_locked":
                    raise
                # Locked while it ran: the database has the last word, and took nothing.
                ending = Ending("edits_failed", ending.result, error.code, error.params)
            except AppError as error:
                logger.error("the result was not accepted: {} {}", error.code, error)
                ending = Ending("internal_error", ending.result)
        return await self._fail(running, ending)

    async def _finish(self, running: Running, outcome: Outcome, result: ModelResult) -> tuple[Event, Generation]:
        card = result.card.model_dump(mode="json") if result.card else None
        facts = {"outcome": outcome, "card": card, "mismatches": result.mismatches}
        last = running.outbox.last_event("done", facts)
        stored = {
            **_common(running, result, last),
            "outcome": outcome,
            "model": result.model,
            "changes": result.changes,
            "card": card,
            "mismatches": result.mismatches,
        }
        return await _patiently(
            lambda: self._generations.finish_generation(running.claimed.id, running.claimed.lease_token, stored)
        )

    async def _fail(self, running: Running, ending: Ending) -> tuple[Event, Generation]:
        code = ending.code or ending.outcome
        data: dict[str, Any] = {
            "outcome": ending.outcome,
            "code": code,
            "message": text(f"failures.{code}", **ending.params),
            **({"retry_after": ending.retry_after} if ending.retry_after else {}),
        }
        last = running.outbox.last_event("failed", data)
        stored = {**_common(running, ending.result, last), **data}
        if ending.outcome in LEAVES_DRAFT and ending.result and (draft := ending.result.draft):
            stored["draft"] = {"changes": draft.changes, "card": draft.card, "unfinished": draft.unfinished}
        return await _patiently(
            lambda: self._generations.fail_generation(running.claimed.id, running.claimed.lease_token, stored)
        )


def _common(running: Running, result: ModelResult | None, last: Event) -> dict[str, Any]:
    usage = result.usage if result else Usage()
    return {
        "text": result.text if result else "",
        "thinking": result.thinking if result else "",
        "usage": usage.model_dump(mode="json") | {"first_prompt_tokens": result.first_prompt_tokens if result else 0},
        "attempts": result.attempts if result else 0,
        "events": [*running.unstored, last],
        "reserved_until": last.seq,
    }


def _stopped(running: Running) -> Outcome:
    """What a cancelled task means: the user's Stop, or else this process is ending."""
    if not running.is_stop_requested:
        return "interrupted"
    return "stopped" if running.has_visible else "stopped_early"


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Try again while the database is away: a finished result must not be lost to a restart of Postgres."""
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(UnavailableError),
        stop=stop_after_delay(STORE_SECONDS),
        wait=wait_fixed(0.5),
        reraise=True,
    ):
        with attempt:
            return await call()
    raise AssertionError("unreachable")


async def _uninterrupted(work: Awaitable[T]) -> T:
    """Wait for it through any number of cancels: a second Stop must not kill the refund half-way."""
    task = asyncio.ensure_future(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise
    return task.result()
