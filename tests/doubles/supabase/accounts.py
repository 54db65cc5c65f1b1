"""The double's people: rows of auth.users and auth.sessions, written as the role that owns them, and what GoTrue keeps
beside them (refresh tokens, codes, links), in memory.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from tests.doubles.supabase.keys import Keys


class AuthFailedError(Exception):
    """Becomes GoTrue's `{code, message}` with a status."""

    def __init__(self, status: int, code: str, message: str = "", **more: Any) -> None:
        super().__init__(message or code)
        self.status = status
        self.body = {"code": code, "message": message or code, **more}


@dataclass
class Mail:
    """What GoTrue has sent. `url` is the link of the default template, `token_hash` that of one written by hand."""

    to: str
    kind: str
    url: str
    token_hash: str


@dataclass
class Link:
    """A one-time token that is still good."""

    user_id: UUID
    kind: str
    challenge: str | None


@dataclass
class Options:
    """The settings of the project that tests turn."""

    confirms_email: bool = True
    allows_sign_up: bool = True
    providers: tuple[str, ...] = ("github", "google")
    oauth_email: str = "octocat@example.com"
    oauth_denies: bool = False
    token_seconds: int = 3600
    reuse_seconds: float = 10.0
    """How long a refresh token that was used may be used again; afterwards it ends the session."""
    mail_pause_seconds: float = 0.0
    is_legacy: bool = False
    """Signs with the shared secret."""


@dataclass
class Memory:
    """What a restart would forget."""

    refresh: dict[str, tuple[UUID, float | None]] = field(default_factory=dict)
    """Token → (session, when it was used)."""
    newest: dict[UUID, str] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    codes: dict[str, Link] = field(default_factory=dict)
    mailed_at: dict[str, float] = field(default_factory=dict)


