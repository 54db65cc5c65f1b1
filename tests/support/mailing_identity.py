"""Who is it, with a mailbox and another site to sign in at, for tests of the pages at the door.

Accounts and sessions are those of the embedded database. What a hosted project's sign-in would add is kept in memory
here, with the rules that the pages rely on: a code works once, and only with the flow that it was made for.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from glacia_ui.db.local_accounts import LocalAccounts
from glacia_ui.db.transport import Transport
from glacia_ui.errors import AppError, AuthenticationError
from glacia_ui.identity.local import LocalIdentity, checked_email
from glacia_ui.identity.model import Departure, LinkKind, MailSent, Offers, SignedIn

OFFERS = Offers(guests=True, mail_links=True, providers=("github", "google"))


@dataclass(frozen=True, slots=True)
class Mail:
    """What a link carries: `code` for the callback, `token_hash` for a link that works in any browser."""

    to: str
    code: str
    token_hash: str


@dataclass
class _Pending:
    email: str
    flow: str


class MailingIdentity(LocalIdentity):
    """`mails` is the mailbox; `refusal` is raised instead of sending; `site` is where OAuth leads."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, allows_guests=True)
        self._rows = LocalAccounts(transport)
        self._pending: dict[str, _Pending] = {}
        self._unconfirmed: set[str] = set()
        self.mails: list[Mail] = []
        self.refusal: AppError | None = None
        self.site = "https://provider.example"

    @property
    def offers(self) -> Offers:
        """Everything."""
        return OFFERS

    async def sign_up(self, email: str, password: str, address: str) -> SignedIn | MailSent:  # type: ignore[override]
        """A mail, whether or not the address is new."""
        email = checked_email(email)
        if await self._rows.find(email) is None:
            await self._rows.create(email, await self._passwords.hash(password))
            self._unconfirmed.add(email)
        return self._mail(email)

    async def sign_in(self, email: str, password: str, address: str) -> SignedIn:
        """As the embedded one, and not before the address is confirmed."""
        signed_in = await super().sign_in(email, password, address)
        if signed_in.user.email in self._unconfirmed:
            await self.sign_out(signed_in.access_token)
            raise AuthenticationError(code="email_unconfirmed")
        return signed_in

    async def send_sign_in_link(self, email: str, address: str) -> MailSent:
        """Into the mailbox."""
        return self._mail(checked_email(email))

    async def send_password_link(self, email: str, address: str) -> MailSent:
        """Into the mailbox."""
        return self._mail(checked_email(email))

    async def start_oauth(self, provider: str, address: str) -> Departure:
        """To `site`, which knows the code that it must bring back."""
        if self.refusal:
            raise self.refusal
        code, flow = secrets.token_urlsafe(), secrets.token_urlsafe()
        self._pending[code] = _Pending(f"{provider}@example.com", flow)
        return Departure(f"{self.site}/authorize?provider={provider}&code={code}", flow)

    async def finish_flow(self, code: str, flow: str, address: str) -> SignedIn:
        """Once, and only with its own flow."""
        pending = self._pending.get(code)
        if pending is None or pending.flow != flow:
            raise AuthenticationError(code="link_expired")
        return await self._finish(code)

    async def verify_link(self, token_hash: str, kind: LinkKind, address: str) -> SignedIn:
        """Once, from any browser."""
        if token_hash not in self._pending:
            raise AuthenticationError(code="link_expired")
        return await self._finish(token_hash)

    async def _finish(self, key: str) -> SignedIn:
        email = self._pending.pop(key).email
        account = await self._rows.find(email)
        self._unconfirmed.discard(email)
        return await self._open(account.id if account else await self._rows.create(email, "none"))

    def _mail(self, email: str) -> MailSent:
        if self.refusal:
            raise self.refusal
        sent, flow = Mail(email, secrets.token_urlsafe(), secrets.token_hex()), secrets.token_urlsafe()
        self._pending[sent.code] = self._pending[sent.token_hash] = _Pending(email, flow)
        self.mails.append(sent)
        return MailSent(email, flow)
