"""Live events from process to process through a real Redis, and what remains true when that is away, slow or full."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from loguru import logger

from glacia_ui.core.events import Event
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.errors import UnavailableError
from glacia_ui.services import feeds as feeds_module
from glacia_ui.services import heartbeat, relay
from glacia_ui.services.container import _relay
from glacia_ui.services.relay import RedisRelay
from glacia_ui.settings import load_settings
from tests.conftest import MakeUser
from tests.support.redis_server import RedisServer
from tests.support.studio import Studio, open_studio

PREFIX = "glacia:test"
NEVER = 3600.0
PATIENCE_SECONDS = 60
"""For what a loaded machine may take long over; nothing waits that long when all is well."""


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user()


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What is said about Redis."""
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(message.record["message"]), level="INFO")
    yield lines
    logger.remove(sink)


class Spy:
    """A transport that remembers what was asked, and can be away for one function."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.away = ""

    async def rpc(self, function: str, args: Mapping[str, Any], caller: Caller) -> Any:
        self.asked.append((function, args))
        if function == self.away:
            raise UnavailableError
        return await self._transport.rpc(function, args, caller)

    async def close(self) -> None: ...


@asynccontextmanager
async def two_processes(
    here: Transport, there: Transport, url: str, *, speed: float = 15
) -> AsyncIterator[tuple[Studio, Studio]]:
    async with AsyncExitStack() as stack:
        relays = RedisRelay(url, PREFIX), RedisRelay(url, PREFIX)
        first = await stack.enter_async_context(open_studio(here, speed=speed, relay=relays[0]))
        yield first, await stack.enter_async_context(open_studio(there, relay=relays[1]))


async def until(is_so: Callable[[], object]) -> None:
    """Wait for a condition. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():  # noqa: ASYNC110 - it is about what happens elsewhere
            await asyncio.sleep(0.02)


async def begin(studio: Studio, user: Caller) -> UUID:
    project = await studio.projects.create(user, "Bakery")
    return await studio.begin(user, project.id)


def check_whole(events: list[Event]) -> None:
    """Each number once, in order, none left out, up to the end."""
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].is_last


async def test_events_come_over_redis_while_the_readers_database_is_away(
    transport: Transport, user: Caller, redis_server: RedisServer
) -> None:
    spy = Spy(transport)
    async with two_processes(transport, spy, redis_server.url) as (runs, follows):
        generation_id = await begin(runs, user)
        await runs.wait_for(user, generation_id, "message.delta")
        events = await follows.generations.follow(user, generation_id)
        assert events is not None
        seen = [await anext(events)]
        spy.away = "events_since"
        seen += [event async for event in events]
        check_whole(seen)
        assert seen == await runs.read(user, generation_id)


async def test_a_generation_that_is_queued_when_it_is_followed_comes_over_redis_too(
    transport: Transport, user: Caller, redis_server: RedisServer
) -> None:
    spy = Spy(transport)
    async with two_processes(transport, spy, redis_server.url) as (runs, follows):
        first = await begin(runs, user)
        project_id = (await runs.generations.get(user, first)).project_id
        second = await runs.begin(user, project_id, "make it dark green")
        reader = asyncio.create_task(follows.read(user, second))
        await until(lambda: follows.feeds.cursors())
        spy.away = "events_since"
        check_whole(await reader)


