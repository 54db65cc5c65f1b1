"""Who is it? The questions every identity provider answers, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from glacia_ui.core.models import RateWindow, User
from glacia_ui.db.transport import Caller

LinkKind = Literal["signup", "invite", "magiclink", "recovery", "email_change", "email"]
"""What a link in a mail is for, as GoTrue's mail templates write it (`type=`)."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. `access_token` is the only copy: the database keeps a hash of it."""

    user: User
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Offers:
    """Which ways in a page may show. What is not offered raises PermissionDeniedError (`not_offered`)."""

    sign_up: bool = True
    guests: bool = False
    """One click, without address and password."""
    mail_links: bool = False
    """A sign-in link, or a link to a new password, by mail."""
    providers: tuple[str, ...] = ()
    """Other places that vouch for somebody: "github", "google"."""


@dataclass(frozen=True, slots=True)
class MailSent:
    """A link is on its way to `email`. `flow` must come back with it, from the same browser."""

    email: str
    flow: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and the `flow` that it must bring back from there."""

    url: str
    flow: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admission:
    """A session that was checked. Database calls are made as `caller`; `rate` is None when it was not counted."""

    user: User
    caller: Caller
    rate: RateWindow | None


class Identity(Protocol):
    """Signs people in and out, and says who a token belongs to. `address` is where the request comes from.

    Every way in raises RateLimitedError after too many tries, and PermissionDeniedError (`not_offered`) where `offers`
    does not name it. Nobody can learn from an answer of `sign_in`, `send_…` or `verify_link` who has an account.
    """

    @property
    def session_seconds(self) -> int:
        """How long a session lasts, for the cookie."""
        ...

    @property
    def offers(self) -> Offers:
        """The ways in besides e-mail and password."""
        ...

    async def sign_up(self, email: str, password: str, address: str) -> SignedIn | MailSent:
        """A new account: signed in, or waiting for its address to be confirmed. Raises ValidationError, ConflictError.

        ConflictError (`email_taken`) comes only from a provider that signs in at once; one that sends a mail tells the
        owner of the address, and nobody else.
        """
        ...

    async def sign_in(self, email: str, password: str, address: str) -> SignedIn:
        """Raises AuthenticationError: `wrong_password`, for an unknown address too; `email_unconfirmed`."""
        ...

    async def guest(self, address: str) -> SignedIn:
        """A new account without address and password."""
        ...

    async def sign_out(self, access_token: str) -> None:
        """End the session; one that has ended already is fine."""
        ...

    async def sign_out_everywhere(self, access_token: str) -> None:
        """End every session of this session's user. One that has ended already ends nothing."""
        ...

    async def admit(self, access_token: str, address: str, *, is_counted: bool) -> Admission:
        """Whose session this is, in one call. Raises AuthenticationError, and RateLimitedError when it was counted."""
        ...

    async def send_sign_in_link(self, email: str, address: str) -> MailSent:
        """Mail a link that signs in. Raises ValidationError. The answer is the same for an address without account."""
        ...

    async def send_password_link(self, email: str, address: str) -> MailSent:
        """Mail a link that signs in, so that a new password can be set. The answer is the same without account."""
        ...

    async def start_oauth(self, provider: str, address: str) -> Departure:
        """Where a provider of `offers` asks the person who they are."""
        ...

    async def finish_flow(self, code: str, flow: str, address: str) -> SignedIn:
        """The way back of `Departure` or `MailSent`. Raises AuthenticationError (`link_expired`)."""
        ...

    async def verify_link(self, token_hash: str, kind: LinkKind, address: str) -> SignedIn:
        """A link that works in any browser. Raises AuthenticationError (`link_expired`)."""
        ...

    async def set_new_password(self, access_token: str, password: str) -> None:
        """Of the signed-in user, whose other sessions end. Raises AuthenticationError and ValidationError."""
        ...
