"""GoTrue's `/auth/v1/*`, as far as supabase's client asks: passwords, links by mail, other accounts, PKCE, renewal,
sign-out. Mails are not sent but kept, for tests to open.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.doubles.supabase.accounts import Accounts, AuthFailedError, Link, Mail, Options, hashed, user_json
from tests.doubles.supabase.keys import BadTokenError, Keys

API_VERSION = {"X-Supabase-Api-Version": "2024-01-01"}
SHORTEST_PASSWORD = 6
LONGEST_PASSWORD_BYTES = 72
COMMON_PASSWORDS = ("password1", "12345678")
_OPEN = ("/auth/v1/verify", "/auth/v1/authorize", "/auth/v1/.well-known/jwks.json")
"""A browser comes here without an API key."""

Handler = Callable[[Request, dict[str, Any]], Awaitable[Response]]


class Auth:
    """One project's GoTrue."""

    def __init__(self, accounts: Accounts, keys: Keys, options: Options, outbox: list[Mail]) -> None:
        self._accounts = accounts
        self._keys = keys
        self._options = options
        self._outbox = outbox

    def routes(self) -> list[Route]:
        """What the app mounts."""
        handlers: list[tuple[str, str, Handler]] = [
            ("GET", "/settings", self._settings),
            ("GET", "/.well-known/jwks.json", self._jwks),
            ("POST", "/signup", self._sign_up),
            ("POST", "/token", self._token),
            ("POST", "/logout", self._sign_out),
            ("POST", "/recover", self._recover),
            ("POST", "/otp", self._otp),
            ("GET", "/verify", self._follow),
            ("POST", "/verify", self._verify),
            ("GET", "/authorize", self._authorize),
            ("GET", "/user", self._user),
            ("PUT", "/user", self._update_user),
            ("POST", "/admin/users", self._create_user),
        ]
        return [Route(f"/auth/v1{path}", self._guarded(handle), methods=[how]) for how, path, handle in handlers]

    def _guarded(self, handle: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                is_open = request.url.path in _OPEN and request.method == "GET"
                if not is_open and self._keys.role_of(request.headers.get("apikey", "")) is None:
                    return JSONResponse({"message": "No API key found in request"}, 401)
                body = await request.json() if request.method in ("POST", "PUT") and await request.body() else {}
                return await handle(request, body)
            except AuthFailedError as failure:
                return JSONResponse(failure.body, failure.status, headers=API_VERSION)
            except BadTokenError as error:
                return JSONResponse({"code": "bad_jwt", "message": str(error)}, 403, headers=API_VERSION)

        return guarded

    async def _settings(self, _: Request, __: dict[str, Any]) -> Response:
        external = {name: name in self._options.providers for name in ("github", "google")}
        return JSONResponse({
            "external": {**external, "email": True, "anonymous_users": False},
            "disable_signup": not self._options.allows_sign_up,
            "mailer_autoconfirm": not self._options.confirms_email,
        })  # fmt: skip

    async def _jwks(self, _: Request, __: dict[str, Any]) -> Response:
        return JSONResponse({"keys": []} if self._options.is_legacy else self._keys.jwks())

    async def _sign_up(self, request: Request, body: dict[str, Any]) -> Response:
        if not self._options.allows_sign_up:
            raise AuthFailedError(422, "signup_disabled", "Signups not allowed for this instance")
        _check_password(body["password"])
        user = await self._accounts.find(body["email"])
        if user is not None and not self._options.confirms_email:
            raise AuthFailedError(422, "user_already_exists", "User already registered")
        if user is not None and user["email_confirmed_at"] is not None:
            return JSONResponse({**user_json(user), "id": secrets.token_hex(16)})  # looks like a new one
        is_confirmed = not self._options.confirms_email
        user = user or await self._accounts.create(body["email"], body["password"], is_confirmed=is_confirmed)
        if is_confirmed:
            return JSONResponse(await self._accounts.open_session(user["id"]))
        self._mail(request, user, "signup", body.get("code_challenge"))
        return JSONResponse(user_json(user))

    async def _token(self, request: Request, body: dict[str, Any]) -> Response:
        grant = request.query_params.get("grant_type")
        if grant == "password":
            return JSONResponse(await self._by_password(body))
        if grant == "refresh_token":
            return JSONResponse(await self._accounts.refresh(body["refresh_token"]))
        if grant == "pkce":
            return JSONResponse(await self._by_code(body))
        raise AuthFailedError(400, "unsupported_grant_type")

    async def _by_password(self, body: dict[str, Any]) -> dict[str, Any]:
        user = await self._accounts.find(body["email"])
        if user is None or user["encrypted_password"] != hashed(body["password"]):
            raise AuthFailedError(400, "invalid_credentials", "Invalid login credentials")
        if user["email_confirmed_at"] is None:
            raise AuthFailedError(400, "email_not_confirmed", "Email not confirmed")
        return await self._accounts.open_session(user["id"])

    async def _by_code(self, body: dict[str, Any]) -> dict[str, Any]:
        link = self._accounts.memory.codes.get(body["auth_code"] or "")
        if link is None:
            raise AuthFailedError(404, "flow_state_not_found", "invalid flow state, no valid flow state found")
        digest = hashlib.sha256((body["code_verifier"] or "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != link.challenge:
            raise AuthFailedError(
                400, "bad_code_verifier", "code challenge does not match previously saved code verifier"
            )
        del self._accounts.memory.codes[body["auth_code"]]
        return await self._accounts.open_session(link.user_id)

    async def _sign_out(self, request: Request, _: dict[str, Any]) -> Response:
        claims = await self._accounts.standing(_bearer(request))
        await self._accounts.close_sessions(claims, request.query_params.get("scope", "global"))
        return Response(status_code=204)

    async def _recover(self, request: Request, body: dict[str, Any]) -> Response:
        if user := await self._accounts.find(body["email"]):
            self._mail(request, user, "recovery", body.get("code_challenge"))
        return JSONResponse({})

    async def _otp(self, request: Request, body: dict[str, Any]) -> Response:
        user = await self._accounts.find(body["email"])
        if user is None:
            raise AuthFailedError(422, "otp_disabled", "Signups not allowed for otp")
        self._mail(request, user, "magiclink", body.get("code_challenge"))
        return JSONResponse({})

    async def _follow(self, request: Request, _: dict[str, Any]) -> Response:
        """The link of the default mail template, opened in a browser."""
        back = request.query_params["redirect_to"]
        try:
            link = await self._accounts.follow_link(request.query_params["token"])
        except AuthFailedError as failure:
            query = {
                "error": "access_denied",
                "error_code": failure.body["code"],
                "error_description": failure.body["message"],
            }
            return RedirectResponse(f"{back}?{urlencode(query)}", 303)
        return RedirectResponse(f"{back}?{urlencode({'code': self._accounts.make_code(link)})}", 303)

    async def _verify(self, _: Request, body: dict[str, Any]) -> Response:
        link = await self._accounts.follow_link(body["token_hash"])
        return JSONResponse(await self._accounts.open_session(link.user_id))

    async def _authorize(self, request: Request, _: dict[str, Any]) -> Response:
        """GitHub's or Google's page would come first; its visitor always agrees, or never."""
        query = request.query_params
        if query["provider"] not in self._options.providers:
            raise AuthFailedError(400, "validation_failed", "Unsupported provider: provider is not enabled")
        back = query["redirect_to"]
        if self._options.oauth_denies:
            return RedirectResponse(f"{back}?error=access_denied&error_description=The+user+has+denied", 302)
        email = self._options.oauth_email
        user = await self._accounts.find(email) or await self._accounts.create(email, None, is_confirmed=True)
        code = self._accounts.make_code(Link(user["id"], "oauth", query.get("code_challenge")))
        return RedirectResponse(f"{back}?{urlencode({'code': code})}", 302)

    async def _user(self, request: Request, _: dict[str, Any]) -> Response:
        claims = await self._accounts.standing(_bearer(request))
        return JSONResponse(user_json(await self._accounts.get(UUID(claims["sub"]))))

    async def _update_user(self, request: Request, body: dict[str, Any]) -> Response:
        claims = await self._accounts.standing(_bearer(request))
        _check_password(body["password"])
        user = await self._accounts.get(UUID(claims["sub"]))
        if user["encrypted_password"] == hashed(body["password"]):
            raise AuthFailedError(422, "same_password", "New password should be different from the old password.")
        statement = "update auth.users set encrypted_password = %s, updated_at = now() where id = %s"
        await self._accounts.run(statement, hashed(body["password"]), user["id"])
        await self._accounts.close_sessions(claims, "others")
        return JSONResponse(user_json(user))

    async def _create_user(self, request: Request, body: dict[str, Any]) -> Response:
        if self._keys.role_of(request.headers["apikey"]) != "service_role":
            raise AuthFailedError(403, "not_admin", "User not allowed")
        is_confirmed = bool(body.get("email_confirm"))
        user = await self._accounts.create(body["email"], body.get("password"), is_confirmed=is_confirmed)
        return JSONResponse(user_json(user))

    def _mail(self, request: Request, user: dict[str, Any], kind: str, challenge: str | None) -> None:
        """Raises AuthFailedError when one was sent a moment ago."""
        self._accounts.check_mail_pause(user["email"])
        token = self._accounts.make_link(user["id"], kind, challenge)
        query = {"token": token, "type": kind, "redirect_to": request.query_params["redirect_to"]}
        address = f"{self._keys.issuer}/verify?{urlencode(query)}"
        self._outbox.append(Mail(user["email"], kind, address, token))


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").partition(" ")[2]


def _check_password(password: str) -> None:
    if len(password.encode()) > LONGEST_PASSWORD_BYTES:
        raise AuthFailedError(422, "validation_failed", "Password cannot be longer than 72 characters")
    if len(password) < SHORTEST_PASSWORD or password in COMMON_PASSWORDS:
        reason = "length" if len(password) < SHORTEST_PASSWORD else "pwned"
        raise AuthFailedError(422, "weak_password", "Password is too weak", weak_password={"reasons": [reason]})
