"""Two hundred generations at once, 50 tokens a second each, every one followed live: how late an update comes.

Run with `make bench`. An update is as late as its oldest word: from the moment the model sent it to the moment it was
read from the socket by another process. Glacia numbers, merges (up to 50 ms, on purpose), stores and settles; the
reference, in the same run, passes the SDK's deltas on and does nothing else. Every word must arrive once, in order.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg

from benchmarks.streams.steady import TOKENS_PER_SECOND
from glacia_ui.db.embedded import Dsn
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import find_postmaster
from tests.support.databases import make_scratch_folder

GENERATIONS = 200
ASK_AT_ONCE = 8
"""Requests that are on their way together. A word that was written before its reader had come counts as late, too."""
TOKENS = 20 * TOKENS_PER_SECOND
_WORD = re.compile(r"(\d+)@(\d+\.\d+) ")


@dataclass
class Seen:
    """What readers saw: seconds of delay of each update, and streams in which a word was missing or came twice."""

    delays: list[float] = field(default_factory=list)
    broken: int = 0

    def line(self, name: str, cpu: float, bare_p95: float | None) -> str:
        """A line of the table."""
        found = sorted(self.delays)
        at = {share: found[int(len(found) * share)] * 1000 for share in (0.5, 0.95, 0.99)}
        ratio = f"{at[0.95] / bare_p95:8.2f}" if bare_p95 else " " * 8
        return (
            f"{name:<24}{len(found):>9}{at[0.5]:>9.0f}{at[0.95]:>9.0f}{at[0.99]:>9.0f}{found[-1] * 1000:>9.0f}"
            f"{ratio}{cpu:>9.2f}{self.broken:>8}\n"
        )


@asynccontextmanager
async def server(module: str, env: dict[str, str]) -> AsyncIterator[tuple[str, int]]:
    """(address, process id) of one of the two servers, in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.streams.{module}", str(TOKENS)]
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **env, "PYTHONPATH": "."},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    found = re.search(rb"http://\S+?:\d+", await process.stdout.readline())
    assert found is not None
    try:
        yield found[0].decode(), process.pid
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()


async def follow(url: str, headers: dict[str, str], seen: Seen) -> None:
    """Read one stream from the socket, line by line, and note how late each update is."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=2**22)
    asked = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    target = f"{place.path}?{place.query}" if place.query else place.path
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {place.netloc}\r\n{asked}\r\n".encode())
    next_word = 0
    is_whole = True
    async for line in reader:
        if line.startswith(b"data: ") and b'"text":' in line:
            words = _WORD.findall(json.loads(line[6:])["text"])
            seen.delays.append(time.monotonic() - float(words[0][1]))
            is_whole = is_whole and [int(number) for number, _ in words] == list(
                range(next_word, next_word + len(words))
            )
            next_word += len(words)
        elif line == b"0\r\n":
            break
    writer.close()
    seen.broken += not (is_whole and next_word == TOKENS)


def raise_limits(data_dir: Path) -> None:
    """Nobody is refused for being one of many at one address."""
    layout = known_layout(data_dir)
    postmaster = find_postmaster(layout.cluster)
    assert postmaster is not None
    dsn = Dsn(str(postmaster.socket_dir), json.loads(layout.passwords.read_text()))
    with psycopg.connect(dsn.conninfo("supabase_admin")) as connection:
        connection.execute("update private.rate_policies set max_hits = 1000000")


async def arrive(http: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    """(id of a project, headers) of a new guest."""
    token = (await http.post("/api/v1/auth/guest")).raise_for_status().json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    project = (await http.post("/api/v1/projects", json={"name": "x"}, headers=headers)).raise_for_status().json()["id"]
    return str(project), headers


async def begin(http: httpx.AsyncClient, project: str, headers: dict[str, str]) -> str:
    """Address of the events of a new generation."""
    begun = await http.post(f"/api/v1/projects/{project}/generations", json={"prompt": "x"}, headers=headers)
    return str(begun.raise_for_status().json()["events_url"])


def cpu_seconds(pid: int) -> float:
    """Of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def bench_bare() -> tuple[Seen, float]:
    """What the reference does. (what was seen, cores that the server kept busy)."""
    seen = Seen()
    async with server("pass_through", {}) as (url, pid):
        await follow(f"{url}/stream", {}, Seen())
        before, began = cpu_seconds(pid), time.monotonic()
        await asyncio.gather(*(follow(f"{url}/stream", {}, seen) for _ in range(GENERATIONS)))
        return seen, (cpu_seconds(pid) - before) / (time.monotonic() - began)


async def bench_glacia(query: str) -> tuple[Seen, float]:
    """The same of Glacia, as scripts read it or as the page does (`?render=html`)."""
    seen = Seen()
    folder = make_scratch_folder()
    env = {"GLACIA_DATA_DIR": str(folder / "data"), "GLACIA_PORT": "0"}
    async with server("glacia", env) as (url, pid), httpx.AsyncClient(base_url=url, timeout=60) as http:
        raise_limits(folder / "data")
        guests = [await arrive(http) for _ in range(GENERATIONS)]
        before, began = cpu_seconds(pid), time.monotonic()
        turn = asyncio.Semaphore(ASK_AT_ONCE)

        async def one(project: str, headers: dict[str, str]) -> None:
            async with turn:
                events = await begin(http, project, headers)
            await follow(f"{url}{urlsplit(events).path}{query}", headers, seen)

        await asyncio.gather(*(one(*guest) for guest in guests))
        cores = (cpu_seconds(pid) - before) / (time.monotonic() - began)
    shutil.rmtree(folder, ignore_errors=True)
    return seen, cores


async def main() -> None:
    """Prints the table."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    sys.stdout.write(
        f"{GENERATIONS} generations, {TOKENS_PER_SECOND} tokens a second each, {TOKENS} tokens\n"
        f"{'':<24}{'updates':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}"
        f"{'ratio':>8}{'cores':>9}{'broken':>8}\n"
    )
    seen, cores = await bench_bare()
    sys.stdout.write(seen.line("bare pass-through", cores, None))
    bare_p95 = sorted(seen.delays)[int(len(seen.delays) * 0.95)] * 1000
    for name, query in (("Glacia, for scripts", ""), ("Glacia, for the page", "?render=html")):
        sys.stdout.flush()
        seen, cores = await bench_glacia(query)
        sys.stdout.write(seen.line(name, cores, bare_p95))


if __name__ == "__main__":
    asyncio.run(main())
