"""The one door to the database: every operation is one SQL function, called as an RPC by somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

Json = Any
"""What `json.loads` can return. Domain modules validate it into models at once."""


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a function runs. `claims` are a verified token's; `token` is that token, for PostgREST."""

    role: Literal["anon", "authenticated", "service_role"]
    claims: Mapping[str, Any] = field(default_factory=dict)
    token: str | None = field(default=None, repr=False)

    @classmethod
    def user(cls, user_id: UUID, *, token: str | None = None, **claims: Any) -> Caller:
        """A signed-in user, whose identity has been verified already."""
        return cls("authenticated", {"sub": str(user_id), "role": "authenticated", **claims}, token)


ANONYMOUS = Caller("anon", {"role": "anon"})
SERVER = Caller("service_role", {"role": "service_role"})
"""The server itself. It bypasses RLS, so functions granted to it check the generation's id and its lease."""


class Transport(Protocol):
    """How calls travel: `postgres.py` speaks to Postgres directly, `supabase.py` through PostgREST."""

    async def rpc(self, function: str, args: Mapping[str, Json], caller: Caller) -> Json:
        """Call `public.<function>` with named arguments and return its jsonb, parsed.

        Raises NotFoundError, ValidationError, ConflictError, PermissionDeniedError, UnavailableError or AppError,
        mapped from the SQLSTATE in `db/errors.py`. Expected refusals are values (`{"ok": false, …}`), not errors.
        """
        ...

    async def close(self) -> None:
        """Release every connection."""
        ...
