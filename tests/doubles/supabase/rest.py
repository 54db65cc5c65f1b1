"""PostgREST's `/rest/v1/rpc/<function>`, by its own rules, for POST, the only method that Glacia uses.

The API key opens the gateway; role and claims come from the token; the call is one transaction with the role's own
settings; the function is found by the names of its arguments; the answer's shape follows the function's result type;
an SQLSTATE decides the status. Sources: PostgREST 13's documentation (functions, transactions, errors).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.doubles.supabase.keys import BadTokenError, Keys

ROLES = ("anon", "authenticated", "service_role")
_FUNCTION = """
select coalesce(p.proargnames[1:p.pronargs], '{}'), p.pronargdefaults,
  (select coalesce(array_agg(format_type(t, null) order by n), '{}')
   from unnest(p.proargtypes::oid[]) with ordinality as a(t, n)),
  p.proretset, p.prorettype = 'void'::regtype
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = %s and p.prokind = 'f'
"""
_STATUS = {
    "42501": 403, "42883": 404, "42P01": 404, "23503": 409, "23505": 409, "25006": 405, "53400": 500, "57014": 500,
    "P0001": 400,
}  # fmt: skip
_STATUS_OF_CLASS = {
    "08": 503, "09": 500, "0L": 403, "0P": 403, "25": 500, "28": 403, "2D": 500, "38": 500, "39": 500, "3B": 500,
    "40": 500, "53": 503, "54": 500, "55": 500, "57": 500, "58": 500, "F0": 500, "HV": 500, "P0": 500, "XX": 500,
}  # fmt: skip


class RestError(Exception):
    """Becomes `{code, details, hint, message}` with a status."""

    def __init__(self, status: int, code: str, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "details": details, "hint": None, "message": message}


class GatewayError(Exception):
    """What stands before PostgREST lets nobody through: 401 with a message, and none of PostgREST's other fields."""


@dataclass(frozen=True)
class Function:
    """One function that fits the given names: their types, and the shape of its result."""

    types: dict[str, str]
    is_set: bool
    is_void: bool


class Rest:
    """One project's Data API."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]], keys: Keys) -> None:
        self._pool = pool
        self._keys = keys
        self._settings: dict[str, list[tuple[str, str]]] | None = None

    def routes(self) -> list[Route]:
        """What the app mounts."""
        return [Route("/rest/v1/rpc/{function}", self._call, methods=["POST"])]

    async def _call(self, request: Request) -> Response:
        try:
            claims = self._claims(request)
            body = (await request.body()).decode("utf-8", "surrogatepass") or "{}"
            names = _argument_names(body)
            async with self._pool.connection() as connection:
                function = await _resolve(connection, request.path_params["function"], names)
                return await self._run(connection, request.path_params["function"], function, body, claims)
        except GatewayError as error:
            return JSONResponse({"message": str(error)}, 401)
        except RestError as error:
            return JSONResponse(error.body, error.status)
        except psycopg.Error as error:
            return _sql_error(error, is_anonymous=claims["role"] == "anon")

    def _claims(self, request: Request) -> dict[str, Any]:
        """Whoever the token names; without a token of its own, whoever the API key stands for."""
        api_key = request.headers.get("apikey", "")
        role = self._keys.role_of(api_key)
        if role is None:
            raise GatewayError("Invalid API key" if api_key else "No API key found in request")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return {"role": role}
        if (parts := token.count(".") + 1) != 3:  # an opaque key is no token: clients must not send it as one
            raise RestError(401, "PGRST301", f"Expected 3 parts in JWT; got {parts}")
        try:
            claims = self._keys.verify(token)
        except BadTokenError as error:
            raise RestError(401, error.code, str(error)) from error
        claims.setdefault("role", "anon")
        if claims["role"] not in ROLES:
            raise RestError(400, "22023", f'role "{claims["role"]}" does not exist')
        return claims

    async def _run(
        self, connection: AsyncConnection[Any], name: str, function: Function, body: str, claims: dict[str, Any]
    ) -> Response:
        """One transaction: role, claims and the role's settings first, in a statement of their own; then the call."""
        async with connection.transaction():
            settings = [("role", claims["role"]), ("request.jwt.claims", json.dumps(claims))]
            settings += [("request.method", "POST"), *(await self._role_settings(connection))[claims["role"]]]
            values = [value for setting in settings for value in setting]
            await connection.execute(
                f"select {', '.join(['set_config(%s, %s, true)'] * len(settings))}".encode(), values
            )
            rows = await (await connection.execute(_statement(name, function), [body])).fetchall()
        if function.is_void:
            return Response(status_code=204)
        texts = ["null" if row[0] is None else row[0] for row in rows]
        content = f"[{','.join(texts)}]" if function.is_set else texts[0]
        return Response(content, media_type="application/json")

    async def _role_settings(self, connection: AsyncConnection[Any]) -> dict[str, list[tuple[str, str]]]:
        """`set role` applies none of a role's own settings, so PostgREST reads and applies them."""
        if self._settings is None:
            cursor = await connection.execute(
                "select rolname, coalesce(rolconfig, '{}') from pg_roles where rolname = any(%s)", [list(ROLES)]
            )
            rows = await cursor.fetchall()
            self._settings = {name: [tuple(each.split("=", 1)) for each in config] for name, config in rows}  # type: ignore[misc]
        return self._settings


