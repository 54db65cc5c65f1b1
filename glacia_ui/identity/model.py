"""Who is it? The questions every identity provider answers, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from glacia_ui.core.models import RateWindow, User
from glacia_ui.db.transport import Caller


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. `access_token` is the only copy: the database keeps a hash of it."""

    user: User
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admission:
    """A session that was checked. Database calls are made as `caller`; `rate` is None when it was not counted."""

    user: User
    caller: Caller
    rate: RateWindow | None


class Identity(Protocol):
    """Signs people in and out, and says who a token belongs to. `address` is where the request comes from."""

    @property
    def session_seconds(self) -> int:
        """How long a session lasts, for the cookie."""
        ...

    @property
    def allows_guests(self) -> bool:
        """Whether `guest` works, for the page that offers it."""
        ...

    async def sign_up(self, email: str, password: str, address: str) -> SignedIn:
        """A new account, signed in. Raises ValidationError, ConflictError (`email_taken`) and RateLimitedError."""
        ...

    async def sign_in(self, email: str, password: str, address: str) -> SignedIn:
        """Raises AuthenticationError (`wrong_password`, for an unknown address too) and RateLimitedError."""
        ...

    async def guest(self, address: str) -> SignedIn:
        """A new account without address and password. Raises PermissionDeniedError (`guests_off`), RateLimitedError."""
        ...

    async def sign_out(self, access_token: str) -> None:
        """End the session; one that has ended already is fine."""
        ...

    async def admit(self, access_token: str, address: str, *, is_counted: bool) -> Admission:
        """Whose session this is, in one call. Raises AuthenticationError, and RateLimitedError when it was counted."""
        ...
