"""Supabase Auth (GoTrue), through supabase's own client: one throwaway client per question over shared connections.

Never the client that serves data: signing in on it would change its headers, and other people's calls with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from supabase_auth import AsyncGoTrueClient, AsyncMemoryStorage
from supabase_auth.constants import STORAGE_KEY
from supabase_auth.errors import AuthApiError, AuthError, AuthRetryableError, AuthSessionMissingError
from supabase_auth.types import Session

from glacia_ui.errors import (
    AppError,
    AuthenticationError,
    ConflictError,
    ExternalAPIError,
    PermissionDeniedError,
    RateLimitedError,
    UnavailableError,
    ValidationError,
)
from glacia_ui.identity.model import Departure, LinkKind

_ERRORS: dict[str, tuple[type[AppError], str]] = {
    "invalid_credentials": (AuthenticationError, "wrong_password"),
    "email_not_confirmed": (AuthenticationError, "email_unconfirmed"),
    "user_banned": (PermissionDeniedError, "suspended"),
    "user_already_exists": (ConflictError, "email_taken"),
    "email_exists": (ConflictError, "email_taken"),
    "weak_password": (ValidationError, "password_weak"),
    "same_password": (ValidationError, "password_same"),
    "email_address_invalid": (ValidationError, "email_invalid"),
    "validation_failed": (ValidationError, "invalid"),
    "signup_disabled": (PermissionDeniedError, "sign_up_off"),
    "otp_disabled": (PermissionDeniedError, "not_offered"),
    "provider_disabled": (PermissionDeniedError, "not_offered"),
    "email_provider_disabled": (PermissionDeniedError, "not_offered"),
    "oauth_provider_not_supported": (PermissionDeniedError, "not_offered"),
    "otp_expired": (AuthenticationError, "link_expired"),
    "flow_state_not_found": (AuthenticationError, "link_expired"),
    "flow_state_expired": (AuthenticationError, "link_expired"),
    "bad_code_verifier": (AuthenticationError, "link_expired"),
    "refresh_token_not_found": (AuthenticationError, "unauthenticated"),
    "refresh_token_already_used": (AuthenticationError, "unauthenticated"),
    "session_not_found": (AuthenticationError, "unauthenticated"),
    "session_expired": (AuthenticationError, "unauthenticated"),
    "user_not_found": (AuthenticationError, "unauthenticated"),
    "bad_jwt": (AuthenticationError, "unauthenticated"),
    "no_authorization": (AuthenticationError, "unauthenticated"),
}
_TOO_OFTEN = frozenset({"over_request_rate_limit", "over_email_send_rate_limit"})
_TOO_OFTEN_SECONDS = 60
_RETRY_SECONDS = 5


class GoTrue:
    """One project's sign-in service. Its errors become ours here."""

    def __init__(self, auth_url: str, anon_key: str, http: httpx.AsyncClient) -> None:
        """`auth_url` is `{SUPABASE_URL}/auth/v1`; `http` is shared, and closed by whoever made it."""
        self._url = auth_url
        self._headers = {"apiKey": anon_key, "Authorization": f"Bearer {anon_key}"}
        self._http = http

    async def settings(self) -> dict[str, Any]:
        """What the project allows: `external` (provider → bool), `disable_signup`. Raises UnavailableError."""
        try:
            answer = await self._http.get(f"{self._url}/settings", headers=self._headers)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _away(type(error).__name__) from error
        return found

    async def sign_up(self, email: str, password: str, redirect_to: str) -> tuple[Session | None, str]:
        """(a session unless the address has to be confirmed, the secret of the flow).

        Raises RateLimitedError: `mail_paused` where this address got one a moment ago, `mail_limited` for the project.
        """
        client, storage = self._client()
        with _translated():
            options: Any = {"email_redirect_to": redirect_to}
            answer = await client.sign_up({"email": email, "password": password, "options": options})
        return answer.session, await _flow(storage)

    async def sign_in(self, email: str, password: str) -> Session:
        """Raises AuthenticationError (`wrong_password`, `email_unconfirmed`)."""
        client, _ = self._client()
        with _translated():
            return _session((await client.sign_in_with_password({"email": email, "password": password})).session)

    async def refresh(self, refresh_token: str) -> Session:
        """The next pair of tokens. Raises AuthenticationError when the session is over."""
        client, _ = self._client()
        with _translated():
            return _session((await client.refresh_session(refresh_token)).session)

    async def send_sign_in_link(self, email: str, redirect_to: str) -> str:
        """The secret of the flow. Nobody gets an account this way."""
        client, storage = self._client()
        with _translated():
            options: Any = {"email_redirect_to": redirect_to, "should_create_user": False}
            await client.sign_in_with_otp({"email": email, "options": options})
        return await _flow(storage)

    async def send_password_link(self, email: str, redirect_to: str) -> str:
        """The secret of the flow."""
        client, storage = self._client()
        with _translated():
            await client.reset_password_for_email(email, {"redirect_to": redirect_to})
        return await _flow(storage)

    async def start_oauth(self, provider: Any, redirect_to: str) -> Departure:
        """Asks nobody: it only builds the address."""
        client, storage = self._client()
        answer = await client.sign_in_with_oauth({"provider": provider, "options": {"redirect_to": redirect_to}})
        return Departure(answer.url, await _flow(storage))

    async def exchange(self, code: str, flow: str, redirect_to: str) -> Session:
        """Raises AuthenticationError (`link_expired`)."""
        client, _ = self._client()
        with _translated():
            answer = await client.exchange_code_for_session(
                {"auth_code": code, "code_verifier": flow, "redirect_to": redirect_to}
            )
            return _session(answer.session)

    async def verify_link(self, token_hash: str, kind: LinkKind) -> Session:
        """Raises AuthenticationError (`link_expired`)."""
        client, _ = self._client()
        with _translated():
            return _session((await client.verify_otp({"token_hash": token_hash, "type": kind})).session)

    async def set_password(self, access_token: str, refresh_token: str, password: str) -> None:
        """Raises ValidationError (`password_weak`, `password_same`), AuthenticationError."""
        client, _ = self._client()
        with _translated():
            await client.set_session(access_token, refresh_token)
            await client.update_user({"password": password})

    async def sign_out(self, access_token: str, *, everywhere: bool) -> None:
        """End the session of a token, or all of its user's. One that is over already is fine."""
        client, _ = self._client()
        try:
            await client.admin.sign_out(access_token, "global" if everywhere else "local")
        except AuthApiError as error:
            if error.status not in (401, 403, 404):
                raise _as_app_error(error) from error
        except AuthError as error:
            raise _as_app_error(error) from error

    def _client(self) -> tuple[AsyncGoTrueClient, AsyncMemoryStorage]:
        storage = AsyncMemoryStorage()
        client = AsyncGoTrueClient(
            url=self._url,
            headers=self._headers,
            storage=storage,
            http_client=self._http,
            auto_refresh_token=False,
            persist_session=False,
            flow_type="pkce",
        )
        return client, storage


