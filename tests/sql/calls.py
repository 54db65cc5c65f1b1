"""Calls SQL functions the way PostgREST does, and looks at tables the way their owner can.

`Calls` holds one connection per caller, so that a test of twenty calls does not open twenty. Everything commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.support.databases import Database

PROCESS = uuid4()
"""A process that claims generations."""


class Calls:
    """What users, the server and the owner do in one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._api = database.connect("authenticator", autocommit=True)
        self._owner = database.connect("postgres", autocommit=True)

    def close(self) -> None:
        self._api.close()
        self._owner.close()

    def add_user(self, email: str | None = None, *, is_guest: bool = False) -> UUID:
        """Sign somebody up; an address is made up unless they are a guest."""
        address = None if is_guest else email or f"{uuid4().hex[:12]}@example.com"
        return self.database.add_user(address, is_guest=is_guest)

    def add_admin(self) -> UUID:
        """Somebody who may change limits."""
        address = f"{uuid4().hex[:12]}@example.com"
        admin = self.add_user(address)
        assert self.server("grant_admin", p_email=address) == {"ok": True}
        return admin

    def user(self, user_id: UUID | None, function: str, **args: Any) -> Any:
        """Call as a signed-in user (None: with a token that names nobody)."""
        return call(self._api, user_id, "authenticated", function, **args)

    def server(self, function: str, **args: Any) -> Any:
        """Call with the service role."""
        return call(self._api, None, "service_role", function, **args)

    def rows(self, query: str, *params: Any) -> list[Any]:
        """What the owner of the tables reads; a row of one column is that column. One dict gives named parameters."""
        given = params[0] if len(params) == 1 and isinstance(params[0], dict) else params or None
        rows = self._owner.execute(query.encode(), given).fetchall()
        return [row[0] if len(row) == 1 else row for row in rows]

    def one(self, query: str, *params: Any) -> Any:
        """The only row."""
        (row,) = self.rows(query, *params)
        return row

    def change(self, statement: str, *params: Any) -> int:
        """What the owner changes, such as the time of a hit; the number of rows."""
        return self._owner.execute(statement.encode(), params or None).rowcount

    @contextmanager
    def refused(self, sqlstate: str, message: str) -> Iterator[None]:
        """The body must be refused with this SQLSTATE and this code."""
        with pytest.raises(psycopg.Error) as refusal:
            yield
        assert (refusal.value.sqlstate, refusal.value.diag.message_primary) == (sqlstate, message)

    # The way of one generation, as far as most tests need it.

    def create_project(self, user_id: UUID, name: str = "Bakery", **args: Any) -> str:
        """The id of a new project."""
        return str(self.user(user_id, "create_project", p_name=name, **args)["project"]["id"])

    def begin(self, user_id: UUID, project_id: str, prompt: str = "a page", **args: Any) -> Any:
        """The answer of begin_generation."""
        return self.user(
            user_id, "begin_generation", p_project_id=project_id, p_prompt=prompt, p_model="model-1", **args
        )

    def claim(self, project_id: str | None = None, limit: int = 10) -> list[Any]:
        """What a process may run now."""
        return list(
            self.server("claim_generations", p_process_id=PROCESS, p_max=limit, p_project_id=project_id)["generations"]
        )

    def running(self, user_id: UUID, project_id: str, prompt: str = "a page") -> Any:
        """A generation that has been begun and claimed."""
        begun = self.begin(user_id, project_id, prompt)
        assert begun["ok"], begun
        (claimed,) = self.claim(project_id)
        assert claimed["id"] == begun["generation"]["id"]
        return claimed

    def sweep(self, claimed: Any) -> Any:
        """Let its lease run out, and what the sweep makes of it."""
        self.change("update private.leases set expires_at = clock_timestamp() where generation_id = %s", claimed["id"])
        swept = self.server("sweep_stale_generations")["swept"]
        return next((each for each in swept if each["generation"]["id"] == claimed["id"]), None)

    def finish(self, claimed: Any, *changes: dict[str, Any], seq: int = 1, **result: Any) -> Any:
        """Commit these changes, or answer when there are none."""
        outcome = "committed" if changes else "answered"
        card = {"title": "A change"} if changes else None
        return self._end(
            "finish_generation", claimed, seq, "done",
            {"outcome": outcome, "text": "Here.", "changes": list(changes), "card": card, **result},
        )  # fmt: skip

    def fail(self, claimed: Any, outcome: str, seq: int = 1, **result: Any) -> Any:
        """End with this outcome."""
        return self._end(
            "fail_generation", claimed, seq, "failed", {"outcome": outcome, "code": outcome, "message": "m", **result}
        )

    def _end(self, function: str, claimed: Any, seq: int, kind: str, result: dict[str, Any]) -> Any:
        last = {"seq": seq, "type": kind, "data": {"outcome": result["outcome"]}}
        return self.server(
            function,
            p_generation_id=claimed["id"],
            p_lease_token=claimed["lease_token"],
            p_result={"events": [last], "attempts": 1, **result},
        )

    def assert_exact(self, user_id: UUID) -> dict[str, int]:
        """The rules that hold after every step, and the quota as it is."""
        quota = self.user(user_id, "get_me")["me"]["quota"]
        assert quota["limit"] == quota["used"] + quota["reserved"] + quota["remaining"]
        balance = 0
        for amount, after in self.rows(
            "select amount, balance from public.quota_ledger where user_id = %s order by id", user_id
        ):
            balance += amount
            assert after == balance
        assert balance == quota["remaining"]
        assert quota["reserved"] == self.one("select count(*) from private.reservations where user_id = %s", user_id)
        return {key: quota[key] for key in ("limit", "used", "reserved", "remaining")}


def call(connection: psycopg.Connection[Any], user_id: UUID | None, role: str, function: str, **args: Any) -> Any:
    """One call in a transaction of its own."""
    claims: dict[str, str] = {"role": role} if user_id is None else {"role": role, "sub": str(user_id)}
    names = sql.SQL(", ").join(sql.SQL("{} => %s").format(sql.Identifier(name)) for name in args)
    query = sql.SQL("select public.{}({})").format(sql.Identifier(function), names)
    values = [
        Jsonb(value) if isinstance(value, dict) or _is_json(function, value) else value for value in args.values()
    ]
    with connection.transaction():
        connection.execute(
            "select set_config('role', %s, true), set_config('request.jwt.claims', %s::jsonb::text, true)",
            [role, Jsonb(claims)],
        )
        row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]


def _is_json(function: str, value: Any) -> bool:
    """A list is jsonb everywhere but in find_cancelled, and where it names attachments."""
    return isinstance(value, list) and function not in ("find_cancelled", "begin_generation", "get_quote_basis")


def event(seq: int, kind: str = "message.delta", **data: Any) -> dict[str, Any]:
    """One event."""
    return {"seq": seq, "type": kind, "data": data}


def write(path: str, content: str | None) -> dict[str, Any]:
    """One change of a file; no content deletes it."""
    return {"path": path, "content": content}
