"""From a row in auth.users to a profile with a quota, whatever goes wrong in between."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from glacia_ui.db.migrate import migrate
from tests.sql.calls import Calls, write
from tests.support.databases import Cluster


def test_a_sign_up_makes_profile_and_quota(sql: Calls, user: UUID) -> None:
    assert sql.one("select id, is_suspended from public.profiles where id = %s", user) == (user, False)
    assert sql.one("select quota_limit, remaining from public.quotas where user_id = %s", user) == (50, 50)


def test_who_one_is(sql: Calls) -> None:
    user, guest = sql.add_user("who@example.com"), sql.add_user(is_guest=True)
    assert sql.user(user, "get_me")["me"]["user"] == {
        "id": str(user), "email": "who@example.com", "role": "user", "is_guest": False,
    }  # fmt: skip
    assert sql.user(guest, "get_me")["me"]["user"] == {
        "id": str(guest), "email": None, "role": "user", "is_guest": True,
    }  # fmt: skip


def test_a_broken_trigger_never_blocks_a_sign_up(fresh: Calls) -> None:
    fresh.change("alter table public.profiles add constraint broken check (false) not valid")
    user = fresh.add_user()
    assert fresh.one("select count(*) from public.profiles where id = %s", user) == 0

    fresh.change("alter table public.profiles drop constraint broken")
    assert fresh.user(user, "get_me")["me"]["quota"]["remaining"] == 50
    assert fresh.assert_exact(user)["limit"] == 50


def test_the_first_call_makes_up_for_a_missing_profile(sql: Calls, user: UUID) -> None:
    sql.change("delete from public.profiles where id = %s", user)
    project = sql.create_project(user)
    assert sql.begin(user, project)["ok"]
    assert sql.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 1, "remaining": 49}


def test_a_user_who_was_deleted_is_nobody(sql: Calls, user: UUID, project: str) -> None:
    sql.finish(sql.running(user, project), write("a.txt", "x"))
    with sql.database.connect("supabase_admin") as connection:
        connection.execute("delete from auth.users where id = %s", [user])

    with sql.refused("PT401", "unauthenticated"):
        sql.user(user, "get_me")
    with sql.refused("PT401", "unauthenticated"):
        sql.server("open_session", p_user_id=user, p_token_sha256="0" * 64, p_seconds=1)
    left = "select count(*) from public.{} where user_id = %s"
    tables = "projects quotas quota_ledger generations messages snapshots snapshot_files blobs usage_events usage_daily"
    assert {table: sql.one(left.format(table), user) for table in tables.split()} == dict.fromkeys(tables.split(), 0)


def test_suspended_users_can_do_nothing(sql: Calls, user: UUID, project: str) -> None:
    sql.change("update public.profiles set is_suspended = true where id = %s", user)
    for function, args in (("get_me", {}), ("get_project", {"p_project_id": project}), ("list_projects", {})):
        with sql.refused("PT403", "suspended"):
            sql.user(user, function, **args)


def test_an_admin_is_made_by_a_confirmed_address_only(sql: Calls) -> None:
    address = f"{uuid4().hex[:12]}@example.com"
    user = sql.add_user(address)
    with sql.database.connect("supabase_admin") as connection:
        connection.execute("update auth.users set email_confirmed_at = null where id = %s", [user])
    assert sql.server("grant_admin", p_email=address) == {"ok": False}
    assert sql.user(user, "get_me")["me"]["user"]["role"] == "user"

    with sql.database.connect("supabase_admin") as connection:
        connection.execute("update auth.users set email_confirmed_at = now() where id = %s", [user])
    assert sql.server("grant_admin", p_email=f" {address.upper()} ") == {"ok": True}
    assert sql.server("grant_admin", p_email=address) == {"ok": True}
    assert sql.user(user, "get_me")["me"]["user"]["role"] == "admin"


@pytest.mark.parametrize("address", ["nobody@example.com", "", None])
def test_nobody_is_made_an_admin(sql: Calls, address: str | None) -> None:
    sql.add_user(is_guest=True)
    assert sql.server("grant_admin", p_email=address) == {"ok": False}


def test_users_from_before_the_migrations_are_taken_along(cluster: Cluster) -> None:
    database = cluster.create_empty()
    users = [database.add_user(f"{name}@example.com") for name in ("ada", "ben", "cem")]
    migrate(database.conninfo("postgres"))
    with database.connect() as connection:
        found = connection.execute("select user_id, remaining from public.quotas").fetchall()
    assert sorted(found) == sorted((user, 50) for user in users)
    cluster.drop(database)
