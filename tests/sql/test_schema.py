"""The schema as it is documented: the tables, and `project_files` to the last column, index and policy."""

from __future__ import annotations

import pytest

from tests.sql.calls import Calls

TABLES = {
    "private": (
        "ended_leases leases outcome_rules quota_defaults rate_hits rate_policies reservations sessions user_roles"
    ),
    "public": (
        "attachments blobs file_locks file_versions generation_drafts generation_events generation_replays generations"
        " messages profiles project_files projects quota_ledger quotas snapshot_files snapshot_fixes snapshot_health"
        " snapshots usage_daily usage_events"
    ),
}
COLUMNS = """
select a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated::text
from pg_attribute a where a.attrelid = 'public.project_files'::regclass and a.attnum > 0 order by a.attnum
"""


@pytest.mark.parametrize("schema", TABLES)
def test_the_tables_are_those_we_know(sql: Calls, schema: str) -> None:
    found = sql.rows(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = %s::regnamespace", schema
    )
    assert sorted(found) == TABLES[schema].split()


def test_project_files_has_the_columns_of_its_origin(sql: Calls) -> None:
    assert sql.rows(COLUMNS) == [
        ("id", "uuid", True, ""),
        ("project_id", "uuid", True, ""),
        ("user_id", "uuid", True, ""),
        ("file_path", "character varying(500)", True, ""),
        ("file_name", "character varying(255)", True, ""),
        ("content", "text", True, ""),
        ("file_size", "integer", False, "s"),
        ("version", "integer", True, ""),
        ("created_at", "timestamp with time zone", True, ""),
        ("updated_at", "timestamp with time zone", True, ""),
    ]


def test_project_files_has_its_keys_and_three_indexes(sql: Calls) -> None:
    constraints = sql.rows(
        "select contype::text, pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = 'public.project_files'::regclass and contype in ('p', 'u', 'f') order by 1"
    )
    assert constraints == [
        ("f", "FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE"),
        ("p", "PRIMARY KEY (id)"),
        ("u", "UNIQUE (project_id, file_path)"),
    ]
    indexes = sql.rows("select indexname::text from pg_indexes where tablename = 'project_files'")
    assert {"project_files_project_id", "project_files_file_path", "project_files_file_name"} <= set(indexes)


def test_project_files_has_one_policy_for_each_command(sql: Calls) -> None:
    policies = sql.rows(
        "select cmd, roles::text from pg_policies where tablename = 'project_files' order by policyname"
    )
    assert policies == [(cmd, "{authenticated}") for cmd in ("DELETE", "INSERT", "SELECT", "UPDATE")]


def test_the_stats_view_has_the_fields_of_its_model(sql: Calls) -> None:
    columns = sql.rows(
        "select attname::text from pg_attribute where attrelid = 'public.project_files_stats'::regclass and attnum > 0"
        " order by attnum"
    )
    assert columns == ["project_id", "file_count", "total_size", "largest_file_size", "last_updated_at"]


def test_the_usage_index_covers_what_statistics_read(sql: Calls) -> None:
    """So that a user's month is read from the index alone."""
    definition = sql.one("select indexdef from pg_indexes where indexname = 'usage_events_user_id_at'")
    assert "(user_id, at) INCLUDE" in definition.replace("btree ", "")
    for column in ("model", "outcome", "is_returned", "project_id", "input_tokens", "cost_usd", "duration_ms"):
        assert column in definition.split("INCLUDE")[1]
