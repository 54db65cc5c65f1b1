"""Two processes of the app on one database: for their users they are one. With and without Redis between them, on the
embedded database and on a hosted project.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import Clusters
from tests.doubles.supabase.app import Project
from tests.doubles.supabase.server import Server
from tests.support.app_process import AppProcess
from tests.support.databases import make_scratch_folder
from tests.support.redis_server import RedisServer

PROMPT = "a landing page for a bakery"
SPEED = 8.0
PATIENCE_SECONDS = 90
"""A lease lasts 30 s and is looked for every 5; the rest is for a loaded machine."""


@dataclass
class Pair:
    """Two apps that serve the same people."""

    one: AppProcess
    other: AppProcess


@pytest.fixture(scope="module", params=["embedded", "embedded-redis", "hosted-redis"])
def pair(request: pytest.FixtureRequest, clusters: Clusters) -> Iterator[Pair]:
    with ExitStack() as stack:
        folder = make_scratch_folder()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        env: dict[str, str] = {}
        if request.param.endswith("redis"):
            redis = stack.enter_context(RedisServer())
            env["REDIS_URL"] = redis.url
        if request.param.startswith("hosted"):
            env |= stack.enter_context(_hosted(clusters))
        folders = (folder / "one", folder / "other") if "SUPABASE_URL" in env else (folder / "data", folder / "data")
        apps = [AppProcess(data, speed=SPEED, env=env) for data in folders]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(AppProcess.start, apps))
        for app in apps:
            stack.callback(app.__exit__)
        yield Pair(*apps)


class _hosted:  # noqa: N801 - used as a function
    """The settings of a hosted project, which lives as long as the `with`."""

    def __init__(self, clusters: Clusters) -> None:
        self._cluster = clusters.get(18)

    def __enter__(self) -> dict[str, str]:
        self._database = self._cluster.create()
        project = Project(self._database.conninfo("authenticator"), self._database.conninfo("supabase_admin"))
        project.options.confirms_email = False
        self._server = Server(project).__enter__()
        return {
            "SUPABASE_URL": self._server.url,
            "SUPABASE_ANON_KEY": project.keys.publishable,
            "SUPABASE_SERVICE_ROLE_KEY": project.keys.secret,
            "GLACIA_SECRET_KEY": "a secret for this test alone, long enough",
        }

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()
        self._cluster.drop(self._database)


class Person:
    """Somebody new, who speaks to both apps with the session that the first one opened."""

    def __init__(self, pair: Pair) -> None:
        who = {"email": f"{uuid4().hex[:12]}@example.com", "password": "correct horse"}
        answer = httpx.post(f"{pair.one.url}/api/v1/auth/sign-up", json=who, timeout=30)
        assert answer.status_code == 201, answer.text
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        urls = [f"{app.url}/api/v1" for app in (pair.one, pair.other)]
        self.one, self.other = (httpx.Client(base_url=url, headers=headers, timeout=60) for url in urls)
        self.project = self.one.post("/projects", json={"name": "Bakery"}).raise_for_status().json()["id"]

    def ask(self, app: httpx.Client, prompt: str = PROMPT) -> httpx.Response:
        return app.post(f"/projects/{self.project}/generations", json={"prompt": prompt})

    def begin(self, app: httpx.Client, prompt: str = PROMPT) -> str:
        return str(self.ask(app, prompt).raise_for_status().json()["id"])


def events(app: httpx.Client, generation: str) -> Iterator[tuple[int, str, Any]]:
    """(number, type, data) as they come."""
    with app.stream("GET", f"/generations/{generation}/events") as stream:
        fields: dict[str, str] = {}
        for line in stream.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "id" in fields:
                yield int(fields["id"]), fields["event"], json.loads(fields["data"])
                fields = {}


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(1)  # a hundred calls a minute are allowed


def test_what_one_runs_is_followed_live_from_the_other(pair: Pair) -> None:
    person = Person(pair)
    generation = person.begin(person.one)
    ended_at: dict[str, float] = {}
    text_at: dict[str, float] = {}

    def follow(name: str) -> list[tuple[int, str, Any]]:
        found = []
        for event in events(getattr(person, name), generation):
            found.append(event)
            if event[1] == "message.delta":
                text_at.setdefault(name, time.monotonic())
        ended_at[name] = time.monotonic()
        return found

    with ThreadPoolExecutor(2) as pool:
        here, there = pool.map(follow, ["one", "other"])
    assert [number for number, _, _ in here] == list(range(1, len(here) + 1))
    assert here == there
    assert here[-1][1] == "done"
    assert text_at["other"] < ended_at["one"], "it came live, not afterwards"


def test_stop_works_from_the_other(pair: Pair) -> None:
    person = Person(pair)
    generation = person.begin(person.one)
    for _, kind, _ in events(person.other, generation):
        if kind == "message.delta":
            break
    person.other.post(f"/generations/{generation}/cancel").raise_for_status()
    *_, (_, kind, data) = events(person.one, generation)
    assert (kind, data["outcome"]) == ("failed", "stopped")
    assert person.other.get(f"/generations/{generation}").json()["status"] == "cancelled"


def test_a_session_is_everywhere_and_so_is_its_end(pair: Pair) -> None:
    person = Person(pair)
    assert person.other.get("/me").json() | {"windows": []} == person.one.get("/me").json() | {"windows": []}
    person.one.post("/auth/sign-out").raise_for_status()
    assert person.other.get("/me").status_code == 401


def test_limits_are_exact_when_both_are_asked_at_once(pair: Pair) -> None:
    person = Person(pair)
    with ThreadPoolExecutor(20) as pool:
        asked = pool.map(lambda number: person.ask(person.one if number % 2 else person.other), range(20))
        codes = sorted(answer.status_code for answer in asked)
    assert codes == [202] * 5 + [429] * 15
    quota = person.one.get("/me").json()["quota"]
    assert quota["limit"] == quota["used"] + quota["reserved"] + quota["remaining"] == quota["remaining"] + 5
    for message in person.one.get(f"/projects/{person.project}/messages").json():
        if message["role"] == "user":  # leave the processes free for the next test
            person.one.post(f"/generations/{message['generation']['id']}/cancel")


@pytest.mark.parametrize("pair", ["embedded", "hosted-redis"], indirect=True)
def test_what_a_killed_process_ran_is_ended_and_refunded_by_the_other(pair: Pair) -> None:
    person = Person(pair)
    running, waiting = person.begin(person.one), person.begin(person.one, "make it dark green")
    for _, kind, _ in events(person.one, running):
        if kind == "message.delta":
            break
    pair.one.kill()
    wait_for(lambda: person.other.get(f"/generations/{running}").json()["finished_at"] is not None)
    ended = person.other.get(f"/generations/{running}").json()
    assert (ended["status"], ended["outcome"], ended["is_returned"]) == ("failed", "interrupted", True)
    wait_for(lambda: person.other.get(f"/generations/{waiting}").json()["finished_at"] is not None)
    assert person.other.get(f"/generations/{waiting}").json()["status"] == "succeeded"
    movements = [row["kind"] for row in person.other.get("/ledger").json() if row["generation_id"] == running]
    assert sorted(movements) == ["refund", "reserve"]
    quota = person.other.get("/me").json()["quota"]
    assert (quota["used"], quota["reserved"]) == (1, 0)
