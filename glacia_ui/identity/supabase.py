"""Accounts of a hosted project: GoTrue knows the people, we keep our own session over each of its.

What a browser or a script holds is our opaque token, as on the embedded database, so a sign-out ends it everywhere
within seconds; a token of GoTrue's would be good until it expires. A script may show GoTrue's own token all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from loguru import logger
from supabase_auth.types import Session

from glacia_ui.core.models import User
from glacia_ui.db.limits import Limits
from glacia_ui.db.sessions import Sessions
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.errors import (
    AuthenticationError,
    ExternalAPIError,
    PermissionDeniedError,
    RateLimitedError,
    UnavailableError,
    ValidationError,
)
from glacia_ui.identity.addresses import checked_email, normal_email
from glacia_ui.identity.admins import Admins
from glacia_ui.identity.gotrue import GoTrue
from glacia_ui.identity.local import SESSION_SECONDS
from glacia_ui.identity.model import Admission, Departure, LinkKind, MailSent, Offers, SignedIn
from glacia_ui.identity.passwords import check_length
from glacia_ui.identity.renewal import Renewals
from glacia_ui.identity.sealed import Sealer
from glacia_ui.identity.tokens import is_token, new_token, token_hash
from glacia_ui.identity.verifier import Verifier

PROVIDERS = ("github", "google")
"""Other accounts whose sign-in pages we know how to name; which of them work is the project's setting."""
LONGEST_PASSWORD_BYTES = 72
"""GoTrue hashes with bcrypt, which reads no more."""
_ASK_AGAIN_SECONDS = 30.0