async def test_stop_reaches_the_process_that_runs_it_without_a_timer(
    transport: Transport, user: Caller, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for timer in ("CANCEL_SECONDS", "LEASE_SECONDS"):
        monkeypatch.setattr(heartbeat, timer, NEVER)
    async with two_processes(transport, transport, redis_server.url, speed=1) as (runs, stops):
        generation_id = await begin(runs, user)
        await runs.wait_for(user, generation_id, "message.delta")
        await until(lambda: runs.relay._last)  # it listens
        await stops.generations.cancel(user, generation_id)
        async with asyncio.timeout(PATIENCE_SECONDS):
            last = (await stops.read(user, generation_id))[-1]
        assert (last.type, last.data["outcome"]) == ("failed", "stopped")


async def test_a_missing_number_is_read_from_the_database_from_exactly_there(
    transport: Transport, user: Caller, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = Spy(transport)
    async with two_processes(transport, spy, redis_server.url) as (runs, follows):
        send = runs.relay.send
        monkeypatch.setattr(runs.relay, "send", lambda id_, event: event.seq in (6, 7, 8) or send(id_, event))
        first = await begin(runs, user)
        project_id = (await runs.generations.get(user, first)).project_id
        second = await runs.begin(user, project_id, "make it dark green")  # queued, so it is followed from number 1 on
        check_whole(await follows.read(user, second))
        asked = [args["p_cursors"][0]["after"] for function, args in spy.asked if function == "events_since"]
        assert 5 in asked


@pytest.mark.parametrize("trouble", ["away", "slow", "full"])
async def test_trouble_with_redis_costs_nothing_and_is_said_once(
    transport: Transport, user: Caller, redis_server: RedisServer, log: list[str], trouble: str
) -> None:
    begins, ends = {
        "away": (redis_server.stop, redis_server.start),
        "slow": (redis_server.pause, redis_server.resume),
        "full": (redis_server.fill, redis_server.empty),
    }[trouble]
    async with two_processes(transport, transport, redis_server.url, speed=6) as (runs, follows):
        generation_id = await begin(runs, user)
        await follows.wait_for(user, generation_id, "message.delta")
        reader = asyncio.create_task(follows.read(user, generation_id))
        begins()
        check_whole(await reader)
        ends()
        await until(lambda: not (runs.relay._troubles or follows.relay._troubles))
        assert await follows.read(user, generation_id) == reader.result()
    said = [line for line in log if line.startswith("Redis cannot be used")]
    assert 1 <= len(said) <= 4  # by each process once, or twice where a loaded machine let it come and go
    assert len([line for line in log if line == "Redis can be used again"]) == len(said)


async def test_after_a_restart_of_redis_events_come_over_it_again(
    transport: Transport, user: Caller, redis_server: RedisServer
) -> None:
    async with two_processes(transport, transport, redis_server.url, speed=4) as (runs, follows):
        redis_server.stop()
        generation_id = await begin(runs, user)
        reader = asyncio.create_task(follows.read(user, generation_id))
        await until(lambda: runs.relay._troubles and follows.relay._troubles)
        redis_server.start()
        await until(lambda: generation_id in follows.feeds._relayed_at)
        check_whole(await reader)


async def test_a_redis_that_is_not_there_at_the_start_is_a_warning_without_the_password(
    transport: Transport, user: Caller, log: list[str]
) -> None:
    async with two_processes(transport, transport, "redis://:a-password@127.0.0.1:1/0") as (runs, follows):
        generation_id = await begin(runs, user)
        check_whole(await follows.read(user, generation_id))
        await until(lambda: len(log) >= 2)
    assert len([line for line in log if line.startswith("Redis cannot be used")]) == 2  # one for each process
    assert "a-password" not in "".join(log)


async def test_two_databases_on_one_redis_never_mix(redis_server: RedisServer, tmp_path: Path) -> None:
    relays = [_relay(load_settings(data_dir=tmp_path / name, redis_url=redis_server.url)) for name in ("a", "b", "a")]
    prefixes = [one._prefix for one in relays if isinstance(one, RedisRelay)]
    assert prefixes[0] == prefixes[2] != prefixes[1]
    heard: list[str] = []
    for name, one in zip(("a", "b", "a too"), relays, strict=True):
        one.open(dict, lambda *_: None, lambda _, name=name: heard.append(name))  # type: ignore[misc]
    await until(lambda: all(one._last for one in relays))  # type: ignore[attr-defined]
    relays[0].stop(uuid4())
    await until(lambda: "a too" in heard)
    assert set(heard) == {"a", "a too"}
    for one in relays:
        await one.close()


async def test_streams_are_trimmed_and_end(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "KEPT_EVENTS", 100)
    one = RedisRelay(redis_server.url, PREFIX)
    running, ended = uuid4(), uuid4()
    for seq in range(1, 1001):
        one.send(running, Event(seq=seq, type="status", data={}))
    one.send(ended, Event(seq=1, type="done", data={}))
    one.open(dict, lambda *_: None, lambda _: None)
    await one.close()  # what waits is sent
    client = redis_server.client
    assert 100 <= client.xlen(f"{PREFIX}:events:{running}") <= 300
    assert 0 < client.ttl(f"{PREFIX}:events:{running}") <= relay.RUNNING_SECONDS
    assert 0 < client.ttl(f"{PREFIX}:events:{ended}") <= relay.ENDED_SECONDS
    assert all(client.ttl(key) > 0 for key in client.scan_iter())


async def test_a_reader_far_behind_the_trimmed_stream_reads_the_database(
    transport: Transport, user: Caller, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_processes(transport, transport, redis_server.url) as (runs, follows):
        generation_id = await begin(runs, user)
        reader = asyncio.create_task(follows.read(user, generation_id))
        key = f"{PREFIX}:events:{generation_id}"
        await until(lambda: redis_server.client.xlen(key) > 5)
        monkeypatch.setattr(feeds_module, "POLL_SECONDS", 0.1)
        while not reader.done():
            redis_server.client.xtrim(key, maxlen=1, approximate=False)
            await asyncio.sleep(0.05)
        check_whole(reader.result())


def _certificate(folder: Path) -> tuple[Path, Path]:
    """(certificate, key) of a server on this machine; it vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "redis.crt", folder / "redis.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@pytest.fixture
def free_port() -> int:
    """Nobody listens on it just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_tls_and_a_password_work_and_a_certificate_of_nobody_does_not(
    tmp_path: Path, free_port: int, log: list[str]
) -> None:
    certificate, key = _certificate(tmp_path)
    tls = ("--tls-port", str(free_port), "--tls-cert-file", str(certificate), "--tls-key-file", str(key))
    options = (*tls, "--port", "0", "--tls-auth-clients", "no", "--requirepass", "a-password")
    address = f"rediss://:a-password@127.0.0.1:{free_port}/0"
    with RedisServer(*options):
        heard: list[UUID] = []
        good = RedisRelay(f"{address}?ssl_ca_certs={certificate}", PREFIX)
        good.open(dict, lambda *_: None, heard.append)
        await until(lambda: good._last)
        good.stop(stopped := uuid4())
        await until(lambda: heard == [stopped])
        assert log == []
        bad = RedisRelay(address, PREFIX)
        bad.open(dict, lambda *_: None, heard.append)
        await until(lambda: log)
        await bad.close()
        await good.close()
    assert "a-password" not in "".join(log)
