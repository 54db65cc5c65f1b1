"""What is left of a request that was cut off: kept beside it, and made a version once, if its owner wants it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from glacia_ui.core.models import Outcome
from glacia_ui.core.outcomes import LEAVES_DRAFT, RULES
from tests.sql.calls import Calls, write

HTML, CSS = "index.html", "style.css"
CARD = {"title": "A part", "files": [{"path": CSS, "change": "added", "added": 1, "removed": 0}], "added": 1}


def _cut(sql: Calls, user: UUID, project: str, *changes: dict[str, Any], outcome: Outcome = "truncated") -> str:
    """The id of a generation that was cut off with these changes."""
    claimed = sql.running(user, project)
    draft = {"changes": list(changes), "card": CARD, "unfinished": [CSS]}
    ended = sql.fail(claimed, outcome, draft=draft)["generation"]
    assert ended["is_returned"] is RULES[outcome].returns_quota
    return str(claimed["id"])


def _drafts(sql: Calls, user: UUID, project: str) -> list[Any]:
    return list(sql.user(user, "list_generation_drafts", p_project_id=project)["drafts"])


def _keep(sql: Calls, user: UUID, generation: str) -> Any:
    return sql.user(user, "keep_generation_draft", p_generation_id=generation)["snapshot"]


def _discard(sql: Calls, user: UUID, generation: str) -> Any:
    return sql.user(user, "discard_generation_draft", p_generation_id=generation)


def _files(sql: Calls, user: UUID, project: str) -> dict[str, str]:
    found = sql.user(user, "get_snapshot_files", p_project_id=project)
    return {file["path"]: file["content"] for file in found["files"]}


@pytest.fixture
def begun(sql: Calls, user: UUID, project: str) -> str:
    """A project with one version."""
    sql.finish(sql.running(user, project), write(HTML, "<p>"))
    return project


def test_it_is_offered_and_is_no_version(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(CSS, "a{"))
    (draft,) = _drafts(sql, user, begun)
    assert (draft["generation_id"], draft["unfinished"], draft["is_current"]) == (generation, [CSS], True)
    stat = {"path": CSS, "change": "added", "added": 1, "removed": 0, "old_path": None}
    assert {key: draft["card"][key] for key in ("title", "files", "added", "removed")} == {
        "title": "A part", "files": [stat], "added": 1, "removed": 0,
    }  # fmt: skip
    assert _files(sql, user, begun) == {HTML: "<p>"}
    assert sql.assert_exact(user)["used"] == 1


def test_kept_it_is_the_next_version_and_stays_free(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(CSS, "a{"), write(HTML, "<h1>"))
    before = sql.assert_exact(user)
    snapshot = _keep(sql, user, generation)
    assert (snapshot["number"], snapshot["kind"], snapshot["generation_id"]) == (2, "manual", generation)
    assert (snapshot["prompt"], snapshot["card"]["title"]) == ("a page", "A part")
    assert _files(sql, user, begun) == {HTML: "<h1>", CSS: "a{"}
    assert _drafts(sql, user, begun) == []
    assert sql.assert_exact(user) == before
    found = sql.user(user, "get_generation", p_generation_id=generation)["generation"]
    assert (found["status"], found["outcome"], found["snapshot"]) == ("failed", "truncated", None)


def test_kept_twice_it_is_one_version(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(CSS, "a{"))
    first = _keep(sql, user, generation)
    sql.finish(sql.running(user, begun), write(HTML, "<h1>"))
    assert _keep(sql, user, generation) == first
    assert len(sql.user(user, "list_snapshots", p_project_id=begun)["snapshots"]) == 3
    with sql.refused("PT409", "draft_kept"):
        _discard(sql, user, generation)
    assert _files(sql, user, begun)[CSS] == "a{"


def test_discarded_it_is_gone(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(CSS, "a{"))
    for _ in range(2):
        assert _discard(sql, user, generation) == {"ok": True}
    assert _drafts(sql, user, begun) == []
    with sql.refused("PT404", "draft_not_found"):
        _keep(sql, user, generation)
    assert _files(sql, user, begun) == {HTML: "<p>"}


def test_an_end_that_is_repeated_keeps_one_draft_and_does_not_bring_back_a_discarded_one(
    sql: Calls, user: UUID, begun: str
) -> None:
    claimed = sql.running(user, begun)
    draft = {"changes": [write(CSS, "a{")], "card": CARD, "unfinished": []}
    first = sql.fail(claimed, "truncated", draft=draft)
    assert sql.fail(claimed, "truncated", draft=draft) == first
    assert len(_drafts(sql, user, begun)) == 1
    _discard(sql, user, claimed["id"])
    assert sql.fail(claimed, "truncated", draft=draft) == first
    assert _drafts(sql, user, begun) == []


def test_once_there_is_a_newer_version_it_no_longer_fits(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(CSS, "a{"))
    sql.finish(sql.running(user, begun), write(HTML, "<h1>"))
    assert _drafts(sql, user, begun)[0]["is_current"] is False
    with sql.refused("PT409", "stale_draft"):
        _keep(sql, user, generation)
    assert _discard(sql, user, generation) == {"ok": True}


def test_it_waits_while_a_generation_runs(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(CSS, "a{"))
    running = sql.running(user, begun)
    with sql.refused("PT409", "generation_running"):
        _keep(sql, user, generation)
    sql.fail(running, "empty")
    assert _keep(sql, user, generation)["number"] == 2


def test_it_does_not_pass_a_lock_or_a_limit_by(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(HTML, None))
    lock = {"p_project_id": begun, "p_path": HTML}
    sql.user(user, "set_file_lock", **lock, p_is_locked=True)
    with sql.refused("PT409", "file_locked"):
        _keep(sql, user, generation)
    sql.user(user, "set_file_lock", **lock, p_is_locked=False)
    assert _keep(sql, user, generation)["number"] == 2
    too_large = _cut(sql, user, begun, write(CSS, "x" * 1_000_001))
    with sql.refused("PT422", "file_too_large"):
        _keep(sql, user, too_large)
    assert _files(sql, user, begun) == {}


@pytest.mark.parametrize(
    "draft",
    [
        None,
        {},
        {"changes": [], "card": CARD},
        {"changes": "none", "card": CARD},
        {"changes": {"path": CSS}, "card": CARD},
    ],
)
def test_nothing_to_keep_is_no_draft(sql: Calls, user: UUID, begun: str, draft: Any) -> None:
    claimed = sql.running(user, begun)
    assert sql.fail(claimed, "truncated", draft=draft)["generation"]["outcome"] == "truncated"
    assert _drafts(sql, user, begun) == []
    with sql.refused("PT404", "draft_not_found"):
        _keep(sql, user, claimed["id"])


@pytest.mark.parametrize("outcome", [each for each, rule in RULES.items() if rule.status != "succeeded"])
def test_what_ended_on_its_way_is_kept_and_nothing_else(sql: Calls, user: UUID, begun: str, outcome: Outcome) -> None:
    if outcome == "dropped":
        return
    generation = _cut(sql, user, begun, write(CSS, "a{"), outcome=outcome)
    before = sql.assert_exact(user)
    assert [draft["generation_id"] for draft in _drafts(sql, user, begun)] == [generation] * (outcome in LEAVES_DRAFT)
    if outcome in LEAVES_DRAFT:
        assert _keep(sql, user, generation)["number"] == 2
        assert sql.assert_exact(user) == before, "it costs nothing more"


def test_a_project_holds_three(sql: Calls, user: UUID, begun: str) -> None:
    """Failing requests are free, so there would be no end of them."""
    generations = [_cut(sql, user, begun, write(CSS, f"a{number}")) for number in range(5)]
    assert [draft["generation_id"] for draft in _drafts(sql, user, begun)] == generations[:1:-1]
    elsewhere = sql.create_project(user)
    _cut(sql, user, elsewhere, write(CSS, "b"))
    assert len(_drafts(sql, user, begun)) == 3
    _keep(sql, user, generations[2])
    _cut(sql, user, begun, write(CSS, "c"))
    assert _keep(sql, user, generations[2])["number"] == 2, "a kept one does not count, and its answer stays"


def test_two_tabs_that_keep_it_at_once_make_one_version(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(CSS, "a{"))
    start = Barrier(6)

    def keep() -> Any:
        tab = Calls(sql.database)
        try:
            start.wait()
            return _keep(tab, user, generation)["number"]
        finally:
            tab.close()

    with ThreadPoolExecutor(start.parties) as pool:
        numbers = [future.result() for future in [pool.submit(keep) for _ in range(start.parties)]]
    assert numbers == [2] * start.parties
    assert len(sql.user(user, "list_snapshots", p_project_id=begun)["snapshots"]) == 2


def test_another_user_finds_nothing(sql: Calls, user: UUID, begun: str) -> None:
    generation = _cut(sql, user, begun, write(CSS, "a{"))
    other = sql.add_user()
    for call in (_keep, _discard):
        with sql.refused("PT404", "generation_not_found"):
            call(sql, other, generation)
    with sql.refused("PT404", "project_not_found"):
        _drafts(sql, other, begun)
    with sql.database.acting_as(other) as connection:
        assert connection.execute("select * from public.generation_drafts").fetchall() == []
    assert _keep(sql, user, generation)["number"] == 2