def _argument_names(body: str) -> set[str]:
    try:
        given = json.loads(body)
    except json.JSONDecodeError as error:
        raise RestError(400, "PGRST102", "Empty or invalid json") from error
    if not isinstance(given, dict):
        raise RestError(400, "PGRST102", "All object keys must match")
    return set(given)


async def _resolve(connection: AsyncConnection[Any], name: str, given: set[str]) -> Function:
    """The only function of this name that takes these arguments. Raises RestError."""
    rows = await (await connection.execute(_FUNCTION, [name])).fetchall()
    fitting = []
    for names, defaults, types, is_set, is_void in rows:
        required = set(names[: len(names) - defaults])
        if required <= given <= set(names):
            chosen = {each: kind for each, kind in zip(names, types, strict=True) if each in given}
            fitting.append(Function(chosen, is_set, is_void))
    if len(fitting) == 1:
        return fitting[0]
    signature = f"public.{name}({', '.join(sorted(given))})"
    if fitting:
        raise RestError(300, "PGRST203", f"Could not choose the best candidate function between: {signature}")
    details = f"Searched for the function {signature}, but no matches were found in the schema cache."
    raise RestError(404, "PGRST202", f"Could not find the function {signature} in the schema cache", details)


def _statement(name: str, function: Function) -> sql.Composed:
    """The arguments as a record of the parameters' own types, as PostgREST builds it."""
    columns = [sql.SQL("{} {}").format(sql.Identifier(each), sql.SQL(kind)) for each, kind in function.types.items()]  # type: ignore[arg-type]
    named = [sql.SQL("{0} => a.{0}").format(sql.Identifier(each)) for each in function.types]
    source = (
        sql.SQL("json_to_record(%s::json) as a({})").format(sql.SQL(", ").join(columns))
        if columns
        else sql.SQL("(select %s::json) as a")
    )
    call = sql.SQL("{}.{}({})").format(sql.Identifier("public"), sql.Identifier(name), sql.SQL(", ").join(named))
    result = sql.SQL("null::text" if function.is_void else "to_json(r)::text")
    return sql.SQL("select {} from {}, lateral {} as r").format(result, source, call)


def _sql_error(error: psycopg.Error, *, is_anonymous: bool) -> Response:
    state = error.sqlstate
    if state is None:
        body = {"code": "PGRST001", "details": str(error), "hint": None, "message": "Database client error."}
        return JSONResponse(body, 503)
    body = {
        "code": state,
        "details": error.diag.message_detail,
        "hint": error.diag.message_hint,
        "message": error.diag.message_primary,
    }
    return JSONResponse(body, _status(state, is_anonymous=is_anonymous))


def _status(state: str, *, is_anonymous: bool) -> int:
    if match := re.fullmatch(r"PT(\d{3})", state):
        return int(match[1])
    if state == "42501" and is_anonymous:
        return 401
    return _STATUS.get(state) or _STATUS_OF_CLASS.get(state[:2], 400)
