"""Calls everything as everybody, and reports what reached a row or a word of the target's.

Four ways to leak: `open` (not refused, or not in the way that it must be), `secret` (an answer or a refusal holds what
is the target's), `changed` (a row of theirs is not as it was), `oracle` (their ids and unknown ids are answered
differently).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.sql.tenants.arguments import FUNCTIONS, Function
from tests.sql.tenants.people import Tenant
from tests.sql.tenants.tables import Table, digest_query, find_tables, rows_of

ATTEMPT = (Path(__file__).parent / "attempt.sql").read_text(encoding="utf-8")
REACHED, DENIED = "00000", "42501"
NOT_A_TARGET = "55000"
"""A view that nobody can write: Postgres says so before it looks at privileges."""

UUID_OR_HASH = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")


class Caller(NamedTuple):
    """Who calls: a role, the user in the token, and the code that functions for users must refuse with, if any."""

    name: str
    role: str
    user: UUID | None
    refusal: str | None = None


class Leak(NamedTuple):
    """Something that must not be."""

    kind: str
    caller: str
    query: str
    told: str


class Outcome(NamedTuple):
    """What became of one query."""

    code: str
    answer: str | None
    digest: str | None


@dataclass(slots=True)
class Matrix:
    """One run over one database, inside of the owner's transaction. `own` is whose ids are mixed in."""

    owner: psycopg.Connection[Any]
    target: Tenant
    own: Tenant
    for_users: frozenset[str]
    counts: Counter[str] = field(default_factory=Counter)
    _tables: list[Table] = field(init=False)
    _functions: list[Function] = field(init=False)
    _secrets: frozenset[str] = field(init=False)
    _strange: dict[str, str] = field(init=False)
    _theirs: re.Pattern[str] = field(init=False)
    _digest: str = field(init=False)

    def __post_init__(self) -> None:
        self.owner.execute("set local search_path = ''")
        self._tables = find_tables(self.owner)
        self._functions = [
            Function(schema, name, tuple(names), tuple(types))
            for _, schema, name, names, types, _ in self.owner.execute(FUNCTIONS.encode()).fetchall()
        ]
        theirs = self._ids(self.target) | {self.target.key, self.target.email}
        self._strange = {each: self._unlike(each) for each in theirs}
        self._theirs = re.compile("|".join(sorted(map(re.escape, theirs))))
        self._secrets = frozenset(theirs | {self.target.mark})
        self._digest = digest_query(self._tables, self.target)
        self.owner.execute(b"drop function if exists pg_temp.attempt; " + ATTEMPT.encode())

    def empty_tables(self) -> list[str]:
        """Tables in which the target has no row, so that nothing in them could leak."""
        return [table.name for table in self._tables if table.is_table and not rows_of(self.owner, table, self.target)]

    def run(self, callers: Iterable[Caller]) -> list[Leak]:
        """All tables and functions as each of them."""
        self.counts.update(tables=len(self._tables), functions=len(self._functions))
        before = self.owner.execute(self._digest.encode()).fetchone()
        assert before is not None
        return [leak for caller in callers for leak in self._run(caller, before[0])]

    def _run(self, caller: Caller, before: str) -> Iterator[Leak]:
        asked = list(self._queries())
        outcomes = self._attempt(caller, asked)
        for (query, kind), outcome in zip(asked, outcomes, strict=True):
            for leak in self._judge(caller, query, kind, outcome, before):
                yield Leak(leak, caller.name, query, f"{outcome.code} {outcome.answer}")
        yield from self._compare(caller, asked, outcomes)

    def _compare(self, caller: Caller, asked: list[tuple[str, str]], outcomes: list[Outcome]) -> Iterator[Leak]:
        """Ask again with ids that nobody has, where privileges did not forbid to ask at all."""
        pairs = [
            (query, strange, outcome)
            for (query, _), outcome in zip(asked, outcomes, strict=True)
            if outcome.code != DENIED and (strange := self._as_strange(query)) != query
        ]
        twins = self._attempt(caller, [(strange, "read") for _, strange, _ in pairs])
        for (query, _, outcome), twin in zip(pairs, twins, strict=True):
            if self._masked(outcome) != self._masked(twin):
                yield Leak("oracle", caller.name, query, f"{outcome.code} {outcome.answer} / {twin.code} {twin.answer}")

    def _queries(self) -> Iterator[tuple[str, str]]:
        """Each with what it asks: a table (read or written), a view, a function for users or for the server."""
        for table in self._tables:
            kind = "table" if table.is_table else "view"
            rows = rows_of(self.owner, table, self.target)
            yield from ((query, "read" if table.is_table else kind) for query in table.reads())
            yield from ((query, kind) for query in table.writes(rows[0] if rows else None, self.own))
        for function in self._functions:
            kind = "users" if function.schema == "public" and function.name in self.for_users else "server"
            yield from ((query, kind) for query in function.calls(self.target, self.own))

    def _attempt(self, caller: Caller, asked: list[tuple[str, str]]) -> list[Outcome]:
        claims = {"role": caller.role} | ({"sub": str(caller.user)} if caller.user else {})
        rows = self.owner.execute(
            "select * from pg_temp.attempt(%s, %s::jsonb::text, %s, %s, %s)",
            [caller.role, Jsonb(claims), [q for q, _ in asked], [kind != "read" for _, kind in asked], self._digest],
        )
        outcomes = [Outcome(*row) for row in rows]
        self.counts.update(calls=len(outcomes), reached=sum(each.code == REACHED for each in outcomes))
        return outcomes

    def _judge(self, caller: Caller, query: str, kind: str, outcome: Outcome, before: str) -> Iterator[str]:
        is_reached = outcome.code == REACHED
        if is_reached and outcome.digest not in (before, None):
            yield "changed"
        if outcome.answer and any(each in outcome.answer and each not in query for each in self._secrets):
            yield "secret"
        if kind == "server" or caller.role == "anon":
            is_right = outcome.code == DENIED or (kind == "view" and outcome.code == NOT_A_TARGET)
        elif kind == "users":
            is_right = caller.refusal is None or outcome.code == caller.refusal
        else:
            is_right = is_reached or outcome.code == DENIED or (kind == "view" and outcome.code == NOT_A_TARGET)
        if not is_right:
            yield "open"

    def _masked(self, outcome: Outcome) -> tuple[str, str]:
        """The outcome without ids, times and numbers, which differ from call to call."""
        answer = UUID_OR_HASH.sub("#", outcome.answer or "")
        answer = self._theirs.sub("#", answer)
        return outcome.code, re.sub(r"\d+", "#", answer)

    def _as_strange(self, query: str) -> str:
        """The same query with ids that nobody has."""
        return self._theirs.sub(lambda match: self._strange[match[0]], query)

    def _ids(self, tenant: Tenant) -> set[str]:
        """Every id and hash in the target's rows that stands in nobody else's."""
        found: set[str] = set()
        others: set[str] = set()
        for table in self._tables:
            found.update(*(UUID_OR_HASH.findall(str(row)) for row in rows_of(self.owner, table, tenant)))
            others.update(*(UUID_OR_HASH.findall(str(row)) for row in rows_of(self.owner, table, self.own)))
        return found - others

    @staticmethod
    def _unlike(known: str) -> str:
        if len(known) == 64:
            return uuid4().hex * 2
        return str(uuid4()) if UUID_OR_HASH.fullmatch(known) else uuid4().hex[:12] + known[12:]
