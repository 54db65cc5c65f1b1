"""The health of versions: what is kept of a report, which errors are the same, and when one-click fixing ends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.sql.calls import Calls, write

BOOM = {"kind": "error", "message": "x is not defined", "file": "app.js", "line": 3, "column": 7}
CLICK = {"kind": "rejection", "message": "no answer", "file": "index.html"}
KEY = "AbC_-9" * 12
LOGGED = {"kind": "console", "message": "careful"}

SAME = [
    (BOOM, {**BOOM, "line": 99, "column": 1}),
    (BOOM | {"message": "wait 1200 ms"}, BOOM | {"message": "wait 37 ms"}),
    (BOOM | {"message": "no https://a.example/1"}, BOOM | {"message": "no http://b.example/x?y"}),
    (BOOM | {"message": "a\n  b"}, BOOM | {"message": " a b "}),
    (BOOM | {"file": "app.js?v=1"}, BOOM | {"file": "app.js#top"}),
    (BOOM | {"file": f"http://here.example/preview/{KEY}/app.js"}, BOOM | {"file": f"/preview/{KEY[::-1]}/app.js"}),
    (BOOM | {"message": f"cannot load http://h:1/preview/{KEY}/a.js"}, BOOM | {"message": "cannot load a.js"}),
]
DIFFERENT = [
    (BOOM, BOOM | {"kind": "rejection"}),
    (BOOM, BOOM | {"message": "y is not defined"}),
    (BOOM, BOOM | {"file": "other.js"}),
    (BOOM, BOOM | {"file": None}),
    (
        {"kind": "missing", "message": "", "file": "page1.html"},
        {"kind": "missing", "message": "", "file": "page2.html"},
    ),
]
MALFORMED: list[Any] = [
    {},
    [{"kind": "error", "message": "x"}] * 21,
    ["x"],
    [{"kind": "other", "message": "x"}],
    [{"kind": "error"}],
    [{"kind": "error", "message": None}],
    [{"kind": "error", "message": 1}],
    [{"kind": "error", "message": "x" * 501}],
    [{"kind": "error", "message": "x", "file": "x" * 501}],
    [{"kind": "error", "message": "x", "file": {}}],
    [{"kind": "error", "message": "x", "line": -1}],
    [{"kind": "error", "message": "x", "line": 1.5}],
    [{"kind": "error", "message": "x", "column": 10**9}],
]


class Bakery:
    """Somebody's project, and short ways to tell its story."""

    def __init__(self, sql: Calls) -> None:
        self.sql = sql
        self.user: UUID = sql.add_user()
        self.id = sql.create_project(self.user)
        self.latest = 0

    def ask(self, function: str, **args: Any) -> Any:
        return self.sql.user(self.user, function, p_project_id=self.id, **args)

    def write(self, prompt: str = "a page") -> int:
        """A version by an ordinary request; its number."""
        return self._finish(self.sql.running(self.user, self.id, prompt))

    def see(self, number: int, *errors: dict[str, Any]) -> Any:
        """What a preview showed; the health then."""
        return self.ask("note_health", p_snapshot=number, p_errors=list(errors))["health"]

    def begin_fix(self, number: int, **args: Any) -> Any:
        return self.ask("begin_fix", p_snapshot=number, p_prompt="fix it", p_model="model-1", **args)

    def fix(self, number: int, outcome: str = "committed") -> int | None:
        """One click, and how it ended; the number of the version that it made."""
        begun = self.begin_fix(number)
        assert begun["ok"], begun
        (claimed,) = self.sql.claim(self.id)
        assert claimed["id"] == begun["generation"]["id"]
        if outcome == "committed":
            return self._finish(claimed)
        if outcome == "answered":
            self.sql.finish(claimed)
        else:
            self.sql.fail(claimed, outcome)
        return None

    def restore(self, number: int) -> int:
        self.ask("restore_snapshot", p_snapshot=number, p_base_snapshot=self.latest, p_card={"title": "back"})
        self.latest += 1
        return self.latest

    def is_blocked(self, number: int) -> bool:
        """What the page is told; what the server then does is the same."""
        told: bool = self.ask("get_health", p_snapshot=number)["health"]["is_fix_blocked"]
        assert (self.begin_fix(number).get("reason") == "fix_loop") == told
        return told

    def _finish(self, claimed: Any) -> int:
        self.sql.change("delete from private.rate_hits where subject = %s", str(self.user))
        self.latest += 1
        self.sql.finish(claimed, write("index.html", f"version {self.latest}"))
        return self.latest


@pytest.fixture
def bakery(sql: Calls) -> Bakery:
    return Bakery(sql)


