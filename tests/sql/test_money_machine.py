"""Everything that can happen to generations, in any order: after each step the books are exact.

Hypothesis walks through begin, claim, events, finish, fail, cancel, crash, sweep, repeated calls and what is done with
drafts, beside a model that knows nothing but PRODUCT.md's rule of money. At full size 500 walks for each Postgres and
set of privileges.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from glacia_ui.core.models import Outcome
from glacia_ui.core.outcomes import RULES
from tests.sql.calls import Calls, event, write
from tests.support.sizes import full_size

WALKS = full_size(500, 25)
STEPS = 30
QUOTA, WINDOW = 12, 9
FAILURES = [outcome for outcome, rule_ in RULES.items() if rule_.status != "succeeded" and outcome != "dropped"]


class Money(RuleBasedStateMachine):
    """One user with two projects. `states` says of each generation: queued, running, or the outcome it ended with."""

    calls: Calls

    def __init__(self) -> None:
        super().__init__()
        sql = self.calls
        self.user = sql.add_user()
        self.projects = [sql.create_project(self.user, name) for name in ("one", "two")]
        self.states: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        self.stale: dict[str, None] = {}
        self.swept: set[str] = set()
        self.prompts: dict[str, str] = {}
        self.latest = dict.fromkeys(self.projects, 0)
        self.bases: dict[str, int] = {}
        self.drafts: dict[str, int | None] = {}
        """By generation, in the order of their ends: the version that it became, None while nobody has decided."""

    # What the model knows.

    def in_state(self, state: str) -> list[str]:
        return [id_ for id_, found in self.states.items() if found == state]

    def ended(self) -> list[str]:
        return [id_ for id_, found in self.states.items() if found not in ("queued", "running")]

    def end(self, id_: str, outcome: Outcome) -> None:
        self.states[id_] = outcome
        self.stale.pop(id_, None)

    def expected(self) -> dict[str, int]:
        reserved = len(self.in_state("queued")) + len(self.in_state("running"))
        used = sum(not RULES[self.states[id_]].returns_quota for id_ in self.ended())  # type: ignore[index]
        return {"limit": QUOTA, "used": used, "reserved": reserved, "remaining": QUOTA - used - reserved}

    def hits(self) -> int:
        released = sum(RULES[self.states[id_]].releases_slot for id_ in self.ended())  # type: ignore[index]
        return len(self.states) - released

    def project_of(self, id_: str) -> str:
        return str(self.claims[id_]["project_id"])

    def is_open(self, id_: str) -> bool:
        return id_ in self.drafts and self.drafts[id_] is None

    # What can happen.

    @rule(project=st.integers(0, 1), key=st.sampled_from([None, "a", "b"]))
    def begin(self, project: int, key: str | None) -> None:
        before = self.expected()
        answer = self.calls.begin(self.user, self.projects[project], f"prompt {project}", p_idempotency_key=key)
        if not answer["ok"]:
            full = {"rate_limited": self.hits() >= WINDOW, "quota_exhausted": before["remaining"] == 0}
            assert full[answer["reason"]]
            return
        id_ = answer["generation"]["id"]
        if id_ in self.states:
            assert key is not None
            assert self.prompts[id_] == f"{project}{key}"
            return
        assert before["remaining"] > 0
        assert self.hits() < WINDOW
        self.states[id_], self.prompts[id_] = "queued", f"{project}{key}"

    @rule(project=st.integers(0, 1))
    def claim(self, project: int) -> None:
        for claimed in self.calls.claim(self.projects[project]):
            assert self.states[claimed["id"]] == "queued"
            self.states[claimed["id"]], self.claims[claimed["id"]] = "running", claimed
            self.bases[claimed["id"]] = claimed["base_snapshot"]
            assert claimed["base_snapshot"] == self.latest[self.projects[project]]
            assert sum(self.claims[id_]["project_id"] == claimed["project_id"] for id_ in self.in_state("running")) == 1

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), count=st.integers(1, 3))
    def events(self, data: st.DataObject, count: int) -> None:
        claimed = self.claims[data.draw(st.sampled_from(list(self.claims)))]
        batch = {
            "generation_id": claimed["id"], "lease_token": claimed["lease_token"], "reserved_until": 200,
            "events": [event(seq, text="x") for seq in range(1, count + 1)],
        }  # fmt: skip
        lost = self.calls.server("append_events", p_batches=[batch])["lost"]
        assert lost == ([] if self.states[claimed["id"]] == "running" else [claimed["id"]])

    @precondition(lambda self: self.in_state("running"))
    @rule(data=st.data(), is_committed=st.booleans())
    def finish(self, data: st.DataObject, is_committed: bool) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("running")))
        changes = [write("index.html", id_)] if is_committed else []
        outcome: Outcome = "committed" if is_committed else "answered"
        assert self.calls.finish(self.claims[id_], *changes)["generation"]["outcome"] == outcome
        self.end(id_, outcome)
        self.latest[self.project_of(id_)] += is_committed

    @precondition(lambda self: self.in_state("running"))
    @rule(data=st.data(), outcome=st.sampled_from(FAILURES))
    def fail(self, data: st.DataObject, outcome: Outcome) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("running")))
        assert self.calls.fail(self.claims[id_], outcome)["generation"]["outcome"] == outcome
        self.end(id_, outcome)

    @precondition(lambda self: self.in_state("running"))
    @rule(data=st.data())
    def cut_off(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("running")))
        draft = {"changes": [write("draft.html", id_)], "card": {"title": "A part"}, "unfinished": []}
        self.calls.fail(self.claims[id_], "truncated", draft=draft)
        self.end(id_, "truncated")
        self.drafts[id_] = None
        open_ = [each for each in self.drafts if self.is_open(each) and self.project_of(each) == self.project_of(id_)]
        for each in open_[:-3]:
            del self.drafts[each]

    @precondition(lambda self: any(id_ in self.claims for id_ in self.ended()))
    @rule(data=st.data(), is_failure=st.booleans())
    def end_again(self, data: st.DataObject, is_failure: bool) -> None:
        """The repetition of an end whose answer was lost gets it once more; who was swept learns it came too late."""
        id_ = data.draw(st.sampled_from([id_ for id_ in self.ended() if id_ in self.claims]))
        end = (lambda: self.calls.fail(self.claims[id_], "empty")) if is_failure else (lambda: self.finish_late(id_))
        if id_ in self.swept:
            with pytest.raises(psycopg.Error) as refusal:
                end()
            assert refusal.value.sqlstate == "PT410"
        else:
            assert end()["generation"]["outcome"] == self.states[id_]

    def finish_late(self, id_: str) -> Any:
        return self.calls.finish(self.claims[id_], write("late.html", id_))

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(list(self.states)))
        answer = self.calls.user(self.user, "cancel_generation", p_generation_id=id_)["generation"]
        if self.states[id_] == "queued":
            self.end(id_, "dropped")
        assert answer["outcome"] == (None if self.states[id_] == "running" else self.states[id_])

    @precondition(lambda self: self.in_state("running"))
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.in_state("running")))
        self.calls.change("update private.leases set expires_at = clock_timestamp() where generation_id = %s", id_)
        self.stale[id_] = None

    @precondition(lambda self: self.stale)
    @rule(data=st.data())
    def come_back(self, data: st.DataObject) -> None:
        """A process that only seemed to be dead extends its lease before anybody has swept it."""
        id_ = data.draw(st.sampled_from(list(self.stale)))
        lease = {"generation_id": id_, "lease_token": self.claims[id_]["lease_token"]}
        assert self.calls.server("extend_leases", p_leases=[lease])["lost"] == []
        self.stale.pop(id_, None)

    @rule()
    def sweep(self) -> None:
        swept = {one["generation"]["id"] for one in self.calls.server("sweep_stale_generations")["swept"]}
        assert swept & set(self.states) == set(self.stale)
        for id_ in list(self.stale):
            self.swept.add(id_)
            self.end(id_, "interrupted")

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), is_any=st.booleans())
    def keep_draft(self, data: st.DataObject, is_any: bool) -> None:
        """It becomes one version, and costs nothing; see the invariants."""
        ended = [id_ for id_ in self.ended() if id_ in self.claims]
        id_ = data.draw(st.sampled_from(ended if is_any else list(self.drafts)))
        project = self.project_of(id_)
        refusal = None
        if id_ not in self.drafts:
            refusal = "draft_not_found"
        elif self.is_open(id_) and any(self.project_of(each) == project for each in self.in_state("running")):
            refusal = "generation_running"
        elif self.is_open(id_) and self.bases[id_] != self.latest[project]:
            refusal = "stale_draft"
        if refusal:
            with pytest.raises(psycopg.Error, match=refusal):
                self.calls.user(self.user, "keep_generation_draft", p_generation_id=id_)
            return
        if self.is_open(id_):
            self.latest[project] += 1
            self.drafts[id_] = self.latest[project]
        kept = self.calls.user(self.user, "keep_generation_draft", p_generation_id=id_)["snapshot"]
        assert (kept["number"], kept["kind"]) == (self.drafts[id_], "manual")

    @precondition(lambda self: self.drafts)
    @rule(data=st.data())
    def discard_draft(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(list(self.drafts)))
        if self.is_open(id_):
            self.calls.user(self.user, "discard_generation_draft", p_generation_id=id_)
            del self.drafts[id_]
            return
        with pytest.raises(psycopg.Error, match="draft_kept"):
            self.calls.user(self.user, "discard_generation_draft", p_generation_id=id_)

    @rule(project=st.integers(0, 1))
    def go_on(self, project: int) -> None:
        self.calls.user(self.user, "continue_queue", p_project_id=self.projects[project])

    # What holds after each step.

    @invariant()
    def the_books_are_exact(self) -> None:
        assert self.calls.assert_exact(self.user) == self.expected()

    @invariant()
    def the_window_holds_what_the_rule_leaves_in_it(self) -> None:
        count = "select count(*) from private.rate_hits where subject = %s and generation_id is not null"
        assert self.calls.one(count, str(self.user)) == self.hits()

    @invariant()
    def each_generation_has_one_reservation_and_one_end(self) -> None:
        rows = self.calls.rows(
            "select generation_id::text, kind from public.quota_ledger where user_id = %s and generation_id is not null"
            " order by id",
            self.user,
        )
        found: dict[str, list[str]] = {}
        for id_, kind in rows:
            found.setdefault(id_, []).append(kind)
        assert found == {id_: ["reserve", *self.closed_by(state)] for id_, state in self.states.items()}

    def teardown(self) -> None:
        """Versions are those that were made, drafts those that wait for a word; neither is ever changed on the way."""
        for project in self.projects:
            snapshots = self.calls.user(self.user, "list_snapshots", p_project_id=project)["snapshots"]
            assert [snapshot["number"] for snapshot in snapshots] == list(range(self.latest[project], 0, -1))
            drafts = self.calls.user(self.user, "list_generation_drafts", p_project_id=project)["drafts"]
            open_ = [id_ for id_ in self.drafts if self.is_open(id_) and self.project_of(id_) == project]
            assert [draft["generation_id"] for draft in drafts] == open_[::-1]

    @staticmethod
    def closed_by(state: str) -> list[str]:
        if state in ("queued", "running"):
            return []
        return ["refund" if RULES[state].returns_quota else "settle"]  # type: ignore[index]


def test_the_books_are_exact_after_every_step_in_any_order(fresh: Calls) -> None:
    fresh.user(fresh.add_admin(), "set_quota_limit", p_user_id=None, p_limit=QUOTA)
    fresh.change("update private.rate_policies set max_hits = %s where name = 'generation'", WINDOW)
    machine = type("Walk", (Money,), {"calls": fresh})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=WALKS, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck), database=None
        ),
    )
