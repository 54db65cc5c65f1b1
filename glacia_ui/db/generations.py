"""Generations: begin, claim, run, end. One method per SQL function.

The first half is for users, about their own generations. The second half is for the server, which proves with a lease
that it runs what it writes about; without the lease those methods raise ConflictError (`lease_lost`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from glacia_ui.core.events import Event
from glacia_ui.core.history import History, Turn
from glacia_ui.core.models import (
    AttachmentContent,
    ChangeCard,
    ClaimedGeneration,
    Generation,
    GenerationDraft,
    Mode,
    Refusal,
    Snapshot,
)
from glacia_ui.core.prompt import Conversation
from glacia_ui.db.transport import SERVER, Caller, Json, Transport


class Generations:
    """Somebody else's generation or project raises NotFoundError, as one that does not exist."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def begin_generation(
        self,
        caller: Caller,
        project_id: UUID,
        prompt: str,
        *,
        model: str,
        mode: Mode = "build",
        idempotency_key: str | None = None,
        is_simulated: bool = False,
        attachments: Sequence[UUID] = (),
    ) -> Generation | Refusal:
        """A new generation at the end of the project's queue, or the one that this key began, or why not.

        After a refusal by window or quota the prompt is the project's draft. Raises NotFoundError, ValidationError.
        """
        args = {
            "p_project_id": project_id,
            "p_prompt": prompt,
            "p_model": model,
            "p_mode": mode,
            "p_attachments": list(attachments),
            "p_idempotency_key": idempotency_key,
            "p_is_simulated": is_simulated,
        }
        answer = dict(await self._transport.rpc("begin_generation", args, caller))
        if answer.pop("ok"):
            return Generation.model_validate(answer["generation"])
        return Refusal.model_validate(answer)

    async def begin_fix(
        self,
        caller: Caller,
        project_id: UUID,
        snapshot: int,
        prompt: str,
        *,
        model: str,
        idempotency_key: str | None = None,
        is_simulated: bool = False,
    ) -> Generation | Refusal:
        """As `begin_generation`, to fix the errors of the newest snapshot; also refused when that was tried before.

        Raises NotFoundError, ValidationError, ConflictError (`stale_snapshot`, `generation_running`, `nothing_to_fix`).
        """
        args = {
            "p_project_id": project_id,
            "p_snapshot": snapshot,
            "p_prompt": prompt,
            "p_model": model,
            "p_idempotency_key": idempotency_key,
            "p_is_simulated": is_simulated,
        }
        answer = dict(await self._transport.rpc("begin_fix", args, caller))
        if answer.pop("ok"):
            return Generation.model_validate(answer["generation"])
        return Refusal.model_validate(answer)

    async def get_generation(self, caller: Caller, generation_id: UUID) -> Generation:
        """Raises NotFoundError."""
        return await self._one("get_generation", generation_id, caller)

    async def get_replay(self, caller: Caller, generation_id: UUID) -> tuple[Generation, list[Event]]:
        """(it as it ended, all of its events). Raises NotFoundError, ConflictError (`generation_running`)."""
        answer = await self._transport.rpc("get_replay", {"p_generation_id": generation_id}, caller)
        events = [Event.model_validate(event) for event in answer["events"]]
        return Generation.model_validate(answer["generation"]), events

    async def change_queued(
        self, caller: Caller, generation_id: UUID, *, prompt: str | None = None, position: int | None = None
    ) -> Generation:
        """Another text, another place in the queue (from 1), or both; None leaves a thing as it is.

        Raises NotFoundError, ValidationError, and ConflictError (`already_started`) when it has left the queue.
        """
        args = {"p_generation_id": generation_id, "p_prompt": prompt, "p_position": position}
        answer = await self._transport.rpc("change_queued", args, caller)
        return Generation.model_validate(answer["generation"])

    async def cancel_generation(self, caller: Caller, generation_id: UUID) -> Generation:
        """Drop it from the queue, or ask its process to stop it; an ended one stays. Raises NotFoundError."""
        return await self._one("cancel_generation", generation_id, caller)

    async def continue_queue(self, caller: Caller, project_id: UUID) -> None:
        """Let the queue go on after a failure. Raises NotFoundError."""
        await self._transport.rpc("continue_queue", {"p_project_id": project_id}, caller)

    async def list_generation_drafts(self, caller: Caller, project_id: UUID) -> list[GenerationDraft]:
        """What is left of requests that ended on their way, newest first. Raises NotFoundError."""
        answer = await self._transport.rpc("list_generation_drafts", {"p_project_id": project_id}, caller)
        return [GenerationDraft.model_validate(row) for row in answer["drafts"]]

    async def keep_generation_draft(self, caller: Caller, generation_id: UUID) -> Snapshot:
        """Make it the next snapshot; again, it is the same one.

        Raises NotFoundError (`generation_not_found`, `draft_not_found`), ConflictError (`generation_running`,
        `stale_draft`, `file_locked` with params path), ValidationError for files that the project cannot take.
        """
        answer = await self._transport.rpc("keep_generation_draft", {"p_generation_id": generation_id}, caller)
        return Snapshot.model_validate(answer["snapshot"])

    async def discard_generation_draft(self, caller: Caller, generation_id: UUID) -> None:
        """Forget it. Raises NotFoundError, ConflictError (`draft_kept`)."""
        await self._transport.rpc("discard_generation_draft", {"p_generation_id": generation_id}, caller)

    async def claim_generations(
        self, process_id: UUID, limit: int, project_id: UUID | None = None
    ) -> list[ClaimedGeneration]:
        """Take at most `limit` that may run now, of one project or of all, under leases of 30 s."""
        args = {"p_process_id": process_id, "p_max": limit, "p_project_id": project_id}
        answer = await self._transport.rpc("claim_generations", args, SERVER)
        return [ClaimedGeneration.model_validate(row) for row in answer["generations"]]

    async def append_events(self, batches: Sequence[Mapping[str, Any]]) -> set[UUID]:
        """Store `{generation_id, lease_token, events: list[Event], reserved_until}` each; whose lease is lost.

        Storing an event twice changes nothing.
        """
        rows = [{**batch, "events": [event.model_dump() for event in batch["events"]]} for batch in batches]
        answer = await self._transport.rpc("append_events", {"p_batches": rows}, SERVER)
        return _ids(answer["lost"])

    async def extend_leases(self, leases: Sequence[Mapping[str, UUID]]) -> tuple[set[UUID], set[UUID]]:
        """Keep `{generation_id, lease_token}` each for another 30 s. (lost ones, those to be stopped)."""
        answer = await self._transport.rpc("extend_leases", {"p_leases": [dict(lease) for lease in leases]}, SERVER)
        return _ids(answer["lost"]), _ids(answer["cancelled"])

    async def find_cancelled(self, generation_ids: Sequence[UUID]) -> set[UUID]:
        """Those that run and that their users want to stop."""
        args = {"p_generation_ids": list(generation_ids)}
        return _ids((await self._transport.rpc("find_cancelled", args, SERVER))["cancelled"])

    async def list_conversation(self, generation_id: UUID, lease_token: UUID) -> Conversation:
        """Earlier turns that were answered, with their cards; the files it starts from, and which are locked."""
        args = {"p_generation_id": generation_id, "p_lease_token": lease_token}
        return conversation(await self._transport.rpc("list_conversation", args, SERVER))

    async def list_attachments(self, generation_id: UUID, lease_token: UUID) -> list[AttachmentContent]:
        """What goes with its prompt, with content, in order."""
        args = {"p_generation_id": generation_id, "p_lease_token": lease_token}
        answer = await self._transport.rpc("list_attachments", args, SERVER)
        return [AttachmentContent.model_validate(row) for row in answer["attachments"]]

    async def finish_generation(
        self, generation_id: UUID, lease_token: UUID, result: Mapping[str, Json]
    ) -> tuple[Event, Generation]:
        """Store what it produced and settle its quota, in one transaction. (the last event as stored, it as ended).

        `result`: outcome (committed | answered), text, thinking, model, changes [{path, content | None, old_path?}],
        card, usage, attempts, and events, the last one `done`; models are given as they are. Raises ValidationError
        for files that the project cannot take, ConflictError (`file_locked`, params path). A repeated call under the
        same lease gives the same answer.
        """
        return await self._end("finish_generation", generation_id, lease_token, result)

    async def fail_generation(
        self, generation_id: UUID, lease_token: UUID, result: Mapping[str, Json]
    ) -> tuple[Event, Generation]:
        """End it without a result; quota and slot come back by the rule of its outcome. Returns as `finish`.

        `result`: outcome, code, message, text, thinking, usage, attempts, and events, the last one `failed`. With
        an outcome of `LEAVES_DRAFT` perhaps a draft {changes, card, unfinished}, to be kept beside it.
        """
        return await self._end("fail_generation", generation_id, lease_token, result)

    async def sweep_stale_generations(self) -> list[Generation]:
        """End and refund those whose process is gone."""
        answer = await self._transport.rpc("sweep_stale_generations", {}, SERVER)
        return [Generation.model_validate(row["generation"]) for row in answer["swept"]]

    async def events_since(self, cursors: Mapping[UUID, int]) -> dict[UUID, list[Event]]:
        """The events of each generation above a number. The caller has checked whose they are."""
        rows = [{"generation_id": generation_id, "after": after} for generation_id, after in cursors.items()]
        answer = await self._transport.rpc("events_since", {"p_cursors": rows}, SERVER)
        return {UUID(row["id"]): [Event.model_validate(e) for e in row["events"]] for row in answer["generations"]}

    async def _one(self, function: str, generation_id: UUID, caller: Caller) -> Generation:
        answer = await self._transport.rpc(function, {"p_generation_id": generation_id}, caller)
        return Generation.model_validate(answer["generation"])

    async def _end(
        self, function: str, generation_id: UUID, lease_token: UUID, result: Mapping[str, Json]
    ) -> tuple[Event, Generation]:
        args = {"p_generation_id": generation_id, "p_lease_token": lease_token, "p_result": _plain(result)}
        answer = await self._transport.rpc(function, args, SERVER)
        last = answer["done"] if "done" in answer else answer["failed"]
        return Event.model_validate(last), Generation.model_validate(answer["generation"])


def conversation(answer: Mapping[str, Any]) -> Conversation:
    """What the model is told beside the prompt. An answer without `locks` does not tell which files are locked."""
    return Conversation(
        history=History([_turn(row) for row in answer["turns"]], answer["omitted"]),
        files={row["path"]: row["content"] for row in answer["files"]},
        locked=frozenset(row["path"] for row in answer.get("locks", ())),
    )


def _plain(value: Any) -> Json:
    """Models inside a result as JSON."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _turn(row: Mapping[str, Any]) -> Turn:
    return Turn(**{**row, "card": ChangeCard.model_validate(row["card"]) if row["card"] else None})


def _ids(values: Sequence[str]) -> set[UUID]:
    return {UUID(value) for value in values}