def test_a_report_is_kept_as_it_is_understood(bakery: Bakery) -> None:
    one = bakery.write()
    unknown = {"state": "unknown", "errors": [], "is_fix_blocked": False, "last_working": None, "seen_at": None}
    assert bakery.ask("get_health", p_snapshot=one)["health"] == unknown
    assert bakery.see(one)["state"] == "ok"
    seen = bakery.see(one, LOGGED, BOOM | {"message": f"\n no  http://h/preview/{KEY}/x, a/preview/b/c \t"}, CLICK)
    assert seen["state"] == "broken"
    assert seen["errors"] == [
        BOOM | {"message": "no x, a/preview/b/c"},
        CLICK | {"line": None, "column": None},
        LOGGED | {"file": None, "line": None, "column": None},
    ]
    (listed,) = bakery.ask("list_snapshots")["snapshots"]
    assert listed["health"] == seen


def test_what_went_wrong_once_stays(bakery: Bakery) -> None:
    one = bakery.write()
    bakery.see(one, BOOM)
    assert bakery.see(one)["state"] == "broken"
    assert bakery.see(one, BOOM, CLICK, BOOM)["errors"][0] == BOOM
    assert [error["kind"] for error in bakery.see(one)["errors"]] == ["error", "rejection"]


def test_a_line_on_the_console_breaks_nothing(bakery: Bakery) -> None:
    one = bakery.write()
    seen = bakery.see(one, LOGGED)
    assert (seen["state"], seen["errors"]) == ("ok", [])


def test_a_file_that_is_there_is_not_missing(bakery: Bakery) -> None:
    """Then it was the network, and the version is not to blame."""
    one = bakery.write()
    assert bakery.see(one, {"kind": "missing", "message": "", "file": "index.html"})["state"] == "ok"
    assert bakery.see(one, {"kind": "missing", "message": "", "file": "gone.png"})["state"] == "broken"


def test_twenty_errors_are_kept_and_details_give_way(bakery: Bakery) -> None:
    one = bakery.write()
    letters = [BOOM | {"message": f"{chr(97 + n)} is not defined"} for n in range(25)]
    bakery.see(one, LOGGED, *letters[:10])
    assert bakery.see(one)["errors"][-1]["kind"] == "console"
    kept = bakery.see(one, *letters[5:])["errors"]
    assert [error["message"] for error in kept] == [error["message"] for error in letters[:20]]


def test_what_is_no_report_is_refused(bakery: Bakery) -> None:
    one = bakery.write()
    for errors in MALFORMED:
        with bakery.sql.refused("PT422", "invalid_health"):
            bakery.ask("note_health", p_snapshot=one, p_errors=errors)
    assert bakery.ask("get_health", p_snapshot=one)["health"]["state"] == "unknown"


def test_which_errors_are_the_same(sql: Calls) -> None:
    def signature(error: dict[str, Any]) -> str:
        query = "select private.health_error(jsonb_build_object('kind', %(kind)s::text, 'message', %(message)s::text,"
        query += " 'file', %(file)s::text, 'line', %(line)s::integer)) ->> 'signature'"
        return str(sql.one(query, {"line": None, **error}))

    assert [pair for pair in SAME if signature(pair[0]) != signature(pair[1])] == []
    assert [pair for pair in DIFFERENT if signature(pair[0]) == signature(pair[1])] == []


def test_only_versions_that_exist_have_health(bakery: Bakery) -> None:
    one = bakery.write()
    for number in (0, one + 1, -1, None):
        with bakery.sql.refused("PT404", "snapshot_not_found"):
            bakery.ask("note_health", p_snapshot=number, p_errors=[])
        with bakery.sql.refused("PT404", "snapshot_not_found"):
            bakery.ask("get_health", p_snapshot=number)


def test_a_fix_is_an_ordinary_generation(bakery: Bakery) -> None:
    one = bakery.write()
    bakery.see(one, BOOM)
    before = bakery.sql.assert_exact(bakery.user)
    first = bakery.begin_fix(one, p_idempotency_key="k")
    assert first["generation"]["prompt"] == "fix it"
    assert bakery.begin_fix(one, p_idempotency_key="k")["generation"]["id"] == first["generation"]["id"]
    after = bakery.sql.assert_exact(bakery.user)
    assert (after["reserved"], after["remaining"]) == (before["reserved"] + 1, before["remaining"] - 1)


def test_when_there_is_nothing_to_fix(bakery: Bakery) -> None:
    one = bakery.write()
    for errors in ([], [LOGGED]):
        bakery.see(one, *errors)
        with bakery.sql.refused("PT409", "nothing_to_fix"):
            bakery.begin_fix(one)
    bakery.see(one, BOOM)
    two = bakery.write()
    with bakery.sql.refused("PT409", "stale_snapshot"):
        bakery.begin_fix(one)
    bakery.see(two, BOOM)
    assert bakery.begin_fix(two)["ok"]
    with bakery.sql.refused("PT409", "generation_running"):
        bakery.begin_fix(two)


