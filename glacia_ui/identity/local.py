"""Accounts and sessions in the embedded database.

Nobody can learn from sign-in whether an address has an account: the answer and the work behind it are the same. Tries
are counted in SQL before a password is looked at, so that a right guess after too many wrong ones is refused as well.
"""

from __future__ import annotations

from uuid import UUID

from loguru import logger

from glacia_ui.db.limits import Limits
from glacia_ui.db.local_accounts import LocalAccounts
from glacia_ui.db.sessions import Sessions
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.errors import AuthenticationError, PermissionDeniedError
from glacia_ui.identity.addresses import checked_email, normal_email
from glacia_ui.identity.admins import Admins
from glacia_ui.identity.model import Admission, Departure, LinkKind, MailSent, Offers, SignedIn
from glacia_ui.identity.passwords import Passwords
from glacia_ui.identity.tokens import is_token, new_token, token_hash

SESSION_SECONDS = 30 * 24 * 3600


class LocalIdentity:
    """Who is it, from the embedded database. Use inside one event loop."""

    def __init__(
        self,
        transport: Transport,
        *,
        allows_guests: bool = False,
        admins: Admins | None = None,
        session_seconds: int = SESSION_SECONDS,
    ) -> None:
        self._accounts = LocalAccounts(transport)
        self._sessions = Sessions(transport)
        self._limits = Limits(transport)
        self._passwords = Passwords()
        self._admins = admins or Admins(transport)
        self._offers = Offers(guests=allows_guests)
        self._session_seconds = session_seconds

    @property
    def session_seconds(self) -> int:
        """How long a session lasts."""
        return self._session_seconds

    @property
    def offers(self) -> Offers:
        """Guests, when they are switched on. There is no mail and nobody else who vouches."""
        return self._offers

    async def sign_up(self, email: str, password: str, address: str) -> SignedIn:
        """A new account, signed in. Raises ValidationError, ConflictError (`email_taken`) and RateLimitedError."""
        email = checked_email(email)
        await self._limits.note_attempt("sign_up_address", address)
        password_hash = await self._passwords.hash(password)
        return await self._open(await self._accounts.create(email, password_hash))

    async def sign_in(self, email: str, password: str, address: str) -> SignedIn:
        """Raises AuthenticationError (`wrong_password`) and RateLimitedError."""
        email = normal_email(email)
        await self._limits.note_attempt("sign_in_address", address)
        await self._limits.note_attempt("sign_in_account", email)
        account = await self._accounts.find(email)
        password_hash = account.password_hash if account else None
        if not await self._passwords.verify(password_hash, password) or account is None:
            raise AuthenticationError(code="wrong_password")
        await self._limits.clear_attempts("sign_in_account", email)
        if self._passwords.is_outdated(account.password_hash):
            await self._accounts.set_password(email, await self._passwords.hash(password))
        return await self._open(account.id)

    async def guest(self, address: str) -> SignedIn:
        """A new account without address and password. Raises PermissionDeniedError (`guests_off`), RateLimitedError."""
        if not self._offers.guests:
            raise PermissionDeniedError(code="guests_off")
        await self._limits.note_attempt("sign_up_address", address)
        return await self._open(await self._accounts.create_guest())

    async def sign_out(self, access_token: str) -> None:
        """End the session; one that has ended already is fine."""
        if is_token(access_token):
            await self._sessions.close_session(token_hash(access_token))

    async def sign_out_everywhere(self, access_token: str) -> None:
        """End every session of this session's user. One that has ended already ends nothing."""
        try:
            admission = await self.admit(access_token, "", is_counted=False)
        except AuthenticationError:
            return
        await self._sessions.close_sessions(admission.user.id)

    async def admit(self, access_token: str, address: str, *, is_counted: bool) -> Admission:
        """Whose session this is. Raises AuthenticationError, and RateLimitedError when it was counted."""
        if not is_token(access_token):
            raise AuthenticationError("not a token")
        admitted = await self._sessions.admit(token_hash(access_token), address, is_counted=is_counted)
        return Admission(admitted.user, Caller.user(admitted.user.id), admitted.rate)

    async def send_sign_in_link(self, email: str, address: str) -> MailSent:
        """Not offered: the embedded database sends no mail."""
        raise _not_offered()

    async def send_password_link(self, email: str, address: str) -> MailSent:
        """Not offered: the embedded database sends no mail. The command `set-password` helps out."""
        raise _not_offered()

    async def start_oauth(self, provider: str, address: str) -> Departure:
        """Not offered."""
        raise _not_offered()

    async def finish_flow(self, code: str, flow: str, address: str) -> SignedIn:
        """Not offered."""
        raise _not_offered()

    async def verify_link(self, token_hash: str, kind: LinkKind, address: str) -> SignedIn:
        """Not offered."""
        raise _not_offered()

    async def set_new_password(self, access_token: str, password: str) -> None:
        """Ends the other sessions. Raises AuthenticationError, ValidationError; PermissionDeniedError for guests."""
        user = (await self.admit(access_token, "", is_counted=False)).user
        if user.email is None:
            raise _not_offered()
        await self._accounts.set_password(user.email, await self._passwords.hash(password))
        await self._sessions.close_sessions(user.id, but=token_hash(access_token))

    async def set_password(self, email: str, password: str) -> None:
        """For the command: ends every session. Raises ValidationError, and NotFoundError (`account_not_found`).

        The password is stored first, so that nobody comes in again with the old one in between.
        """
        email = normal_email(email)
        await self._accounts.set_password(email, await self._passwords.hash(password))
        account = await self._accounts.find(email)
        if account is not None:
            await self._sessions.close_sessions(account.id)

    async def confirm(self, email: str) -> None:
        """For the command `grant-admin`: whoever runs the server vouches for it. Raises NotFoundError."""
        await self._accounts.confirm(normal_email(email))

    async def _open(self, user_id: UUID) -> SignedIn:
        token = new_token()
        await self._sessions.open_session(user_id, token_hash(token), self._session_seconds)
        admitted = await self._sessions.admit(token_hash(token), "", is_counted=False)
        logger.bind(user_id=str(user_id)).info("signed in")
        return SignedIn(await self._admins.welcome(admitted.user), token)


def _not_offered() -> PermissionDeniedError:
    return PermissionDeniedError(code="not_offered")
