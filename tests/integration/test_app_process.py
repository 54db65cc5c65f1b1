"""The app as people run it: started, spoken to over HTTP, interrupted, killed, started twice on the same data."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.app_process import AppProcess
from tests.support.databases import make_scratch_folder

PROMPT = "a landing page for a bakery"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = make_scratch_folder()
    yield folder / "my data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def app() -> Iterator[AppProcess]:
    """One for the tests that leave it as it was: to start one takes longer than what they do with it."""
    folder = make_scratch_folder()
    with AppProcess(folder / "my data", speed=5) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


class Visitor:
    """A guest with a Bearer token, and a project."""

    def __init__(self, url: str, token: str | None = None) -> None:
        anonymous = httpx.Client(base_url=url, timeout=30)
        self.token = token or anonymous.post("/api/v1/auth/guest").raise_for_status().json()["access_token"]
        self.http = httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {self.token}"}, timeout=30
        )

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()

    def make_project(self) -> str:
        return str(self.http.post("/projects", json={"name": "Bakery"}).raise_for_status().json()["id"])

    def ask(self, project_id: str, prompt: str = PROMPT, **fields: Any) -> httpx.Response:
        return self.http.post(f"/projects/{project_id}/generations", json={"prompt": prompt, **fields})

    def lines(self, generation_id: str, after: int = 0) -> Iterator[str]:
        """The stream as it is on the wire, line by line."""
        headers = {"Last-Event-ID": str(after)} if after else {}
        with self.http.stream("GET", f"/generations/{generation_id}/events", headers=headers) as stream:
            yield from stream.iter_lines()

    def wait_until_running(self, generation_id: str) -> None:
        """Returns once text has been shown."""
        for line in self.lines(generation_id):
            if line == "event: message.delta":
                return
        raise AssertionError("it ended without text")


def test_six_requests_in_a_row_give_five_and_a_true_retry_after(app: AppProcess) -> None:
    visitor = Visitor(app.url)
    project_id = visitor.make_project()
    answers = [visitor.ask(project_id) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert [answer.json()["status"] for answer in answers[:5]] == ["running"] + ["queued"] * 4
    problem = answers[5]
    window = next(w for w in visitor.get("/me")["windows"] if w["name"] == "generation")
    assert problem.headers["content-type"] == "application/problem+json"
    assert 0 <= int(problem.headers["retry-after"]) - window["retry_after"] <= 1
    assert problem.json()["code"] == "rate_limited"
    assert problem.headers["ratelimit-policy"] == '"gen";q=5;w=900'
    assert problem.headers["ratelimit"] == f'"gen";r=0;t={problem.headers["retry-after"]}'
    assert visitor.get(f"/projects/{project_id}")["draft"]["prompt"] == PROMPT


def test_fifty_at_once_give_exactly_five(app: AppProcess) -> None:
    visitor = Visitor(app.url)
    project_id = visitor.make_project()
    with ThreadPoolExecutor(50) as pool:
        codes = [answer.status_code for answer in pool.map(lambda _: visitor.ask(project_id), range(50))]
    assert (codes.count(202), codes.count(429)) == (5, 45)
    quota = visitor.get("/me")["quota"]
    assert (quota["used"] + quota["reserved"], quota["remaining"]) == (5, 45)


def test_a_killed_app_costs_nothing_and_loses_nothing(data_dir: Path) -> None:
    with AppProcess(data_dir, speed=1) as app:
        visitor = Visitor(app.url)
        project_id = visitor.make_project()
        running = visitor.ask(project_id).json()["id"]
        waiting = visitor.ask(project_id, "make it dark green").json()["id"]
        visitor.wait_until_running(running)
        app.kill()
        app.start()
        visitor = Visitor(app.url, visitor.token)
        events = list(visitor.lines(running))
        assert events[-3] == "event: failed"
        assert json.loads(events[-2].removeprefix("data: "))["outcome"] == "interrupted"
        generation = visitor.get(f"/generations/{running}")
        assert (generation["status"], generation["outcome"]) == ("failed", "interrupted")
        assert generation["is_returned"]
        assert visitor.get(f"/projects/{project_id}/messages")[0]["text"] == PROMPT
        list(visitor.lines(waiting))  # a crash leaves the queue, and the new process takes it up
        assert visitor.get(f"/generations/{waiting}")["status"] == "succeeded"
        me = visitor.get("/me")
        assert (me["quota"]["used"], me["quota"]["reserved"], me["quota"]["remaining"]) == (1, 0, 49)
        assert next(w for w in me["windows"] if w["name"] == "generation")["remaining"] == 4


def test_a_second_start_takes_the_next_port_and_serves_the_same_people(data_dir: Path) -> None:
    with AppProcess(data_dir, speed=50) as first:
        port = int(first.url.rsplit(":", 1)[1])
        with AppProcess(data_dir, speed=50, env={"GLACIA_PORT": str(port)}) as second:
            assert int(second.url.rsplit(":", 1)[1]) > port
            visitor = Visitor(first.url)
            there = Visitor(second.url, visitor.token)
            project_id = visitor.make_project()
            generation_id = visitor.ask(project_id).json()["id"]
            assert list(there.lines(generation_id)) == list(visitor.lines(generation_id))
            first.interrupt()
            assert there.get(f"/projects/{project_id}")["name"] == "Bakery"
        # the last one out has stopped Postgres, and everything is found again
    with AppProcess(data_dir) as third:
        assert Visitor(third.url, visitor.token).get(f"/projects/{project_id}")["name"] == "Bakery"


def test_it_ends_by_itself_with_streams_open(data_dir: Path) -> None:
    with AppProcess(data_dir, speed=0.2) as app, ThreadPoolExecutor(8) as pool:
        visitor = Visitor(app.url)
        generation_id = visitor.ask(visitor.make_project()).json()["id"]
        readers = [pool.submit(lambda: list(visitor.lines(generation_id))) for _ in range(8)]
        visitor.wait_until_running(generation_id)
        app.interrupt()
        for reader in readers:
            reader.exception(timeout=5)


def wait_for_line(log: Path, generation_id: str) -> dict[str, Any]:
    """What the log says of a generation's end; it is written after its readers have seen it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        if found := [line for line in lines if line.get("generation_id") == generation_id and "tokens" in line]:
            return found[0]
        time.sleep(0.1)
    raise AssertionError("its end is not in the log")


def test_the_log_names_ids_and_figures_but_no_text(app: AppProcess) -> None:
    visitor = Visitor(app.url)
    project_id = visitor.make_project()
    generation_id = visitor.ask(project_id).json()["id"]
    list(visitor.lines(generation_id))
    log = app.data_dir / "logs" / "glacia.log"
    record = wait_for_line(log, generation_id)
    written = log.read_text("utf-8")
    assert record["message"] == "generation ended"
    assert record["project_id"] == project_id
    assert record["status"] == "succeeded"
    assert record["duration_ms"] > 0
    assert record["tokens"] > 0
    assert "bakery" not in written
    assert visitor.token not in written
