"""Files of a project's snapshots, to read and to lock. They are written by `finish_generation` and the like. One method
per SQL function.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from glacia_ui.core.models import File, FileInfo, FileLock
from glacia_ui.db.transport import SERVER, Caller, Transport


class Files:
    """Files of a caller's own projects. `snapshot` None is the newest one, 0 the empty start.

    Every method raises NotFoundError (`project_not_found`, `snapshot_not_found`).
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list_files(
        self, caller: Caller, project_id: UUID, snapshot: int | None = None
    ) -> tuple[int, list[FileInfo]]:
        """(number of the snapshot, its files in path order)."""
        args = {"p_project_id": project_id, "p_snapshot": snapshot}
        answer = await self._transport.rpc("list_files", args, caller)
        return answer["snapshot"], [FileInfo.model_validate(row) for row in answer["files"]]

    async def get_snapshot_files(
        self, caller: Caller, project_id: UUID, snapshot: int | None = None
    ) -> tuple[int, list[File]]:
        """(number of the snapshot, its files with their contents in path order)."""
        args = {"p_project_id": project_id, "p_snapshot": snapshot}
        answer = await self._transport.rpc("get_snapshot_files", args, caller)
        return answer["snapshot"], [File.model_validate(row) for row in answer["files"]]

    async def open_preview(self, user_id: UUID, project_id: UUID, snapshot: int) -> list[File]:
        """The files of one snapshot for the holder of a preview link, which the caller has verified."""
        args = {"p_project_id": project_id, "p_user_id": user_id, "p_snapshot": snapshot}
        answer = await self._transport.rpc("open_preview", args, SERVER)
        return [File.model_validate(row) for row in answer["files"]]

    async def get_file(self, caller: Caller, project_id: UUID, path: str, snapshot: int | None = None) -> File:
        """One file with its content. Raises NotFoundError (`file_not_found`) too."""
        args = {"p_project_id": project_id, "p_path": path, "p_snapshot": snapshot}
        return File.model_validate((await self._transport.rpc("get_file", args, caller))["file"])

    async def list_file_locks(self, caller: Caller, project_id: UUID) -> list[FileLock]:
        """What nobody may change, in path order."""
        return _locks(await self._transport.rpc("list_file_locks", {"p_project_id": project_id}, caller))

    async def set_file_lock(self, caller: Caller, project_id: UUID, path: str, *, is_locked: bool) -> list[FileLock]:
        """Lock a file of the newest snapshot, or unlock it; all locks after it. Raises NotFoundError, too."""
        args = {"p_project_id": project_id, "p_path": path, "p_is_locked": is_locked}
        return _locks(await self._transport.rpc("set_file_lock", args, caller))


def _locks(answer: Any) -> list[FileLock]:
    return [FileLock.model_validate(row) for row in answer["locks"]]
