"""What a quote rests on. One SQL function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from glacia_ui.core.models import Attachment, AttachmentContent, Mode
from glacia_ui.core.prompt import Conversation
from glacia_ui.core.quote import PastResult
from glacia_ui.db.generations import conversation
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.errors import RateLimitedError


@dataclass(frozen=True, slots=True)
class QuoteBasis:
    """How the user's requests of this kind turned out, what is left, and what the model would be told now."""

    remaining: int
    is_empty: bool
    """The project has no version yet."""
    past: list[PastResult]
    start: Conversation
    texts: list[AttachmentContent]
    pictures: list[Attachment]
    """Without their content."""


class Quotes:
    """Somebody else's project raises NotFoundError, as one that does not exist."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get_quote_basis(
        self,
        caller: Caller,
        project_id: UUID,
        *,
        model: str,
        mode: Mode = "build",
        is_simulated: bool,
        attachments: Sequence[UUID] = (),
    ) -> QuoteBasis:
        """Raises NotFoundError, and RateLimitedError (policy `quote`) when too many were asked for."""
        args = {
            "p_project_id": project_id,
            "p_model": model,
            "p_mode": mode,
            "p_is_simulated": is_simulated,
            "p_attachments": list(attachments),
        }
        answer = await self._transport.rpc("get_quote_basis", args, caller)
        if not answer["ok"]:
            raise RateLimitedError(
                params={"policy": "quote", "limit": answer["limit"], "window_seconds": answer["window_seconds"]},
                retry_after=answer["retry_after"],
            )
        attached = answer["attachments"]
        return QuoteBasis(
            remaining=answer["remaining"],
            is_empty=answer["is_empty"],
            past=[PastResult.model_validate(row) for row in answer["results"]],
            start=conversation(answer),
            texts=[AttachmentContent.model_validate(row) for row in attached if row["kind"] == "text"],
            pictures=[Attachment.model_validate(row) for row in attached if row["kind"] == "image"],
        )