async def _flow(storage: AsyncMemoryStorage) -> str:
    """The verifier that the client has kept for a browser it thinks it is in."""
    kept = await storage.get_item(f"{STORAGE_KEY}-code-verifier")
    return (kept or "").partition("/")[0]


def _session(session: Session | None) -> Session:
    if session is None:
        raise ExternalAPIError("GoTrue gave no session", code="sign_in_failed")
    return session


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except AuthError as error:
        raise _as_app_error(error) from error
    except ValueError as error:  # an answer that supabase's models cannot read
        raise ExternalAPIError(f"GoTrue: {type(error).__name__}", code="sign_in_failed") from error


def _as_app_error(error: AuthError) -> AppError:
    if isinstance(error, AuthRetryableError):
        return _away(f"GoTrue {error.status}")
    if isinstance(error, AuthSessionMissingError):
        return AuthenticationError("GoTrue: no session")
    code = error.code or ""
    if code in _TOO_OFTEN:
        told = re.search(r"after (\d+) seconds?", error.message)
        if told:
            return RateLimitedError(code, code="mail_paused", retry_after=int(told[1]))
        return RateLimitedError(code, code="mail_limited", retry_after=_TOO_OFTEN_SECONDS)
    kind, ours = _ERRORS.get(code, (ExternalAPIError, "sign_in_failed"))
    return kind(f"GoTrue {code or type(error).__name__}", code=ours)


def _away(detail: str) -> UnavailableError:
    return UnavailableError(detail, code="sign_in_unavailable", retry_after=_RETRY_SECONDS)