class Accounts:
    """People and their sessions in one project."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]], keys: Keys, options: Options) -> None:
        self._pool = pool
        self._keys = keys
        self._options = options
        self.memory = Memory()

    async def run(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """One statement as supabase_auth_admin; its rows."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute("set local role supabase_auth_admin")
            await cursor.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []

    async def find(self, email: str) -> dict[str, Any] | None:
        """The user of an address."""
        rows = await self.run("select * from auth.users where email = %s", email.lower())
        return rows[0] if rows else None

    async def get(self, user_id: UUID) -> dict[str, Any]:
        """The user of an id. Raises AuthFailedError."""
        rows = await self.run("select * from auth.users where id = %s", user_id)
        if not rows:
            raise AuthFailedError(403, "user_not_found", "User from sub claim in JWT does not exist")
        return rows[0]

    async def create(self, email: str, password: str | None, *, is_confirmed: bool) -> dict[str, Any]:
        """A new user."""
        rows = await self.run(
            "insert into auth.users (email, encrypted_password, email_confirmed_at)"
            " values (%s, %s, case when %s then now() end) returning *",
            email.lower(),
            password and hashed(password),
            is_confirmed,
        )
        return rows[0]

    async def confirm(self, user_id: UUID) -> None:
        """Somebody who opens a mail has that address."""
        await self.run(
            "update auth.users set email_confirmed_at = coalesce(email_confirmed_at, now()) where id = %s", user_id
        )

    async def open_session(self, user_id: UUID) -> dict[str, Any]:
        """GoTrue's answer to every successful sign-in."""
        user = await self.get(user_id)
        if user["banned_until"] is not None:
            raise AuthFailedError(400, "user_banned", "User is banned")
        rows = await self.run("insert into auth.sessions (user_id) values (%s) returning id", user_id)
        return self._answer(user, rows[0]["id"])

    async def refresh(self, token: str) -> dict[str, Any]:
        """The next pair. A token that was used before ends its session, unless that was a moment ago."""
        session_id, used_at = self.memory.refresh.get(token, (None, None))
        if session_id is None:
            raise AuthFailedError(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
        rows = await self.run("select user_id from auth.sessions where id = %s", session_id)
        if not rows:
            raise AuthFailedError(400, "session_not_found", "Session from session_id claim in JWT does not exist")
        if used_at is not None and time.monotonic() - used_at >= self._options.reuse_seconds:
            await self.run("delete from auth.sessions where id = %s", session_id)
            raise AuthFailedError(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        user = await self.get(rows[0]["user_id"])
        if used_at is not None:
            return self._answer(user, session_id, self.memory.newest[session_id])
        self.memory.refresh[token] = (session_id, time.monotonic())
        return self._answer(user, session_id)

    async def close_sessions(self, claims: dict[str, Any], scope: str) -> None:
        """`global`: all of the user's, `local`: the token's own, `others`: all but that."""
        which = {"global": "", "local": "and id = %s", "others": "and id <> %s"}[scope]
        values = [claims["session_id"]] if which else []
        await self.run(f"delete from auth.sessions where user_id = %s {which}", claims["sub"], *values)

    async def standing(self, token: str) -> dict[str, Any]:
        """The claims of an access token whose session stands. Raises AuthFailedError."""
        claims = self._keys.verify(token)
        if not await self.run("select 1 from auth.sessions where id = %s", claims["session_id"]):
            raise AuthFailedError(403, "session_not_found", "Session from session_id claim in JWT does not exist")
        return claims

    def make_link(self, user_id: UUID, kind: str, challenge: str | None) -> str:
        """A one-time token; where PKCE is used GoTrue marks it."""
        token = ("pkce_" if challenge else "") + secrets.token_hex(28)
        self.memory.links[token] = Link(user_id, kind, challenge)
        return token

    async def follow_link(self, token: str) -> Link:
        """Use a one-time token up. Raises AuthFailedError."""
        link = self.memory.links.pop(token, None)
        if link is None:
            raise AuthFailedError(403, "otp_expired", "Email link is invalid or has expired")
        await self.confirm(link.user_id)
        return link

    def check_mail_pause(self, email: str) -> None:
        """One mail to an address in so many seconds. Raises AuthFailedError."""
        now, last = time.monotonic(), self.memory.mailed_at.get(email, float("-inf"))
        wait = last + self._options.mail_pause_seconds - now
        if wait > 0:
            message = f"For security purposes, you can only request this after {math.ceil(wait)} seconds."
            raise AuthFailedError(429, "over_email_send_rate_limit", message)
        self.memory.mailed_at[email] = now

    def make_code(self, link: Link) -> str:
        """What the browser brings back."""
        code = secrets.token_urlsafe(24)
        self.memory.codes[code] = link
        return code

    def _answer(self, user: dict[str, Any], session_id: UUID, refresh_token: str | None = None) -> dict[str, Any]:
        seconds = self._options.token_seconds
        now = int(time.time())
        claims = self._keys.claims(user["id"], session_id=str(session_id), exp=now + seconds, email=user["email"])
        if refresh_token is None:
            refresh_token = secrets.token_urlsafe(9)
            self.memory.refresh[refresh_token] = (session_id, None)
            self.memory.newest[session_id] = refresh_token
        sign = self._keys.sign_legacy if self._options.is_legacy else self._keys.sign
        return {
            "access_token": sign(claims), "token_type": "bearer", "expires_in": seconds, "expires_at": now + seconds,
            "refresh_token": refresh_token, "user": user_json(user),
        }  # fmt: skip


def hashed(password: str) -> str:
    """Not bcrypt, which takes long; nobody attacks the double."""
    return "double:" + hashlib.sha256(password.encode()).hexdigest()


def user_json(user: dict[str, Any]) -> dict[str, Any]:
    """A user as GoTrue shows it."""
    stamps = {name: user[name] and user[name].isoformat() for name in ("created_at", "updated_at", "last_sign_in_at")}
    confirmed_at = user["email_confirmed_at"] and user["email_confirmed_at"].isoformat()
    return {
        "id": str(user["id"]), "aud": "authenticated", "role": "authenticated", "email": user["email"], "phone": "",
        "email_confirmed_at": confirmed_at, "confirmed_at": confirmed_at, "app_metadata": {"provider": "email"},
        "user_metadata": {}, "identities": [], "is_anonymous": user["is_anonymous"], **stamps,
    }  # fmt: skip
