"""Files: versions, snapshots, limits, and restoring them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.sql.calls import Calls, write


def _commit(sql: Calls, user: UUID, project: str, *changes: dict[str, Any]) -> int:
    """The next snapshot."""
    sql.change("delete from private.rate_hits where subject = %s", str(user))
    return int(sql.finish(sql.running(user, project), *changes)["snapshot"])


def _files(sql: Calls, user: UUID, project: str, snapshot: int | None = None) -> dict[str, tuple[int, str]]:
    """path → (version, content); checks that project_files is the newest snapshot."""
    args = {"p_project_id": project, "p_snapshot": snapshot}
    found = sql.user(user, "get_snapshot_files", **args)
    listed = sql.user(user, "list_files", **args)
    assert listed["snapshot"] == found["snapshot"]
    assert listed["files"] == [{k: v for k, v in file.items() if k != "content"} for file in found["files"]]
    paths = [file["path"] for file in found["files"]]
    assert paths == sorted(paths)
    for file in found["files"]:
        assert file["size"] == len(file["content"].encode())
        assert file["sha256"] == sha256(file["content"].encode()).hexdigest()
        assert sql.user(user, "get_file", p_path=file["path"], **args) == {"file": file}
    files = {file["path"]: (file["version"], file["content"]) for file in found["files"]}
    if snapshot is None:
        rows = sql.rows("select file_path, version, content, file_name from public.project_files"
                        " where project_id = %s", project)  # fmt: skip
        assert {path: (version, content) for path, version, content, _ in rows} == files
        assert all(path.split("/")[-1] == name for path, _, _, name in rows)
    return files


def _restore(sql: Calls, user: UUID, project: str, snapshot: Any, base: int | None, path: str | None = None) -> Any:
    return sql.user(
        user, "restore_snapshot", p_project_id=project, p_snapshot=snapshot, p_base_snapshot=base,
        p_card={"title": "Back"}, p_path=path,
    )["snapshot"]  # fmt: skip


def test_a_template_is_snapshot_1(sql: Calls, user: UUID) -> None:
    files = [write("index.html", "<h1>Ö</h1>"), write("css/style.css", "")]
    card = {"title": "Landing page", "added": 1, "files": [{"path": "index.html", "change": "added", "added": 1}]}
    answer = sql.user(
        user, "create_project", p_name="  Shop ", p_template="landing", p_files=files, p_card=card
    )["project"]  # fmt: skip
    assert (answer["name"], answer["template"], answer["latest_snapshot"]) == ("Shop", "landing", 1)
    assert (answer["file_count"], answer["latest_title"]) == (2, "Landing page")
    (snapshot,) = sql.user(user, "list_snapshots", p_project_id=answer["id"])["snapshots"]
    assert (snapshot["number"], snapshot["kind"], snapshot["prompt"], snapshot["usage"]) == (1, "template", None, None)
    stat = {"path": "index.html", "change": "added", "added": 1, "removed": 0, "old_path": None}
    assert snapshot["card"] == {
        "title": "Landing page", "summary": [], "what_to_check": [], "files": [stat], "added": 1, "removed": 0,
        "mismatches": None,
    }  # fmt: skip
    assert _files(sql, user, answer["id"]) == {"index.html": (1, "<h1>Ö</h1>"), "css/style.css": (1, "")}


def test_an_empty_project_has_no_snapshot(sql: Calls, user: UUID, project: str) -> None:
    found = sql.user(user, "get_project", p_project_id=project)["project"]
    assert (found["latest_snapshot"], found["file_count"], found["latest_title"]) == (0, 0, None)
    for snapshot in (None, 0):
        assert _files(sql, user, project, snapshot) == {}
    for number in (1, -1):
        with sql.refused("PT404", "snapshot_not_found"):
            sql.user(user, "list_files", p_project_id=project, p_snapshot=number)
    stats = sql.user(user, "get_project_stats", p_project_id=project)["stats"]
    assert stats == {
        "project_id": project, "file_count": 0, "total_size": 0, "largest_file_size": 0, "last_updated_at": None,
    }  # fmt: skip


def test_an_unchanged_file_keeps_its_version(sql: Calls, user: UUID, project: str) -> None:
    assert _commit(sql, user, project, write("a.txt", "1"), write("b.txt", "1")) == 1
    assert _commit(sql, user, project, write("a.txt", "2")) == 2
    assert _commit(sql, user, project, write("a.txt", "2"), write("b.txt", "2")) == 3
    assert _commit(sql, user, project, write("a.txt", "1")) == 4
    assert _files(sql, user, project) == {"a.txt": (3, "1"), "b.txt": (2, "2")}
    assert _files(sql, user, project, 3) == {"a.txt": (2, "2"), "b.txt": (2, "2")}
    assert _files(sql, user, project, 2) == {"a.txt": (2, "2"), "b.txt": (1, "1")}
    assert _files(sql, user, project, 1) == {"a.txt": (1, "1"), "b.txt": (1, "1")}
    assert _files(sql, user, project, 0) == {}


def test_every_content_is_stored_once_per_project(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("a.txt", "same"), write("b.txt", "same"), write("c.txt", "other"))
    _commit(sql, user, project, write("d.txt", "same"))
    assert sql.one("select count(*) from public.blobs where project_id = %s", project) == 2
    assert sql.one("select count(*) from public.file_versions where project_id = %s", project) == 4
    other = sql.create_project(user, p_files=[write("a.txt", "same")])
    assert sql.one("select count(*) from public.blobs where project_id = %s", other) == 1


def test_files_are_deleted_and_come_back_as_a_new_version(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("a.txt", "1"), write("b.txt", "1"))
    _commit(sql, user, project, write("a.txt", None), write("never.txt", None))
    assert _files(sql, user, project) == {"b.txt": (1, "1")}
    with sql.refused("PT404", "file_not_found"):
        sql.user(user, "get_file", p_project_id=project, p_path="a.txt")
    _commit(sql, user, project, write("a.txt", "1"))
    assert _files(sql, user, project) == {"a.txt": (2, "1"), "b.txt": (1, "1")}


def test_a_renamed_file_leaves_its_old_name(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("old.txt", "x"), write("other.txt", "y"))
    _commit(sql, user, project, {"path": "new.txt", "content": "x", "old_path": "old.txt"})
    assert _files(sql, user, project) == {"new.txt": (1, "x"), "other.txt": (1, "y")}
    _commit(
        sql, user, project,
        {"path": "moved.txt", "content": "x", "old_path": "new.txt"}, write("new.txt", "another"),
    )  # fmt: skip
    assert _files(sql, user, project) == {"moved.txt": (1, "x"), "new.txt": (2, "another"), "other.txt": (1, "y")}


def test_of_two_changes_of_one_path_the_last_one_holds(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("a.txt", "1"), write("a.txt", None), write("a.txt", "2"))
    assert _files(sql, user, project) == {"a.txt": (1, "2")}


def test_sizes_are_bytes_and_the_view_adds_them_up(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("a.txt", "é" * 10), write("b.txt", "x"))
    stats = sql.user(user, "get_project_stats", p_project_id=project)["stats"]
    assert (stats["file_count"], stats["total_size"], stats["largest_file_size"]) == (2, 21, 20)
    assert stats["last_updated_at"] is not None


@pytest.mark.parametrize(
    "path",
    ["a", "a/b/c.txt", ".well-known/x", "with space.txt", "ünï/ćode-文.txt", "a" * 255, "..a",
     "/".join(["p" * 99] * 5)],
)  # fmt: skip
def test_a_path_is_relative_and_plain(sql: Calls, path: str) -> None:
    assert sql.one("select private.is_file_path(%s)", path) is True


@pytest.mark.parametrize(
    "path",
    ["", None, "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a\\b", "a\nb", "a\x01", "a\x7f", "a\u0085b",
     "a" * 256, "/".join(["p" * 99] * 6), "a/" * 251, "a..", "a/.../b",
     "con.txt", "．．/x", "a\u202eb", "%2e", ".git/x"],
)  # fmt: skip
def test_any_other_path_is_refused(sql: Calls, user: UUID, path: str | None) -> None:
    assert sql.one("select private.is_file_path(%s)", path) is False
    with sql.refused("PT422", "invalid_path"):
        sql.user(user, "create_project", p_name="x", p_files=[{"path": path, "content": "x"}])
    assert sql.user(user, "list_projects") == {"projects": []}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([write("a.txt", "é" * 500_001)], "file_too_large"),
        ([write(f"{number}", "") for number in range(501)], "too_many_files"),
        ([write(f"{number}", "x" * 1_000_000) for number in range(20)] + [write("one", "x")], "project_too_large"),
    ],
)
def test_limits_are_refused_just_above_them(sql: Calls, user: UUID, files: list[Any], code: str) -> None:
    with sql.refused("PT422", code):
        sql.user(user, "create_project", p_name="x", p_files=files)
    assert sql.user(user, "list_projects") == {"projects": []}


@pytest.mark.parametrize(
    "files",
    [
        [write("a.txt", "é" * 500_000)],
        [write(f"{number}", "") for number in range(500)],
        [write(f"{number}", f"{number:02}" + "x" * 999_998) for number in range(20)],
    ],
)
def test_limits_are_taken_exactly(sql: Calls, user: UUID, files: list[Any]) -> None:
    project = sql.user(user, "create_project", p_name="x", p_files=files)["project"]
    assert project["file_count"] == len(files)


@pytest.mark.parametrize("files", [{}, "x", 1, [1], ["x"], [{"content": "x"}]])
def test_files_of_another_shape_are_refused(sql: Calls, user: UUID, files: Any) -> None:
    code = "invalid_path" if isinstance(files, list) else "invalid_files"
    with sql.refused("PT422", code), sql.database.acting_as(user) as connection:
        connection.execute("select public.create_project('x', p_files => %s)", [Jsonb(files)])


@pytest.mark.parametrize("name", ["", "  ", None, "x" * 121, "a\nb", "a\x7f"])
def test_a_project_has_a_name(sql: Calls, user: UUID, project: str, name: str | None) -> None:
    with sql.refused("PT422", "invalid_name"):
        sql.user(user, "create_project", p_name=name)
    with sql.refused("PT422", "invalid_name"):
        sql.user(user, "update_project", p_project_id=project, p_name=name)


def test_projects_are_renamed_and_listed_by_their_last_change(sql: Calls, user: UUID, project: str) -> None:
    second = sql.create_project(user, "Second")
    ids = [each["id"] for each in sql.user(user, "list_projects")["projects"]]
    assert ids == [second, project]
    renamed = sql.user(user, "update_project", p_project_id=project, p_name=" " + "x" * 120)["project"]
    assert renamed["name"] == "x" * 120
    assert sql.user(user, "list_projects")["projects"][0] == renamed


def test_a_whole_snapshot_is_restored_as_a_new_one(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("a.txt", "1"), write("gone.txt", "1"), write("same.txt", "1"))
    _commit(sql, user, project, write("a.txt", "2"), write("gone.txt", None), write("new.txt", "2"))

    snapshot = _restore(sql, user, project, 1, 2)

    assert (snapshot["number"], snapshot["kind"], snapshot["file_count"]) == (3, "restore", 3)
    assert (snapshot["restored_from"], snapshot["restored_path"], snapshot["generation_id"]) == (1, None, None)
    assert _files(sql, user, project) == {"a.txt": (3, "1"), "gone.txt": (2, "1"), "same.txt": (1, "1")}
    assert _restore(sql, user, project, 2, 3)["number"] == 4
    assert _files(sql, user, project) == {"a.txt": (4, "2"), "new.txt": (2, "2"), "same.txt": (1, "1")}
    numbers = [each["number"] for each in sql.user(user, "list_snapshots", p_project_id=project)["snapshots"]]
    assert numbers == [4, 3, 2, 1]


def test_one_file_is_restored_whether_it_was_changed_deleted_or_new(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("a.txt", "1"), write("gone.txt", "1"))
    _commit(sql, user, project, write("a.txt", "2"), write("gone.txt", None), write("new.txt", "2"))

    snapshot = _restore(sql, user, project, 1, 2, "a.txt")
    assert (snapshot["restored_from"], snapshot["restored_path"]) == (1, "a.txt")
    assert _files(sql, user, project) == {"a.txt": (3, "1"), "new.txt": (1, "2")}
    _restore(sql, user, project, 1, 3, "gone.txt")
    assert _files(sql, user, project) == {"a.txt": (3, "1"), "gone.txt": (2, "1"), "new.txt": (1, "2")}
    _restore(sql, user, project, 1, 4, "new.txt")
    assert _files(sql, user, project) == {"a.txt": (3, "1"), "gone.txt": (2, "1")}
    with sql.refused("PT404", "file_not_found"):
        _restore(sql, user, project, 1, 5, "never.txt")


@pytest.mark.parametrize("snapshot", [0, 3, -1, None])
def test_a_snapshot_that_is_not_there_cannot_be_restored(
    sql: Calls, user: UUID, project: str, snapshot: int | None
) -> None:
    _commit(sql, user, project, write("a.txt", "1"))
    _commit(sql, user, project, write("a.txt", "2"))
    with sql.refused("PT404", "snapshot_not_found"):
        _restore(sql, user, project, snapshot, 2)


@pytest.mark.parametrize("base", [1, 3, None])
def test_a_restore_that_was_computed_against_another_snapshot_is_stale(
    sql: Calls, user: UUID, project: str, base: int | None
) -> None:
    _commit(sql, user, project, write("a.txt", "1"))
    _commit(sql, user, project, write("a.txt", "2"))
    with sql.refused("PT409", "stale_snapshot"):
        _restore(sql, user, project, 1, base)
    assert _files(sql, user, project) == {"a.txt": (2, "2")}


def test_nothing_is_restored_while_a_generation_runs(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("a.txt", "1"))
    _commit(sql, user, project, write("a.txt", "2"))
    sql.begin(user, project)
    _restore(sql, user, project, 1, 2)
    (claimed,) = sql.claim(project)
    assert claimed["base_snapshot"] == 3
    with sql.refused("PT409", "generation_running"):
        _restore(sql, user, project, 1, 3)


def test_a_restore_needs_a_card(sql: Calls, user: UUID, project: str) -> None:
    _commit(sql, user, project, write("a.txt", "1"))
    for card in ({}, {"title": 1}, {"title": None}):
        with sql.refused("PT422", "invalid_card"):
            sql.user(
                user, "restore_snapshot", p_project_id=project, p_snapshot=1, p_base_snapshot=1, p_card=card
            )  # fmt: skip


def test_stray_fields_of_a_card_are_not_stored(sql: Calls, user: UUID) -> None:
    """Anybody may call with a card of their own; the app reads it back strictly."""
    card = {
        "title": "t", "x": 1, "summary": "no list", "what_to_check": ["ok", 1],
        "files": [{"path": "a", "change": "added", "y": 1}, {"path": "b", "change": "eaten"}, {"change": "added"}],
    }  # fmt: skip
    project = sql.create_project(user, p_files=[write("a", "x")], p_card=card)
    (snapshot,) = sql.user(user, "list_snapshots", p_project_id=project)["snapshots"]
    assert snapshot["card"] == {
        "title": "t", "summary": [], "what_to_check": ["ok", "1"], "added": 0, "removed": 0, "mismatches": None,
        "files": [{"path": "a", "change": "added", "added": 0, "removed": 0, "old_path": None}],
    }  # fmt: skip
