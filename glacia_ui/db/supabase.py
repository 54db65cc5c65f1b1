"""Speaks to a hosted project through PostgREST, with the unmodified supabase client.

A user's call carries that user's own token, so PostgREST sets role and claims; the server's own calls carry the secret
key. `postgrest` never repeats a POST. Here a call is repeated where it cannot have been carried out (no connection was
made), or where carrying it out twice is the same as once (`_REPEATABLE`): a dropped answer must not cost a generation.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, cast

import httpx
from postgrest import APIError
from tenacity import AsyncRetrying, RetryCallState, stop_after_attempt, wait_fixed

from glacia_ui.db.encoding import to_json
from glacia_ui.db.errors import error_from_sqlstate, unavailable
from glacia_ui.db.transport import Caller, Json
from glacia_ui.errors import AppError, AuthenticationError, TooLargeError

if TYPE_CHECKING:
    from supabase import AsyncClient

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_TIMEOUT = httpx.Timeout(12.0, connect=4.0, pool=8.0)
"""The database itself gives up after 8 s; what takes longer is the network."""
_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30.0)
_ATTEMPTS = 3
_PAUSE_SECONDS = 0.25
_REPEATABLE = frozenset({
    # they only read
    "events_since", "find_cancelled", "get_file", "get_generation", "get_health", "get_me", "get_project",
    "get_project_stats", "get_snapshot_files", "get_usage", "list_conversation", "list_file_locks", "list_files",
    "list_generation_drafts",
    "list_ledger", "list_messages", "list_projects", "list_snapshots", "list_usage_events", "open_preview", "ping",
    # under the same lease a second call changes nothing and gives the same answer
    "append_events", "extend_leases", "fail_generation", "finish_generation",
    # they make something what it then is already
    "cancel_generation", "clear_attempts", "close_session", "close_sessions", "continue_queue",
    "discard_generation_draft", "grant_admin", "keep_generation_draft",
    "note_health", "save_draft", "set_file_lock", "set_quota_limit", "set_rate_policy", "update_project",
})  # fmt: skip
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout)
_CUT_OFF = (httpx.NetworkError, httpx.RemoteProtocolError)
"""A time-out is not among them: it has taken all the time that a caller has."""
_GATEWAY = frozenset({"502", "503", "504", "520", "521", "522", "523", "524"})
"""What `postgrest` gives as code when the answer came from something before PostgREST: the status."""
_NO_DATABASE = frozenset({"PGRST000", "PGRST001", "PGRST002", "PGRST003"})
_BAD_TOKEN = frozenset({"PGRST301", "PGRST302", "PGRST303"})
_NO_FUNCTION = frozenset({"PGRST202", "PGRST203", "404"})


class SupabaseTransport:
    """RPCs through one pool of HTTP connections. One per event loop."""

    def __init__(self, url: str, *, anon_key: str, service_key: str) -> None:
        """`url` is SUPABASE_URL; the keys are of either kind, JWTs or `sb_publishable_…` and `sb_secret_…`."""
        self._url = url
        self._keys = {"anon": anon_key, "authenticated": anon_key, "service_role": service_key}
        self._http: httpx.AsyncClient | None = None
        self._clients: dict[str, AsyncClient] = {}

    async def open(self) -> None:
        """Make the clients. Nothing is sent yet."""
        from supabase import AsyncClient, AsyncClientOptions  # a second to import, and only hosted projects need it

        self._http = httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS, verify=_tls())
        options = AsyncClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=self._http)
        self._clients = {role: AsyncClient(self._url, key, options) for role, key in self._keys.items()}

    async def rpc(self, function: str, args: Mapping[str, Json], caller: Caller) -> Json:
        """Call `public.<function>`; see `Transport.rpc`. A caller who is a user needs their token."""
        if not all(_NAME.fullmatch(name) for name in (function, *args)):
            raise ValueError(f"no SQL names: {function}({', '.join(args)})")
        if caller.role == "authenticated" and caller.token is None:
            raise ValueError("a user's call needs the user's token")
        body = json.loads(to_json(dict(args)))
        is_repeatable = function in _REPEATABLE or _is_proved(function, args)
        async for attempt in AsyncRetrying(
            retry=lambda state: _may_repeat(state, is_repeatable=is_repeatable),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_fixed(_PAUSE_SECONDS),
            reraise=True,
        ):
            with attempt:
                return await self._send(function, body, caller)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Close every connection; later calls find none."""
        self._clients = {}
        if self._http is not None:
            await self._http.aclose()

    async def _send(self, function: str, body: dict[str, Json], caller: Caller) -> Json:
        """One attempt; everything that httpx and postgrest raise becomes an AppError, with its cause."""
        client = self._clients.get(caller.role)
        if client is None:
            raise unavailable("the transport is closed")
        # `schema` copies the headers, so the token is this call's alone; the connections are shared.
        data_api = client.postgrest.schema("public")
        if caller.token is not None:
            data_api = data_api.auth(caller.token)
        elif not _is_jwt(self._keys[caller.role]):
            # The client sends every key as a Bearer token, too; PostgREST refuses one that is no JWT (PGRST301).
            del data_api.headers["Authorization"]
        try:
            answer = await data_api.rpc(function, body).execute()
        except httpx.HTTPError as error:
            raise unavailable(f"{type(error).__name__}: {error}") from error
        except APIError as error:
            raise _as_app_error(error) from error
        return cast(Json, answer.data)


def _is_proved(function: str, args: Mapping[str, Json]) -> bool:
    """Whether these arguments make a second call harmless."""
    if function in ("begin_fix", "begin_generation"):
        return args.get("p_idempotency_key") is not None
    return function in ("admit", "admit_token") and not args.get("p_is_counted", True)


def _may_repeat(state: RetryCallState, *, is_repeatable: bool) -> bool:
    error = state.outcome.exception() if state.outcome else None
    cause = error.__cause__ if error else None
    if isinstance(cause, APIError):
        return is_repeatable and (cause.code in _GATEWAY or cause.code in _NO_DATABASE)
    return isinstance(cause, _NEVER_SENT) or (is_repeatable and isinstance(cause, _CUT_OFF))


@cache
def _tls() -> ssl.SSLContext:
    """The trusted authorities. Reading them takes 50 ms."""
    return httpx.create_ssl_context()


def _is_jwt(key: str) -> bool:
    return key.count(".") == 2


def _as_app_error(error: APIError) -> AppError:
    """`error.code` is an SQLSTATE, a code of PostgREST's or a gateway's HTTP status; a gateway's own JSON has none."""
    code, message = error.code or "", error.message or ""
    detail = f"{code} {message}"
    if code in _BAD_TOKEN:
        return AuthenticationError(detail)
    if code in _NO_FUNCTION:
        return AppError(f"{detail}: have the migrations been applied?")
    if code == "413":
        return TooLargeError(detail)
    if not code and "API key" in message:  # the gateway gives nothing else to tell it by
        return AppError(f"{detail}: are these keys this project's?")
    if code in _NO_DATABASE or not code or (code.isdecimal() and len(code) == 3):
        return unavailable(detail)
    return error_from_sqlstate(code, message, error.details)
