"""Static checks of the whole schema, read from the catalogue, so that nothing new is forgotten.

Each check is a query for offenders. It must find none in our schema, and it must find one that is planted.
"""

from __future__ import annotations

import re

import pytest

from glacia_ui.db.migrate import find_migrations
from tests.sql.calls import Calls

OURS = "in ('public'::regnamespace, 'private'::regnamespace)"
NOT_THE_SHIMS = "p.proowner = 'postgres'::regrole"
# What runs of a body: neither comments nor strings, which could hold any promise.
CODE = r"""
  regexp_replace(regexp_replace(regexp_replace(
    p.prosrc, '--[^\n]*', '', 'g'), '/\*.*?\*/', '', 'g'), '''[^'']*''', '', 'g')"""

CHECKS = {
    "tables without row level security, enabled and forced": f"""
        select c.oid::regclass::text from pg_class c
        where c.relkind in ('r', 'p') and c.relnamespace {OURS}
          and not (c.relrowsecurity and c.relforcerowsecurity)""",
    "views that run with their owner's rights": f"""
        select c.oid::regclass::text from pg_class c
        where c.relkind in ('v', 'm') and c.relnamespace {OURS}
          and not coalesce(c.reloptions, '{{}}') @> '{{security_invoker=true}}'""",
    "functions without an empty search_path": f"""
        select p.oid::regprocedure::text from pg_proc p
        where p.pronamespace {OURS} and {NOT_THE_SHIMS}
          and not coalesce(p.proconfig, '{{}}') @> array['search_path=""']""",
    "public functions that are no definers or return no jsonb": f"""
        select p.oid::regprocedure::text from pg_proc p
        where p.pronamespace = 'public'::regnamespace and {NOT_THE_SHIMS}
          and (not p.prosecdef or p.proretset or p.prorettype <> 'jsonb'::regtype)""",
    "arguments of public functions that are not named p_…": f"""
        select p.oid::regprocedure::text from pg_proc p, unnest(p.proargnames) as name
        where p.pronamespace = 'public'::regnamespace and {NOT_THE_SHIMS} and name not like 'p\\_%'""",
    "functions for users that never ask who calls": f"""
        select p.oid::regprocedure::text from pg_proc p
        where p.pronamespace = 'public'::regnamespace and {NOT_THE_SHIMS}
          and has_function_privilege('authenticated', p.oid, 'execute')
          and {CODE} !~ 'private\\.(admin_)?caller\\(\\)'""",
    "functions that a role may call under a name of several meanings": f"""
        select p.proname::text from pg_proc p
        where p.pronamespace = 'public'::regnamespace and {NOT_THE_SHIMS} group by 1 having count(*) > 1""",
    "foreign keys without an index": f"""
        select f.conrelid::regclass || '.' || f.conname from pg_constraint f
        where f.contype = 'f' and f.connamespace {OURS} and not exists (
          select from pg_index i where i.indrelid = f.conrelid and i.indpred is null
            and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey)""",
    "columns that a policy compares without an index that begins with them": """
        select p.polrelid::regclass || '.' || a.attname
        from pg_policy p
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
          and d.refclassid = 'pg_class'::regclass and d.refobjid = p.polrelid and d.refobjsubid > 0
        join pg_attribute a on a.attrelid = p.polrelid and a.attnum = d.refobjsubid
        where not exists (
          select from pg_index i
          where i.indrelid = p.polrelid and i.indpred is null and i.indkey[0] = a.attnum)""",
    "policies that ask for the caller row by row": """
        select polrelid::regclass || '.' || polname from pg_policy
        where replace(
          coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), ''),
          '( SELECT auth.uid() AS uid)', '') like '%auth.uid()%'""",
    "policies that are open to more than authenticated": """
        select polrelid::regclass || '.' || polname from pg_policy
        where polroles <> array['authenticated'::regrole::oid]""",
    "tables that users may read and that no policy filters by the caller": """
        select c.oid::regclass::text from pg_class c
        where c.relkind in ('r', 'p') and has_table_privilege('authenticated', c.oid, 'select')
          and c.relnamespace = 'public'::regnamespace and not exists (
            select from pg_policy p where p.polrelid = c.oid and p.polcmd in ('r', '*')
              and pg_get_expr(p.polqual, p.polrelid) like '%auth.uid()%')""",
    "tables of users' things without a user_id": """
        select c.oid::regclass::text from pg_class c
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
          and c.relname <> 'profiles' and not exists (
            select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and a.attnotnull)""",
    "times without a zone, and times that are not named so": f"""
        select c.oid::regclass || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relkind in ('r', 'p') and c.relnamespace {OURS} and a.attnum > 0 and (
          a.atttypid = 'timestamp'::regtype
          or a.atttypid = 'timestamptz'::regtype and a.attname !~ '(^|_)at$')""",
}

