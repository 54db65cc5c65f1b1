"""The health of versions, and "Fix this": asking Claude to repair what a preview has shown."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from glacia_ui.core.fix import fix_prompt
from glacia_ui.core.health import PreviewError, SnapshotHealth
from glacia_ui.core.models import Generation
from glacia_ui.db.snapshot_health import SnapshotHealths
from glacia_ui.db.transport import Caller
from glacia_ui.services.generations import Generations


class Fixes:
    """What a user can do about errors in previews. The rules, the loop breaker's among them, are in SQL."""

    def __init__(self, rows: SnapshotHealths, generations: Generations) -> None:
        self._rows = rows
        self._generations = generations

    async def note(
        self, caller: Caller, project_id: UUID, snapshot: int, errors: Sequence[PreviewError]
    ) -> SnapshotHealth:
        """What a preview has shown; nothing, if it was looked at and went well. Raises NotFoundError."""
        return await self._rows.note_health(caller, project_id, snapshot, errors)

    async def health(self, caller: Caller, project_id: UUID, snapshot: int) -> SnapshotHealth:
        """What is known of a version. Raises NotFoundError."""
        return await self._rows.get_health(caller, project_id, snapshot)

    async def begin(
        self,
        caller: Caller,
        project_id: UUID,
        snapshot: int,
        *,
        idempotency_key: str | None = None,
        model: str | None = None,
    ) -> Generation:
        """Ask Claude to fix the newest version: an ordinary generation, which counts as one.

        Raises what `Generations.begin` does, and ConflictError: `fix_loop` (with `last_working`) when that was tried
        and the same error is still there, `nothing_to_fix`, `stale_snapshot`, `generation_running`.
        """
        health = await self._rows.get_health(caller, project_id, snapshot)
        prompt = fix_prompt(snapshot, health.errors)
        return await self._generations.begin_fix(
            caller, project_id, snapshot, prompt, idempotency_key=idempotency_key, model=model
        )
