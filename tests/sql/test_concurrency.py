"""Many at once, over real connections: limits stay exact, and one of two always wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.sql.calls import PROCESS, Calls, call, event, write
from tests.support.databases import Database

Run = Callable[[Callable[[psycopg.Connection[Any], int], Any], int], list[Any]]


@pytest.fixture
def at_once(fresh: Calls) -> Iterator[Run]:
    """`at_once(job, n)` runs `job(connection, index)` n times, all started together; their results."""

    def run(job: Callable[[psycopg.Connection[Any], int], Any], count: int) -> list[Any]:
        barrier = Barrier(count)
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(lambda index: _run(fresh.database, barrier, job, index), range(count)))

    return run


def _run(database: Database, barrier: Barrier, job: Callable[[psycopg.Connection[Any], int], Any], index: int) -> Any:
    with database.connect("authenticator", autocommit=True) as connection:
        barrier.wait()
        return job(connection, index)


def _begin(connection: psycopg.Connection[Any], user: UUID, project: str, prompt: str, key: str | None = None) -> Any:
    return call(
        connection, user, "authenticated", "begin_generation",
        p_project_id=project, p_prompt=prompt, p_model="m", p_idempotency_key=key,
    )  # fmt: skip


def test_fifty_at_once_give_five_and_forty_five_refusals(fresh: Calls, at_once: Run) -> None:
    user = fresh.add_user()
    project = fresh.create_project(user)

    answers = at_once(lambda connection, index: _begin(connection, user, project, f"prompt {index}"), 50)

    assert Counter(answer.get("reason", "ok") for answer in answers) == {"ok": 5, "rate_limited": 45}
    assert all(890 < answer["retry_after"] <= 900 for answer in answers if not answer["ok"])
    assert sorted(answer["generation"]["position"] for answer in answers if answer["ok"]) == [1, 2, 3, 4, 5]
    assert fresh.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 5, "remaining": 45}
    draft = fresh.user(user, "get_project", p_project_id=project)["project"]["draft"]
    assert draft["prompt"].startswith("prompt ")


def test_a_quota_is_never_overdrawn(fresh: Calls, at_once: Run) -> None:
    admin = fresh.add_admin()
    fresh.user(admin, "set_rate_policy", p_name="generation", p_limit=1000, p_window_seconds=900)
    fresh.user(admin, "set_quota_limit", p_user_id=admin, p_limit=7)
    projects = [fresh.create_project(admin) for _ in range(4)]

    answers = at_once(lambda connection, index: _begin(connection, admin, projects[index % 4], "x"), 24)

    assert Counter(answer.get("reason", "ok") for answer in answers) == {"ok": 7, "quota_exhausted": 17}
    assert fresh.assert_exact(admin) == {"limit": 7, "used": 0, "reserved": 7, "remaining": 0}


def test_eight_first_requests_of_a_new_user_are_exact(fresh: Calls, at_once: Run) -> None:
    """The trigger has failed them, so each of the eight wants to make the profile."""
    user = fresh.add_user()
    fresh.change("delete from public.profiles where id = %s", user)

    answers = at_once(
        lambda connection, _: call(connection, user, "authenticated", "create_project", p_name="First"), 8
    )

    assert len({answer["project"]["id"] for answer in answers}) == 8
    assert fresh.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 0, "remaining": 50}
    assert fresh.one("select count(*) from public.quota_ledger where user_id = %s", user) == 1


def test_eight_first_reservations_of_a_new_user_are_exact(fresh: Calls, at_once: Run) -> None:
    user = fresh.add_user()
    fresh.change("delete from public.profiles where id = %s", user)

    answers = at_once(
        lambda connection, _: call(connection, None, "service_role", "decrement_quota", p_user_id=user), 8
    )

    assert sorted(answer["remaining"] for answer in answers) == list(range(42, 50))
    assert fresh.assert_exact(user) == {"limit": 50, "used": 0, "reserved": 8, "remaining": 42}


def test_one_key_at_once_is_one_generation(fresh: Calls, at_once: Run) -> None:
    user = fresh.add_user()
    project = fresh.create_project(user)

    answers = at_once(lambda connection, _: _begin(connection, user, project, "same", "key"), 12)

    assert len({answer["generation"]["id"] for answer in answers}) == 1
    assert Counter(answer["repeated"] for answer in answers) == {False: 1, True: 11}
    assert fresh.assert_exact(user)["reserved"] == 1


def test_a_new_month_is_opened_once(fresh: Calls, at_once: Run) -> None:
    user = fresh.add_user()
    fresh.change(
        "update public.quotas set period_start = (period_start - interval '1 month')::date where user_id = %s", user
    )

    at_once(lambda connection, _: call(connection, user, "authenticated", "get_me"), 12)

    kinds = fresh.rows("select kind from public.quota_ledger where user_id = %s order by id", user)
    assert kinds == ["grant", "expire", "grant"]
    fresh.assert_exact(user)


def test_each_generation_is_claimed_by_one_process(fresh: Calls, at_once: Run) -> None:
    users = [fresh.add_user() for _ in range(6)]
    begun = set()
    for user in users:
        project = fresh.create_project(user)
        begun.add(fresh.begin(user, project)["generation"]["id"])
        fresh.begin(user, project, "behind it")

    def claim(connection: psycopg.Connection[Any], _: int) -> list[str]:
        answer = call(
            connection, None, "service_role", "claim_generations", p_process_id=uuid4(), p_max=10, p_project_id=None
        )
        return [row["id"] for row in answer["generations"]]

    claimed = [each for ids in at_once(claim, 10) for each in ids] + [row["id"] for row in fresh.claim()]

    assert sorted(claimed) == sorted(begun)


def test_one_of_finish_fail_and_sweep_wins(fresh: Calls, at_once: Run) -> None:
    """Ten generations whose leases have run out, each ended by three at once."""
    admin = fresh.add_admin()
    fresh.user(admin, "set_rate_policy", p_name="generation", p_limit=1000, p_window_seconds=900)
    claimed = [fresh.running(admin, fresh.create_project(admin)) for _ in range(10)]
    fresh.change("update private.leases set expires_at = clock_timestamp()")

    def end(connection: psycopg.Connection[Any], index: int) -> str:
        one, way = claimed[index // 3], ("finish_generation", "fail_generation", "sweep")[index % 3]
        if way == "sweep":
            return str(len(call(connection, None, "service_role", "sweep_stale_generations")["swept"]))
        kind, outcome = ("done", "answered") if way == "finish_generation" else ("failed", "empty")
        try:
            call(
                connection, None, "service_role", way, p_generation_id=one["id"], p_lease_token=one["lease_token"],
                p_result={"outcome": outcome, "events": [event(1, kind)]},
            )  # fmt: skip
        except psycopg.Error as error:
            if error.sqlstate != "PT410":
                raise
            return "lost"
        return "ended"

    at_once(end, 30)
    while fresh.server("sweep_stale_generations")["swept"]:
        pass

    ends = fresh.rows(
        "select count(*) from public.quota_ledger where kind in ('settle', 'refund') group by generation_id"
    )
    assert ends == [1] * 10
    assert fresh.assert_exact(admin)["reserved"] == 0
    assert fresh.one("select count(*) from public.generations where finished_at is null") == 0
    assert fresh.one("select count(*) from public.usage_events") == 10


def test_writing_and_reading_at_once_never_deadlocks(fresh: Calls, at_once: Run) -> None:
    """All kinds of writers on the same few users: every lock is taken in the same order, so all come through."""
    admin = fresh.add_admin()
    fresh.user(admin, "set_rate_policy", p_name="generation", p_limit=1000, p_window_seconds=900)
    fresh.user(admin, "set_quota_limit", p_user_id=None, p_limit=1000)
    users = [fresh.add_user() for _ in range(3)]
    projects = [(user, fresh.create_project(user)) for user in users for _ in range(2)]

    def work(connection: psycopg.Connection[Any], index: int) -> None:
        for turn in range(6):
            user, project = projects[(index + turn) % len(projects)]
            begun = _begin(connection, user, project, f"{index} {turn}")
            if turn % 3 == 2:
                call(connection, user, "authenticated", "cancel_generation", p_generation_id=begun["generation"]["id"])
            claims = call(
                connection, None, "service_role", "claim_generations",
                p_process_id=PROCESS, p_max=3, p_project_id=project if turn % 2 else None,
            )["generations"]  # fmt: skip
            _work_off(connection, claims, index)
            call(connection, None, "service_role", "sweep_stale_generations")

    at_once(work, 8)

    for user in users:
        fresh.assert_exact(user)
    assert fresh.one("select count(*) from public.generations where status = 'running'") == 0


def _work_off(connection: psycopg.Connection[Any], claims: list[Any], index: int) -> None:
    leases = [{"generation_id": each["id"], "lease_token": each["lease_token"]} for each in claims]
    batches = [{**lease, "events": [event(1, text="x")], "reserved_until": 300} for lease in leases]
    call(connection, None, "service_role", "append_events", p_batches=batches)
    call(connection, None, "service_role", "extend_leases", p_leases=leases)
    for number, each in enumerate(claims):
        is_done = (index + number) % 2 == 0
        result: dict[str, Any] = {"events": [event(2, "done" if is_done else "failed")]}
        if is_done:
            change = write("index.html", f"{index}")
            result |= {"outcome": "committed", "changes": [change], "card": {"title": "t"}}
        else:
            result |= {"outcome": "interrupted"}
        call(
            connection, None, "service_role", "finish_generation" if is_done else "fail_generation",
            p_generation_id=each["id"], p_lease_token=each["lease_token"], p_result=result,
        )  # fmt: skip


def test_a_hundred_calls_a_minute_are_exact(fresh: Calls, at_once: Run) -> None:
    user = fresh.add_user()
    token = sha256(b"token").hexdigest()
    fresh.server("open_session", p_user_id=user, p_token_sha256=token, p_seconds=1000)
    for _ in range(80):
        fresh.server("admit", p_token_sha256=token, p_address="::1", p_is_counted=True)

    answers = at_once(
        lambda connection, _: call(
            connection, None, "service_role", "admit", p_token_sha256=token, p_address="::1", p_is_counted=True
        ),
        40,
    )

    assert Counter(answer["ok"] for answer in answers) == {True: 20, False: 20}
    assert sorted(answer["rate"]["remaining"] for answer in answers if answer["ok"]) == list(range(20))
