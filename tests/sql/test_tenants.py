"""No user reaches another's data: every table and every function, as everybody, with somebody else's ids.

What there is comes from the catalogue, so that a new table or function is in the matrix from its first day. That the
matrix sees is shown by the target's own calls, and by holes of each kind, planted in a transaction and rolled back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import Clusters
from tests.sql.calls import Calls
from tests.sql.tenants.matrix import Caller, Matrix
from tests.sql.tenants.people import SHARED, Tenant, furnish, plant
from tests.sql.test_grants import FOR_USERS

USER_FUNCTIONS = frozenset(signature.split("(")[0] for signature in FOR_USERS.split() if "(" in signature)


UNMARKED = {
    "private.sessions.token_sha256",
    "private.user_roles.role",
    "public.attachments.kind",
    "public.attachments.media_type",
    "public.blobs.sha256",
    "public.file_versions.sha256",
    "public.generations.mode",
    "public.generations.status",
    "public.messages.role",
    "public.quota_ledger.kind",
    "public.snapshot_health.state",
    "public.snapshots.kind",
    "public.usage_events.mode",
}
"""Columns that a constraint keeps from holding a word: hashes, which are secrets as they are, and kinds."""

ASKS = "v_user_id uuid := private.caller(); v_project public.projects"
DEFINER = "language plpgsql security definer set search_path = ''"
FOR_ALL_USERS = (
    "revoke execute on function public.hole from public; grant execute on function public.hole to authenticated"
)

NEW_TABLE = "create table public.hole as select user_id, name from public.projects"

# What must be found: kinds of leak, and the object.
HOLES: dict[str, tuple[str, set[str], str]] = {
    "a table without row level security": (
        f"{NEW_TABLE}; grant select on public.hole to authenticated",
        {"secret"}, "public.hole",
    ),
    "a column of a table that strangers may read": (
        f"{NEW_TABLE}; grant select (name) on public.hole to anon",
        {"open", "secret"}, "public.hole",
    ),
    "a policy that lets everybody read": (
        "create policy hole on public.messages for select to authenticated using (true)", {"secret"}, "public.messages",
    ),
    "a policy that lets everybody write": (
        """create policy hole on public.messages to authenticated using (true) with check (true);
        grant update, delete on public.messages to authenticated""",
        {"secret", "changed"}, "public.messages",
    ),
    "a view with its owner's rights": (
        "create view public.hole as select name from public.projects; grant select on public.hole to authenticated",
        {"secret"}, "public.hole",
    ),
    "a function that reads without asking whose": (
        f"""create function public.hole(p_project_id uuid) returns jsonb {DEFINER} as $$ begin
            perform private.caller();
            return (select jsonb_agg(f.content) from public.project_files f where f.project_id = p_project_id);
        end $$; {FOR_ALL_USERS}""",
        {"secret", "oracle"}, "public.hole",
    ),
    "a function that writes without asking whose": (
        f"""create function public.hole(p_project_id uuid) returns jsonb {DEFINER} as $$ begin
            perform private.caller();
            update public.projects set draft_reason = 'x' where id = p_project_id;
            return '{{}}';
        end $$; {FOR_ALL_USERS}""",
        {"changed"}, "public.hole",
    ),
    "a function that anon may call": (
        f"""create function public.hole() returns jsonb {DEFINER} as $$ begin return '{{}}'; end $$;
        grant execute on function public.hole() to anon""",
        {"open"}, "public.hole",
    ),
    "a function of the server's that users may call": (
        "grant execute on function public.list_conversation to authenticated", {"open", "secret", "oracle"},
        "public.list_conversation",
    ),
    "a refusal that quotes somebody's data": (
        f"""create function public.hole(p_project_id uuid) returns jsonb {DEFINER} as $$ declare {ASKS}; begin
            select * into v_project from public.projects where id = p_project_id;
            if v_project.user_id is distinct from v_user_id then
              raise exception using errcode = 'PT404', message = 'not_found', detail = v_project.name;
            end if;
            return '{{}}';
        end $$; {FOR_ALL_USERS}""",
        {"secret", "oracle"}, "public.hole",
    ),
    "a refusal that tells whether an id exists": (
        f"""create function public.hole(p_project_id uuid) returns jsonb {DEFINER} as $$ declare {ASKS}; begin
            select * into v_project from public.projects where id = p_project_id;
            if v_project.user_id is distinct from v_user_id then
              raise exception using errcode = case when v_project.id is null then 'PT404' else 'PT403' end;
            end if;
            return '{{}}';
        end $$; {FOR_ALL_USERS}""",
        {"oracle"}, "public.hole",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """One database with everybody in it."""

    owner: psycopg.Connection[Any]
    target: Tenant
    own: Tenant
    callers: tuple[Caller, ...]
    unmarked: frozenset[str]

    def matrix(self) -> Matrix:
        return Matrix(self.owner, self.target, self.own, USER_FUNCTIONS | {"hole"})


@pytest.fixture(scope="module", params=["bare", "granted"])
def world(request: pytest.FixtureRequest, clusters: Clusters) -> Iterator[World]:
    cluster = clusters.get(18)
    database = cluster.create(request.param)
    sql = Calls(database)
    target, own, guest, suspended = furnish(sql), furnish(sql), furnish(sql, is_guest=True), furnish(sql)
    sql.server("grant_admin", p_email=target.email)
    sql.change("update public.profiles set is_suspended = true where id = %s", suspended.user)
    callers = (
        Caller("anon", "anon", None),
        Caller("user", "authenticated", own.user),
        Caller("authenticated without sub", "authenticated", None, "PT401"),
        Caller("unknown user", "authenticated", uuid4(), "PT401"),
        Caller("guest", "authenticated", guest.user),
        Caller("suspended user", "authenticated", suspended.user, "PT403"),
    )
    with database.connect("postgres") as owner:
        unmarked = frozenset(plant(owner, target))
        owner.commit()
        yield World(owner, target, own, callers, unmarked)
        owner.rollback()
    sql.close()
    cluster.drop(database)


@pytest.fixture(autouse=True)
def transaction(world: World) -> Iterator[None]:
    """Everything that a test does here is undone."""
    yield
    world.owner.rollback()


def test_the_target_has_a_row_in_every_table_and_its_word_in_every_text(world: World) -> None:
    assert set(world.matrix().empty_tables()) == SHARED
    assert world.unmarked == UNMARKED


def test_nobody_reaches_what_is_the_targets(world: World) -> None:
    matrix = world.matrix()
    assert matrix.run(world.callers) == []
    assert matrix.counts["calls"] > 5000
    assert matrix.counts["reached"] > 500


def test_the_target_reaches_it_all(world: World) -> None:
    """The same calls find, change or tell apart something in every table and function for users: no shot is empty."""
    leaks = world.matrix().run([Caller("target", "authenticated", world.target.user)])
    found = {re.split(r"[ (]", leak.query.split(" from ")[1])[0] for leak in leaks if " from " in leak.query}
    tables = world.owner.execute(
        "select c.oid::regclass::text from pg_class c"
        " where c.relnamespace = 'public'::regnamespace and has_table_privilege('authenticated', c.oid, 'select')"
    ).fetchall()
    assert found >= {table for (table,) in tables}
    assert found >= {f"public.{name}" for name in USER_FUNCTIONS}


@pytest.mark.parametrize("world", ["bare"], indirect=True)
@pytest.mark.parametrize("hole", HOLES)
def test_a_planted_hole_is_found(world: World, hole: str) -> None:
    statement, kinds, where = HOLES[hole]
    world.owner.execute(statement.encode())
    leaks = world.matrix().run(world.callers[:2])
    assert {leak.kind for leak in leaks} == kinds
    assert {leak.query for leak in leaks if where not in leak.query} == set()
