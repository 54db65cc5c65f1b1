"""Locked files: nothing changes them, by whatever way it comes, until their owner unlocks them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.sql.calls import Calls, write

CSS, HTML = "style.css", "index.html"


@pytest.fixture
def locked(sql: Calls, user: UUID, project: str) -> str:
    """A project with two versions of two files, and one of them locked."""
    sql.finish(sql.running(user, project), write(HTML, "<p>1"), write(CSS, "a{}"))
    sql.finish(sql.running(user, project), write(HTML, "<p>2"), write(CSS, "b{}"))
    assert _lock(sql, user, project, CSS) == [CSS]
    return project


def _lock(sql: Calls, user: UUID, project: str, path: str, is_locked: bool = True) -> list[str]:
    answer = sql.user(user, "set_file_lock", p_project_id=project, p_path=path, p_is_locked=is_locked)
    assert answer == sql.user(user, "list_file_locks", p_project_id=project)
    return [lock["path"] for lock in answer["locks"]]


def _files(sql: Calls, user: UUID, project: str) -> dict[str, str]:
    found = sql.user(user, "get_snapshot_files", p_project_id=project)
    return {file["path"]: file["content"] for file in found["files"]}


def _restore(sql: Calls, user: UUID, project: str, path: str | None = None) -> Any:
    latest = sql.user(user, "get_project", p_project_id=project)["project"]["latest_snapshot"]
    return sql.user(
        user, "restore_snapshot", p_project_id=project, p_snapshot=1, p_base_snapshot=latest, p_card={"title": "Back"},
        p_path=path,
    )["snapshot"]  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([write(CSS, "c{}")], id="written"),
        pytest.param([write(HTML, "<p>3"), write(CSS, "c{}")], id="written-beside-another"),
        pytest.param([write(CSS, None)], id="deleted"),
        pytest.param([{**write("main.css", "b{}"), "old_path": CSS}], id="renamed"),
        pytest.param([{**write(CSS, "<p>2"), "old_path": HTML}], id="overwritten-by-a-rename"),
        pytest.param([write(CSS, None), write(f"{CSS}/x", "y")], id="made-a-folder"),
    ],
)
def test_a_generation_that_would_change_it_saves_nothing(
    sql: Calls, user: UUID, locked: str, changes: list[dict[str, Any]]
) -> None:
    claimed = sql.running(user, locked)
    with pytest.raises(psycopg.Error) as refusal:
        sql.finish(claimed, *changes)
    diag = refusal.value.diag
    assert (diag.sqlstate, diag.message_primary, diag.message_detail) == ("PT409", "file_locked", CSS)
    assert _files(sql, user, locked) == {HTML: "<p>2", CSS: "b{}"}
    assert len(sql.user(user, "list_snapshots", p_project_id=locked)["snapshots"]) == 2

    # It still runs: the server ends it, and the quota comes back.
    ended = sql.fail(claimed, "edits_failed")
    assert ended["generation"]["is_returned"] is True
    assert sql.assert_exact(user)["used"] == 2


def test_what_leaves_it_as_it_is_goes_through(sql: Calls, user: UUID, locked: str) -> None:
    sql.finish(sql.running(user, locked), write(HTML, "<p>3"), write(CSS, "b{}"), write("new.css", "n{}"))
    assert _files(sql, user, locked) == {HTML: "<p>3", CSS: "b{}", "new.css": "n{}"}


def test_a_name_that_some_systems_take_for_it_is_refused_as_ever(sql: Calls, user: UUID, locked: str) -> None:
    with sql.refused("PT422", "path_collision"):
        sql.finish(sql.running(user, locked), write("STYLE.css", "c{}"))


def test_unlocked_it_changes_again(sql: Calls, user: UUID, locked: str) -> None:
    assert _lock(sql, user, locked, CSS, is_locked=False) == []
    sql.finish(sql.running(user, locked), write(CSS, "c{}"))
    assert _files(sql, user, locked)[CSS] == "c{}"


def test_a_restore_does_not_pass_it_by(sql: Calls, user: UUID, locked: str) -> None:
    for path in (None, CSS):
        with sql.refused("PT409", "file_locked"):
            _restore(sql, user, locked, path)
    assert _restore(sql, user, locked, HTML)["number"] == 3
    assert _files(sql, user, locked) == {HTML: "<p>1", CSS: "b{}"}
    _lock(sql, user, locked, CSS, is_locked=False)
    assert _restore(sql, user, locked)["number"] == 4
    assert _files(sql, user, locked) == {HTML: "<p>1", CSS: "a{}"}


def test_a_restore_that_would_remove_it_is_refused(sql: Calls, user: UUID, locked: str) -> None:
    sql.finish(sql.running(user, locked), write("late.css", "l{}"))
    _lock(sql, user, locked, CSS, is_locked=False)
    _lock(sql, user, locked, "late.css")
    for path in (None, "late.css"):
        with sql.refused("PT409", "file_locked"):
            _restore(sql, user, locked, path)


def test_locking_twice_is_locking_once(sql: Calls, user: UUID, locked: str) -> None:
    (before,) = sql.user(user, "list_file_locks", p_project_id=locked)["locks"]
    _lock(sql, user, locked, CSS)
    assert sql.user(user, "list_file_locks", p_project_id=locked)["locks"] == [before]
    assert _lock(sql, user, locked, HTML) == [HTML, CSS]
    for _ in range(2):
        assert _lock(sql, user, locked, HTML, is_locked=False) == [CSS]


@pytest.mark.parametrize("path", ["never.css", "", None])
@pytest.mark.parametrize("is_locked", [True, False])
def test_only_a_file_of_the_newest_version_can_be_locked(
    sql: Calls, user: UUID, locked: str, path: str | None, is_locked: bool
) -> None:
    sql.finish(sql.running(user, locked), write(HTML, None))
    for each in (path, HTML):
        with sql.refused("PT404", "file_not_found"):
            sql.user(user, "set_file_lock", p_project_id=locked, p_path=each, p_is_locked=is_locked)


def test_another_user_neither_locks_nor_unlocks_nor_sees(sql: Calls, user: UUID, locked: str) -> None:
    other = sql.add_user()
    for is_locked in (True, False):
        with sql.refused("PT404", "project_not_found"):
            sql.user(other, "set_file_lock", p_project_id=locked, p_path=CSS, p_is_locked=is_locked)
    with sql.refused("PT404", "project_not_found"):
        sql.user(other, "list_file_locks", p_project_id=locked)
    with sql.database.acting_as(other) as connection:
        assert connection.execute("select * from public.file_locks").fetchall() == []
    mine = sql.create_project(other, p_files=[write(CSS, "m{}")], p_card={"title": "Mine"})
    sql.finish(sql.running(other, mine), write(CSS, "n{}"))
    assert _files(sql, other, mine) == {CSS: "n{}"}


def test_the_server_is_told_what_is_locked(sql: Calls, user: UUID, locked: str) -> None:
    claimed = sql.running(user, locked)
    told = sql.server("list_conversation", p_generation_id=claimed["id"], p_lease_token=claimed["lease_token"])
    assert [lock["path"] for lock in told["locks"]] == [CSS]


def test_locks_go_with_their_project(sql: Calls, user: UUID, locked: str) -> None:
    sql.user(user, "delete_project", p_project_id=locked)
    assert sql.rows("select file_path from public.file_locks where project_id = %s", locked) == []