# One offender for each check, planted and rolled back.
HOLES = {
    "tables without row level security, enabled and forced": "create table public.hole (id int)",
    "views that run with their owner's rights": "create view public.hole as select 1 as one",
    "functions without an empty search_path": "create function private.hole() returns int language sql as 'select 1'",
    "public functions that are no definers or return no jsonb": """
        create function public.hole() returns int language sql as 'select 1'""",
    "arguments of public functions that are not named p_…": """
        create function public.hole(id int) returns int language sql as 'select 1'""",
    "functions for users that never ask who calls": """
        create function public.hole() returns text language sql as $$
          select /* private.caller() */ 'private.caller()' -- private.caller()
        $$;
        grant execute on function public.hole() to authenticated""",
    "functions that a role may call under a name of several meanings": """
        create function public.get_me(p_x int) returns int language sql as 'select 1'""",
    "foreign keys without an index": """
        create table public.hole (id int, project_id uuid references public.projects (id))""",
    "columns that a policy compares without an index that begins with them": """
        create table public.hole (id uuid);
        create policy hole on public.hole to authenticated using (id = (select auth.uid()))""",
    "policies that ask for the caller row by row": """
        create policy hole on public.projects to authenticated using (user_id = auth.uid())""",
    "policies that are open to more than authenticated": """
        create policy hole on public.projects using (user_id = (select auth.uid()))""",
    "tables that users may read and that no policy filters by the caller": """
        create table public.hole (id uuid); grant select on public.hole to authenticated;
        create policy hole on public.hole to authenticated using (true)""",
    "tables of users' things without a user_id": "create table public.hole (id int)",
    "times without a zone, and times that are not named so": "create table public.hole (created timestamptz)",
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_schema_has_no(sql: Calls, check: str) -> None:
    assert sql.rows(CHECKS[check]) == []


@pytest.mark.parametrize("check", CHECKS)
def test_a_planted_one_is_found(sql: Calls, check: str) -> None:
    with sql.database.connect("postgres") as connection:
        connection.execute(HOLES[check].encode())
        found = connection.execute(CHECKS[check].encode()).fetchall()
        connection.rollback()
    assert len(found) == 1, found


def find_wordless(text: str) -> list[str]:
    """Functions of a migration without a comment; in `public`, it begins with who calls and names the definer."""
    wordless = []
    for match in re.finditer(r"^create (?:or replace )?function (?P<name>[\w.]+)\(", text, re.MULTILINE):
        comment = re.search(r"(?:^--.*\n)+\Z", text[: match.start()], re.MULTILINE)
        says_who = comment and re.match(r"-- For (users|admins|the server)", comment[0]) and "Definer" in comment[0]
        if not comment or (match["name"].startswith("public.") and not says_who):
            wordless.append(match["name"])
    return wordless


def find_unrevoked(text: str, before: str = "") -> list[str]:
    """What a migration creates and never revokes; of what it replaces, what is revoked neither here nor `before`."""
    unrevoked = []
    for replaces, name in re.findall(r"^create (or replace )?(?:function|table|view) ([\w.]+)", text, re.MULTILINE):
        revoked = " ".join(re.findall(r"^revoke .*?;", before * bool(replaces) + text, re.MULTILINE | re.DOTALL))
        if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", revoked):
            unrevoked.append(name)
    return unrevoked


def test_every_function_says_who_may_call_it_and_why_it_is_definer() -> None:
    for migration in find_migrations():
        assert find_wordless(migration.path.read_text(encoding="utf-8")) == [], migration.path.name


def test_every_migration_revokes_what_it_creates() -> None:
    """Whatever the default privileges are: see test_grants.py for the result."""
    before = ""
    for migration in find_migrations():
        text = migration.path.read_text(encoding="utf-8")
        assert find_unrevoked(text, before) == [], migration.path.name
        before += text


HOLE = "{comment}create {replace}function public.hole(p_x int) returns jsonb language sql as 'select 1';\n{revoke}"
SAID = "-- For users: a hole. Definer, because.\n"
REVOKED = "revoke execute on function public.hole(int) from public, anon, authenticated, service_role;\n"


@pytest.mark.parametrize("replace", ["", "or replace "])
@pytest.mark.parametrize(
    ("comment", "revoke", "is_wordless", "is_unrevoked"),
    [
        (SAID, REVOKED, False, False),
        ("", REVOKED, True, False),
        ("-- A hole. Definer, because.\n", REVOKED, True, False),
        ("-- For users: a hole.\n", REVOKED, True, False),
        (SAID, "", False, True),
        (SAID, REVOKED.replace("hole", "hole_too"), False, True),
    ],
)
def test_a_planted_migration_is_read(
    replace: str, comment: str, revoke: str, is_wordless: bool, is_unrevoked: bool
) -> None:
    text = HOLE.format(comment=comment, replace=replace, revoke=revoke)
    assert (find_wordless(text), find_unrevoked(text)) == (
        ["public.hole"] * is_wordless,
        ["public.hole"] * is_unrevoked,
    )


def test_a_replaced_function_keeps_what_was_revoked_before() -> None:
    replaced = HOLE.format(comment=SAID, replace="or replace ", revoke="")
    created = HOLE.format(comment=SAID, replace="", revoke="")
    assert find_unrevoked(replaced, before=REVOKED) == []
    assert find_unrevoked(created, before=REVOKED) == ["public.hole"]
