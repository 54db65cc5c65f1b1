"""What previews of a snapshot have shown. One method per SQL function."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from glacia_ui.core.health import PreviewError, SnapshotHealth
from glacia_ui.db.transport import Caller, Transport


class SnapshotHealths:
    """About a caller's own snapshots; others raise NotFoundError (`project_not_found`, `snapshot_not_found`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def note_health(
        self, caller: Caller, project_id: UUID, snapshot: int, errors: Sequence[PreviewError]
    ) -> SnapshotHealth:
        """Add these errors to what is known; none says that somebody looked and saw none. Returns what is known then.

        Raises NotFoundError, ValidationError.
        """
        args = {
            "p_project_id": project_id,
            "p_snapshot": snapshot,
            "p_errors": [error.model_dump(mode="json") for error in errors],
        }
        return SnapshotHealth.model_validate((await self._transport.rpc("note_health", args, caller))["health"])

    async def get_health(self, caller: Caller, project_id: UUID, snapshot: int) -> SnapshotHealth:
        """Raises NotFoundError."""
        args = {"p_project_id": project_id, "p_snapshot": snapshot}
        return SnapshotHealth.model_validate((await self._transport.rpc("get_health", args, caller))["health"])