def test_a_fix_that_the_window_refuses_is_a_fix_when_it_is_sent(bakery: Bakery) -> None:
    one = bakery.write()
    bakery.see(one, BOOM)
    for _ in range(5):
        bakery.sql.fail(bakery.sql.running(bakery.user, bakery.id), "refused")
    refused = bakery.begin_fix(one)
    assert (refused["ok"], refused["reason"]) == (False, "rate_limited")
    kept = bakery.ask("get_project")["project"]["draft"]["prompt"]
    assert kept == "fix it"
    assert not bakery.ask("get_health", p_snapshot=one)["health"]["is_fix_blocked"]
    bakery.sql.change("delete from private.rate_hits where subject = %s", str(bakery.user))
    two = bakery.write(kept)
    assert bakery.see(two, BOOM)["is_fix_blocked"]


def test_what_a_fix_had_come_to_counts_once_it_is_kept(bakery: Bakery) -> None:
    one = bakery.write()
    bakery.see(one, BOOM)
    begun = bakery.begin_fix(one)
    (claimed,) = bakery.sql.claim(bakery.id)
    draft = {"changes": [write("index.html", "half")], "card": {"title": "Half"}, "unfinished": []}
    bakery.sql.fail(claimed, "truncated", draft=draft)
    assert not bakery.ask("get_health", p_snapshot=one)["health"]["is_fix_blocked"]
    kept = bakery.sql.user(bakery.user, "keep_generation_draft", p_generation_id=begun["generation"]["id"])
    assert bakery.see(kept["snapshot"]["number"], BOOM)["is_fix_blocked"]


# (what happened from a broken version on, is one-click fixing over). Each step acts on the newest version.
STORIES = {
    "not tried yet": ("", False),
    "another error than before": ("fix see:click", False),
    "the same error twice": ("fix see:boom", True),
    "the same error and a new one": ("fix see:boom,click", True),
    "an answer without a change": ("answered", True),
    "an attempt that failed and cost nothing": ("upstream_error", False),
    "the model declined": ("refused", False),
    "a failed attempt that was sent again": ("upstream_error again see:boom", True),
    "an attempt that failed, and another request": ("upstream_error write see:boom", False),
    "it comes back after another one": ("fix see:click fix see:boom", True),
    "it comes back by hand": ("fix see:boom write see:boom", True),
    "a version that works, and then it comes back": ("fix see: write see:boom", False),
    "a version that nobody looked at in between": ("fix write see:boom", True),
    "brought back": ("fix see:boom restore:2 see:boom", True),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_loop_breaker(bakery: Bakery, story: str) -> None:
    steps, is_blocked = STORIES[story]
    bakery.see(bakery.write())
    bakery.see(bakery.write(), BOOM)
    for step in steps.split():
        name, _, rest = step.partition(":")
        if name == "see":
            bakery.see(bakery.latest, *({"boom": BOOM, "click": CLICK}[each] for each in rest.split(",") if each))
        elif name == "write":
            bakery.write()
        elif name == "again":
            bakery.write("fix it")
        elif name == "restore":
            bakery.restore(int(rest))
        else:
            bakery.fix(bakery.latest, "committed" if name == "fix" else name)
    assert bakery.is_blocked(bakery.latest) is is_blocked


# What was seen of versions 1, 2, … (o: no error, x: an error, ?: nobody looked), and where the last one leads back to.
WAYS_BACK = {"ox": 1, "oox": 2, "o?x": 1, "?ox": 2, "??x": 2, "x?x": 2, "xx": None, "x": None, "oxx": 1}


@pytest.mark.parametrize("seen", WAYS_BACK)
def test_the_last_working_version(bakery: Bakery, seen: str) -> None:
    for mark in seen:
        number = bakery.write()
        if mark != "?":
            bakery.see(number, *([BOOM] if mark == "x" else []))
    assert bakery.ask("get_health", p_snapshot=bakery.latest)["health"]["last_working"] == WAYS_BACK[seen]


def test_a_list_names_the_ways_out_of_the_newest_only(bakery: Bakery) -> None:
    bakery.see(bakery.write())
    for _ in range(2):
        bakery.see(bakery.write(), BOOM)
    health = [each["health"] for each in bakery.ask("list_snapshots")["snapshots"]]
    assert [each["state"] for each in health] == ["broken", "broken", "ok"]
    assert [each["last_working"] for each in health] == [1, None, None]
    assert bakery.ask("get_health", p_snapshot=2)["health"]["last_working"] == 1


def test_the_version_that_this_is_a_copy_of_is_no_way_back(bakery: Bakery) -> None:
    for _ in range(2):
        bakery.see(bakery.write())
    bakery.see(bakery.write(), CLICK)
    copy = bakery.restore(2)
    bakery.see(copy)
    assert bakery.see(copy, CLICK)["last_working"] == 1
