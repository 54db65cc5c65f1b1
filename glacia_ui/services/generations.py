"""What a user can do with generations: begin one, follow it, stop it, let the queue go on.

The rules (whose project, windows, quota, idempotency) are in SQL; here their answers become errors that say what to do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from uuid import UUID

from glacia_ui.core.events import Event
from glacia_ui.core.models import Generation, GenerationDraft, Mode, Refusal, Snapshot
from glacia_ui.core.replay import Replay, make_replay
from glacia_ui.db.generations import Generations as GenerationRows
from glacia_ui.db.transport import Caller
from glacia_ui.errors import AppError, ConflictError, QuotaExceededError, RateLimitedError, ValidationError
from glacia_ui.services.feeds import Feeds
from glacia_ui.services.runner import Runner

PROMPT_LIMIT = 100_000
"""Characters (code points) of one prompt; SQL holds the same rule."""


class Generations:
    """Generations as their owner sees them."""

    def __init__(
        self, rows: GenerationRows, feeds: Feeds, runner: Runner, *, default_model: str, models: frozenset[str],
        is_simulated: bool,
    ) -> None:  # fmt: skip
        """`models` are those a user may ask for; `is_simulated` marks usage that nobody has to pay."""
        self._rows = rows
        self._feeds = feeds
        self._runner = runner
        self._default_model = default_model
        self._models = models
        self._is_simulated = is_simulated

    async def begin(
        self,
        caller: Caller,
        project_id: UUID,
        prompt: str,
        *,
        idempotency_key: str | None = None,
        model: str | None = None,
        mode: Mode = "build",
        attachments: Sequence[UUID] = (),
    ) -> Generation:
        """Reserve one generation and start it, or queue it behind the one that runs.

        Raises NotFoundError, ValidationError, ConflictError (the key was used for something else), and
        RateLimitedError or QuotaExceededError, after which the prompt is kept as the project's draft.
        """
        check_prompt(prompt)
        answer = await self._rows.begin_generation(
            caller,
            project_id,
            prompt,
            model=self._allowed(model),
            mode=mode,
            idempotency_key=idempotency_key,
            is_simulated=self._is_simulated,
            attachments=attachments,
        )
        return await self._started(caller, project_id, answer)

    async def begin_fix(
        self,
        caller: Caller,
        project_id: UUID,
        snapshot: int,
        prompt: str,
        *,
        idempotency_key: str | None = None,
        model: str | None = None,
    ) -> Generation:
        """As `begin`, with a prompt that names the errors of the newest version.

        Raises what `begin` does, and ConflictError: `fix_loop` (with `last_working`), `nothing_to_fix`,
        `stale_snapshot`, `generation_running`.
        """
        answer = await self._rows.begin_fix(
            caller,
            project_id,
            snapshot,
            prompt,
            model=self._allowed(model),
            idempotency_key=idempotency_key,
            is_simulated=self._is_simulated,
        )
        return await self._started(caller, project_id, answer)

    async def get(self, caller: Caller, generation_id: UUID) -> Generation:
        """Raises NotFoundError."""
        return await self._rows.get_generation(caller, generation_id)

    async def change(
        self, caller: Caller, generation_id: UUID, *, prompt: str | None = None, position: int | None = None
    ) -> Generation:
        """Give one that waits another text, another place in its queue (from 1), or both.

        Raises NotFoundError, ValidationError, and ConflictError (`already_started`) for one that waits no more.
        """
        return await self._rows.change_queued(caller, generation_id, prompt=prompt, position=position)

    async def cancel(self, caller: Caller, generation_id: UUID) -> Generation:
        """Stop it, or take it out of the queue. What has ended stays as it is. Raises NotFoundError."""
        generation = await self._rows.cancel_generation(caller, generation_id)
        if generation.status == "running":
            self._runner.stop(generation_id)
        return generation

    async def continue_queue(self, caller: Caller, project_id: UUID) -> None:
        """Go on with what waits behind a generation that failed. Raises NotFoundError."""
        await self._rows.continue_queue(caller, project_id)
        await self._runner.wake(project_id)

    async def drafts(self, caller: Caller, project_id: UUID) -> list[GenerationDraft]:
        """What is left of requests that ended on their way, newest first, until it is kept or discarded."""
        return await self._rows.list_generation_drafts(caller, project_id)

    async def keep_draft(self, caller: Caller, generation_id: UUID) -> Snapshot:
        """Make it a version, at no further cost. Raises NotFoundError, and ConflictError when it no longer fits."""
        return await self._rows.keep_generation_draft(caller, generation_id)

    async def discard_draft(self, caller: Caller, generation_id: UUID) -> None:
        """Forget it. Raises NotFoundError, and ConflictError when it was kept."""
        await self._rows.discard_generation_draft(caller, generation_id)

    def drain(self) -> None:
        """Start nothing more here, because the process is about to stop: requests stay queued for another one."""
        self._runner.drain()

    async def follow(self, caller: Caller, generation_id: UUID, after: int = 0) -> AsyncIterator[Event] | None:
        """Its events above number `after`, live, up to the last one; None when there is nothing more to come.

        Raises NotFoundError.
        """
        generation = await self._rows.get_generation(caller, generation_id)
        if generation.finished_at is not None and after >= generation.last_seq:
            return None
        return self._feeds.follow(generation_id, after)

    def _allowed(self, model: str | None) -> str:
        """The default for None. Raises ValidationError for one that users may not ask for."""
        check_model(model, self._models)
        return model or self._default_model

    async def _started(self, caller: Caller, project_id: UUID, answer: Generation | Refusal) -> Generation:
        """It as it is once a runner knows of it. Raises what a refusal means."""
        if isinstance(answer, Refusal):
            raise _refused(answer)
        if answer.status == "queued" and await self._runner.wake(project_id):
            return await self._rows.get_generation(caller, answer.id)
        return answer

    async def replay(self, caller: Caller, generation_id: UUID) -> Replay:
        """All that happened in one that has ended, with times. Needs no model, no slot and no quota.

        Raises NotFoundError, and ConflictError (`generation_running`) before its end.
        """
        return make_replay(*await self._rows.get_replay(caller, generation_id))


def check_prompt(prompt: str) -> None:
    """Raises ValidationError for one that is empty or too long."""
    if not prompt.strip() or len(prompt) > PROMPT_LIMIT:
        raise ValidationError(code="invalid_prompt", params={"limit": PROMPT_LIMIT})


def check_model(model: str | None, models: Collection[str]) -> None:
    """Raises ValidationError for one that nobody may ask for; None stands for the default."""
    if model is not None and model not in models:
        raise ValidationError(code="unknown_model", params={"models": ", ".join(sorted(models))})


def _refused(refusal: Refusal) -> AppError:
    if refusal.reason == "idempotency_conflict":
        return ConflictError(code="idempotency_conflict")
    if refusal.reason == "fix_loop":
        return ConflictError(code="fix_loop", params={"last_working": refusal.last_working})
    if refusal.reason == "quota_exhausted":
        return QuotaExceededError(params={"limit": refusal.limit, "resets_at": refusal.resets_at})
    return RateLimitedError(
        params={"policy": "generation", "limit": refusal.limit, "window_seconds": refusal.window_seconds},
        retry_after=refusal.retry_after,
    )