class SupabaseIdentity:
    """Who is it, by GoTrue. Use inside one event loop; `open` first, `close` last."""

    def __init__(
        self,
        transport: Transport,
        gotrue: GoTrue,
        verifier: Verifier,
        sealer: Sealer,
        *,
        public_url: str,
        admins: Admins | None = None,
        session_seconds: int = SESSION_SECONDS,
        renewals: Renewals | None = None,
    ) -> None:
        """`public_url` is where the links in mails lead; the project must allow it as a redirect."""
        self._sessions = Sessions(transport)
        self._limits = Limits(transport)
        self._admins = admins or Admins(transport)
        self._gotrue = gotrue
        self._verifier = verifier
        self._renewals = renewals or Renewals(self._sessions, gotrue, sealer)
        self._callback = f"{public_url}/auth/callback"
        self._session_seconds = session_seconds
        self._offers = Offers(mail_links=True)
        self._asking: asyncio.Task[None] | None = None

    @property
    def session_seconds(self) -> int:
        """How long a session lasts."""
        return self._session_seconds

    @property
    def offers(self) -> Offers:
        """What the project's own settings allow, as far as they are known yet."""
        return self._offers

    async def open(self) -> None:
        """Ask the project what it allows; when it is away, go on asking, and offer mail and password meanwhile."""
        if not await self._learn_offers():
            self._asking = asyncio.create_task(self._keep_asking(), name="sign-in settings")

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()

    async def sign_up(self, email: str, password: str, address: str) -> SignedIn | MailSent:
        """A new account. The same answer for an address that has one, where addresses are confirmed by mail."""
        email = checked_email(email)
        _check_password(password)
        await self._limits.note_attempt("sign_up_address", address)
        try:
            session, flow = await self._gotrue.sign_up(email, password, self._callback)
        except RateLimitedError as error:
            if error.code != "mail_paused":
                raise
            # Only an address that waits to be confirmed has a pause: to say so would tell that it is here.
            return MailSent(email, new_token())
        return MailSent(email, flow) if session is None else await self._open_session(session)

    async def sign_in(self, email: str, password: str, address: str) -> SignedIn:
        """Raises AuthenticationError (`wrong_password`, `email_unconfirmed`) and RateLimitedError."""
        email = normal_email(email)
        await self._limits.note_attempt("sign_in_address", address)
        await self._limits.note_attempt("sign_in_account", email)
        if len(password.encode()) > LONGEST_PASSWORD_BYTES:
            raise AuthenticationError(code="wrong_password")
        try:
            session = await self._gotrue.sign_in(email, password)
        except PermissionDeniedError as error:
            # GoTrue tells of a ban before it looks at the password, which would tell a stranger who has an account.
            raise AuthenticationError(str(error), code="wrong_password") from error
        await self._limits.clear_attempts("sign_in_account", email)
        return await self._open_session(session)

    async def guest(self, address: str) -> SignedIn:
        """Guests exist on the embedded database only."""
        raise PermissionDeniedError(code="guests_off")

    async def sign_out(self, access_token: str) -> None:
        """End our session at once, and GoTrue's behind it."""
        try:
            admission = await self.admit(access_token, "", is_counted=False)
        except AuthenticationError:
            return
        if is_token(access_token):
            await self._sessions.close_session(token_hash(access_token))
        try:
            await self._gotrue.sign_out(admission.caller.token or "", everywhere=False)
        except (ExternalAPIError, RateLimitedError, UnavailableError) as error:
            # Ours is closed, and nobody has GoTrue's tokens any more.
            logger.warning("GoTrue did not hear of a sign-out: {}", error)

    async def sign_out_everywhere(self, access_token: str) -> None:
        """Our sessions first, so that they are over even if GoTrue cannot be told."""
        try:
            admission = await self.admit(access_token, "", is_counted=False)
        except AuthenticationError:
            return
        await self._sessions.close_sessions(admission.user.id)
        await self._gotrue.sign_out(admission.caller.token or "", everywhere=True)

    async def admit(self, access_token: str, address: str, *, is_counted: bool) -> Admission:
        """By our token, or by one of GoTrue's. One call to the database, and one to GoTrue when tokens run out."""
        if not is_token(access_token):
            return await self._admit_script(access_token, is_counted=is_counted)
        sha256 = token_hash(access_token)
        admitted = await self._sessions.admit(sha256, address, is_counted=is_counted)
        if admitted.tokens is None:
            raise AuthenticationError("a session of a local account")
        pair = await self._renewals.fresh(sha256, admitted.tokens)
        return Admission(admitted.user, Caller.user(admitted.user.id, token=pair.access_token), admitted.rate)

    async def send_sign_in_link(self, email: str, address: str) -> MailSent:
        """A link that signs in. Nobody learns whether there is such an account."""
        email = await self._checked_recipient(email, address)
        return MailSent(email, await self._quietly(self._gotrue.send_sign_in_link, email))

    async def send_password_link(self, email: str, address: str) -> MailSent:
        """A link to a new password. Nobody learns whether there is such an account."""
        email = await self._checked_recipient(email, address)
        return MailSent(email, await self._quietly(self._gotrue.send_password_link, email))

    async def start_oauth(self, provider: str, address: str) -> Departure:
        """To GitHub or Google, by way of GoTrue."""
        await self._limits.note_attempt("sign_in_address", address)
        if provider not in self._offers.providers:
            raise PermissionDeniedError(code="not_offered")
        return await self._gotrue.start_oauth(provider, self._callback)

    async def finish_flow(self, code: str, flow: str, address: str) -> SignedIn:
        """With the code from the page's address and the secret from the browser that began."""
        await self._limits.note_attempt("sign_in_address", address)
        return await self._open_session(await self._gotrue.exchange(code, flow, self._callback))

    async def verify_link(self, token_hash: str, kind: LinkKind, address: str) -> SignedIn:
        """With the hash from the page's address alone."""
        await self._limits.note_attempt("sign_in_address", address)
        return await self._open_session(await self._gotrue.verify_link(token_hash, kind))

    async def set_new_password(self, access_token: str, password: str) -> None:
        """GoTrue ends its other sessions, and we ours."""
        _check_password(password)
        if not is_token(access_token):
            raise PermissionDeniedError(code="not_offered")  # a script with GoTrue's own token can ask GoTrue
        sha256 = token_hash(access_token)
        admitted = await self._sessions.admit(sha256, "", is_counted=False)
        if admitted.tokens is None:
            raise AuthenticationError("a session of a local account")
        pair = await self._renewals.fresh(sha256, admitted.tokens)
        await self._gotrue.set_password(pair.access_token, pair.refresh_token, password)
        await self._sessions.close_sessions(admitted.user.id, but=sha256)

    async def _admit_script(self, token: str, *, is_counted: bool) -> Admission:
        claims = await self._verifier.verify(token)
        admitted = await self._sessions.admit_token(claims.user_id, claims.session_id, is_counted=is_counted)
        return Admission(admitted.user, Caller("authenticated", claims.all, token), admitted.rate)

    async def _open_session(self, session: Session) -> SignedIn:
        """Ours over theirs. What GoTrue handed out is checked like a stranger's token."""
        claims = await self._verifier.verify(session.access_token)
        token = new_token()
        sha256 = token_hash(token)
        await self._sessions.open_hosted_session(
            claims.user_id, sha256, self._session_seconds, claims.session_id, self._renewals.seal(sha256, session)
        )
        admitted = await self._sessions.admit(sha256, "", is_counted=False)
        user: User = await self._admins.welcome(admitted.user)
        logger.bind(user_id=str(user.id)).info("signed in")
        return SignedIn(user, token)

    async def _checked_recipient(self, email: str, address: str) -> str:
        email = checked_email(email)
        await self._limits.note_attempt("mail_address", address)
        await self._limits.note_attempt("mail_account", email)
        return email

    async def _quietly(self, send: Callable[[str, str], Awaitable[str]], email: str) -> str:
        """The secret of the flow; one that opens nothing where GoTrue refused for a reason that only accounts have."""
        try:
            return await send(email, self._callback)
        except (PermissionDeniedError, RateLimitedError, AuthenticationError) as error:
            logger.info("no mail was sent: {}", error)
            return new_token()

    async def _learn_offers(self) -> bool:
        try:
            found = await self._gotrue.settings()
        except UnavailableError as error:
            logger.warning("the project's sign-in settings are not known yet: {}", error)
            return False
        external = found.get("external") or {}
        self._offers = Offers(
            sign_up=not found.get("disable_signup", False),
            mail_links=bool(external.get("email", True)),
            providers=tuple(name for name in PROVIDERS if external.get(name)),
        )
        return True

    async def _keep_asking(self) -> None:
        is_known = False
        while not is_known:
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
            is_known = await self._learn_offers()


def _check_password(password: str) -> None:
    """Raises ValidationError."""
    check_length(password)
    if len(password.encode()) > LONGEST_PASSWORD_BYTES:
        raise ValidationError(code="password_too_long", params={"limit": LONGEST_PASSWORD_BYTES})
