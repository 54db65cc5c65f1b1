"""Who may do what: the same list under both sets of default privileges, and nothing beyond it."""

from __future__ import annotations

import psycopg
import pytest

from tests.sql.calls import Calls

FOR_USERS = """
begin_fix(uuid,integer,text,text,text,boolean) begin_generation(uuid,text,text,text,boolean,text,uuid[])
cancel_generation(uuid) change_queued(uuid,text,integer) continue_queue(uuid) create_project(text,text,jsonb,jsonb)
delete_project(uuid) discard_generation_draft(uuid) drop_attachment(uuid) get_attachment(uuid)
get_file(uuid,text,integer) get_generation(uuid) get_health(uuid,integer) get_me() get_project(uuid)
get_project_stats(uuid) get_quote_basis(uuid,text,text,boolean,uuid[]) get_replay(uuid) get_snapshot_files(uuid,integer)
get_usage(timestamptz,timestamptz,text) keep_generation_draft(uuid) list_file_locks(uuid) list_files(uuid,integer)
list_generation_drafts(uuid) list_ledger(integer,bigint) list_messages(uuid) list_projects() list_snapshots(uuid)
list_usage_events(timestamptz,timestamptz,integer) note_health(uuid,integer,jsonb)
restore_snapshot(uuid,integer,integer,jsonb,text) save_draft(uuid,text) set_file_lock(uuid,text,boolean)
set_quota_limit(uuid,integer) set_rate_policy(text,integer,integer)
store_attachment(uuid,text,text,text,text,integer,integer) update_project(uuid,text)
""".replace("timestamptz", "timestamp with time zone")
FOR_THE_SERVER = """
admit(text,text,boolean) admit_token(uuid,uuid,boolean) append_events(jsonb) applied_migrations()
claim_generations(uuid,integer,uuid) claim_renewal(text,text) clear_attempts(text,text) close_session(text)
close_sessions(uuid,text) decrement_quota(uuid) events_since(jsonb) extend_leases(jsonb)
fail_generation(uuid,uuid,jsonb) find_cancelled(uuid[]) finish_generation(uuid,uuid,jsonb) grant_admin(text)
increment_quota(uuid) list_attachments(uuid,uuid) list_conversation(uuid,uuid) note_attempt(text,text)
open_hosted_session(uuid,text,integer,uuid,text,timestamptz) open_preview(uuid,uuid,integer)
open_session(uuid,text,integer) ping() store_renewal(text,uuid,text,timestamptz) sweep_stale_generations()
""".replace("timestamptz", "timestamp with time zone")
TABLES = """
attachments blobs file_locks file_versions generation_drafts generation_events generation_replays generations messages
profiles project_files project_files_stats projects quota_ledger quotas snapshot_files snapshot_fixes snapshot_health
snapshots usage_daily usage_events
"""
ROLES = ("anon", "authenticated", "service_role")

FUNCTIONS = """
select p.oid::regprocedure::text from pg_proc p
where p.pronamespace = %s::regnamespace and p.proowner = 'postgres'::regrole
  and has_function_privilege(%s, p.oid, 'execute')
"""
RELATIONS = """
select c.relname::text, privilege
from pg_class c, unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as privilege
where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = %s::regnamespace
  and has_table_privilege(%s, c.oid, privilege)
"""


def _names(text: str) -> set[str]:
    """Signatures, which hold spaces only inside of a type's name."""
    return set(text.replace("timestamp with time zone", "timestamp~with~time~zone").split())


def _functions(sql: Calls, role: str, schema: str = "public") -> set[str]:
    names = sql.rows(FUNCTIONS, schema, role)
    return {name.replace("timestamp with time zone", "timestamp~with~time~zone") for name in names}


def test_functions_are_open_to_those_listed_and_nobody_else(sql: Calls) -> None:
    assert _functions(sql, "anon") == set()
    assert _functions(sql, "authenticated") == _names(FOR_USERS)
    assert _functions(sql, "service_role") == _names(FOR_THE_SERVER)


def test_the_public_may_call_nothing(sql: Calls) -> None:
    """`public` as a grantee: no role need be named to hold it."""
    query = (
        "select p.oid::regprocedure::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        " where a.grantee = 0 and p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)"
    )
    assert sql.rows(query) == []


def test_tables_can_be_read_and_no_more(sql: Calls) -> None:
    for role in ("authenticated", "service_role"):
        assert sorted(sql.rows(RELATIONS, "public", role)) == [(table, "select") for table in sorted(TABLES.split())]
    assert sql.rows(RELATIONS, "public", "anon") == []


@pytest.mark.parametrize("role", ROLES)
def test_schema_private_is_closed(sql: Calls, role: str) -> None:
    assert sql.one("select has_schema_privilege(%s, 'private', 'usage, create')", role) is False
    assert _functions(sql, role, "private") == set()
    assert sql.rows(RELATIONS, "private", role) == []


@pytest.mark.parametrize("role", ROLES)
def test_sequences_are_closed(sql: Calls, role: str) -> None:
    query = (
        "select c.oid::regclass::text from pg_class c"
        " where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)"
        " and case when c.relkind = 'S' then has_sequence_privilege(%s, c.oid, 'usage, select, update') end"
    )
    assert sql.rows(query, role) == []


@pytest.mark.parametrize("role", ROLES)
def test_nobody_creates_things_in_public(sql: Calls, role: str) -> None:
    assert sql.one("select has_schema_privilege(%s, 'public', 'create')", role) is False


def test_migrations_were_run_by_no_superuser(sql: Calls) -> None:
    assert sql.one("select rolsuper, rolbypassrls from pg_roles where rolname = 'postgres'") == (False, True)
    owners = (
        "select distinct p.proowner::regrole::text from pg_proc p"
        " where p.pronamespace = 'private'::regnamespace"
        " union select distinct c.relowner::regrole::text from pg_class c"
        " where c.relkind in ('r', 'v') and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)"
    )
    assert sql.rows(owners) == ["postgres"]
    assert sql.rows("select proname::text from pg_proc where pronamespace = 'auth'::regnamespace order by 1") == [
        "jwt",
        "role",
        "uid",
    ]


def test_a_stranger_without_a_session_gets_nowhere(sql: Calls) -> None:
    with sql.database.acting_as(None, "anon") as connection:
        for statement in ("select public.get_me()", "select public.ping()", "select * from public.projects"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
            connection.rollback()
            connection.execute("select set_config('role', 'anon', true)")
