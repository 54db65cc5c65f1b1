"""Somebody who never stops writing over REST, remembers what was acknowledged, and looks for it afterwards."""

from __future__ import annotations

import threading
import time
from collections import Counter
from itertools import count
from typing import Any

import httpx

HANG_SECONDS = 15.0
"""An answer that takes longer is none."""
_PAUSE_SECONDS = 0.02
_TURNS_PER_GENERATION = 8


class Writer(threading.Thread):
    """A guest at `url` who makes projects and, in each, keeps a draft or begins a generation, until `stop`."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        token = httpx.post(f"{url}/api/v1/auth/guest", timeout=HANG_SECONDS).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=HANG_SECONDS)
        self.answers: Counter[int] = Counter()
        """How often each status came."""
        self.complaints: list[str] = []
        """What must not happen: an error that is no 503 with Retry-After, a lost connection, silence."""
        self.slowest = 0.0
        """Seconds of the answer that took longest."""
        self.projects: dict[str, str] = {}
        """Acknowledged: name by id."""
        self.drafts: dict[str, str] = {}
        """Acknowledged: text by project."""
        self.generations: dict[str, str] = {}
        """Acknowledged: prompt by id."""
        self._stopped = threading.Event()

    @property
    def acknowledged(self) -> int:
        """How many writes so far."""
        return len(self.projects) + len(self.drafts) + len(self.generations)

    def run(self) -> None:
        for turn in count():
            if self._stopped.wait(_PAUSE_SECONDS):
                return
            made = self._send("POST", "/projects", {"name": f"Project {turn}"})
            if made is None:
                continue
            project_id = str(made["id"])
            self.projects[project_id] = f"Project {turn}"
            text = f"a page for bakery {turn}"
            if turn % _TURNS_PER_GENERATION:
                if self._send("PUT", f"/projects/{project_id}/draft", {"prompt": text}) is not None:
                    self.drafts[project_id] = text
            elif begun := self._send("POST", f"/projects/{project_id}/generations", {"prompt": text}):
                self.generations[str(begun["id"])] = text

    def stop(self) -> None:
        """Returns when the last answer is there."""
        self._stopped.set()
        self.join(2 * HANG_SECONDS)
        assert not self.is_alive()

    def ask(self, path: str) -> Any:
        """What the app says now that it runs."""
        return self.http.get(path).raise_for_status().json()

    def lost(self) -> list[str]:
        """Every acknowledged write that is not there any more."""
        found = {project["id"]: project for project in self.ask("/projects")}
        projects = [f"project {id_}" for id_, name in self.projects.items() if found.get(id_, {}).get("name") != name]
        drafts = [f"draft {id_}" for id_, text in self.drafts.items() if self._draft(id_) != text]
        answers = {id_: self.http.get(f"/generations/{id_}") for id_ in self.generations}
        generations = [
            f"generation {id_}"
            for id_, prompt in self.generations.items()
            if answers[id_].status_code != 200 or answers[id_].json()["prompt"] != prompt
        ]
        return projects + drafts + generations

    def is_at_rest(self) -> bool:
        """Whether nothing that it asked for is still to come."""
        return bool(self.ask("/me")["quota"]["reserved"] == 0)

    def assert_exact(self) -> None:
        """Quota and ledger, as REST tells them when nothing runs."""
        quota = self.ask("/me")["quota"]
        rows = self.ledger()
        assert quota["limit"] == quota["used"] + quota["reserved"] + quota["remaining"]
        balance = 0
        for row in rows:
            balance += row["amount"]
            assert row["balance"] == balance
        assert balance == quota["remaining"]
        kinds = Counter(row["kind"] for row in rows)
        assert kinds["grant"] == 1
        assert kinds["reserve"] == kinds["settle"] + kinds["refund"]
        assert kinds["settle"] == quota["used"]
        ends = Counter(row["generation_id"] for row in rows if row["kind"] in ("settle", "refund"))
        assert set(ends.values()) <= {1}
        assert set(self.generations) <= set(ends)

    def ledger(self) -> list[Any]:
        """All rows, oldest first."""
        rows: list[Any] = self.ask("/ledger?limit=1000")
        while page := self.ask(f"/ledger?limit=1000&before={rows[-1]['id']}"):
            rows += page
        return rows[::-1]

    def _draft(self, project_id: str) -> str | None:
        answer = self.http.get(f"/projects/{project_id}")
        draft = answer.json()["draft"] if answer.status_code == 200 else None
        return draft and str(draft["prompt"])

    def _send(self, method: str, path: str, body: dict[str, str]) -> Any:
        """The answer's body ({} for none) when the write was acknowledged."""
        began = time.monotonic()
        try:
            answer = self.http.request(method, path, json=body)
        except httpx.HTTPError as error:
            self.complaints.append(f"{method} {path} after {time.monotonic() - began:.1f} s: {error!r}")
            return None
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.answers[answer.status_code] += 1
        if answer.is_success:
            return answer.json() if answer.content else {}
        if (complaint := complaint_about(answer)) is not None:
            self.complaints.append(f"{method} {path}: {complaint}")
        return None


def complaint_about(answer: httpx.Response) -> str | None:
    """What is wrong with an answer while the database is away: only a 503 that says when to come back is right."""
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    if answer.status_code == 503 and is_problem and int(answer.headers.get("retry-after", 0)) >= 1:
        return None
    return f"{answer.status_code} {answer.text[:300]}"
