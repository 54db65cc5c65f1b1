"""Every way to read and write a table or a view, made from the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tests.sql.tenants.people import SHARED, Tenant

TABLES = """
select c.oid::regclass::text, c.relkind in ('r', 'p'),
  array_agg(a.attname::text order by a.attnum),
  array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = ''),
  array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '' and a.attidentity = '')
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
group by c.oid order by 1
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of the catalogue."""

    name: str
    is_table: bool
    columns: tuple[str, ...]
    insertable: tuple[str, ...]
    updatable: tuple[str, ...]

    def reads(self) -> Iterator[str]:
        """Each column for itself: a grant may be on one alone."""
        for column in self.columns:
            yield f"select string_agg(t.{column}::text, ' ') from {self.name} t"

    def writes(self, row: dict[str, Any] | None, caller: Tenant) -> Iterator[str]:
        """A copy of the target's row, in the target's name and in the caller's; every column; everything away."""
        for each in (row or {}, {**(row or {}), "user_id": str(caller.user)}):
            columns = ", ".join(self.insertable)
            values = f"jsonb_populate_record(null::{self.name}, {_literal(each)})"
            yield f"insert into {self.name} ({columns}) overriding system value select {columns} from {values}"
        for column in self.updatable:
            yield f"update {self.name} set {column} = {column}"
        yield f"delete from {self.name}"
        if self.is_table:
            yield f"truncate {self.name} cascade"


def _literal(value: dict[str, Any]) -> str:
    return sql.Literal(json.dumps(value)).as_string() + "::jsonb"


def find_tables(owner: psycopg.Connection[Any]) -> list[Table]:
    """All of them, whether or not anybody may touch them."""
    return [
        Table(name, is_table, tuple(columns), tuple(insertable or ()), tuple(updatable or ()))
        for name, is_table, columns, insertable, updatable in owner.execute(TABLES.encode()).fetchall()
    ]


def rows_of(owner: psycopg.Connection[Any], table: Table, tenant: Tenant) -> list[dict[str, Any]]:
    """The tenant's rows."""
    query = f"select to_jsonb(t) from {table.name} t where to_jsonb(t)::text ~ '{tenant.pattern}'"
    return [row for (row,) in owner.execute(query.encode()).fetchall()]


def digest_query(tables: list[Table], tenant: Tenant) -> str:
    """Reads one number out of all the tenant's rows and all settings, and where they lie: a rewritten row has moved."""
    selects = [
        f"select '{table.name}' || t.ctid || to_jsonb(t) as line from {table.name} t"
        + ("" if table.name in SHARED else f" where to_jsonb(t)::text ~ '{tenant.pattern}'")
        for table in tables
        if table.is_table
    ]
    return f"select md5(string_agg(line, '' order by line)) from ({' union all '.join(selects)}) all_lines"
