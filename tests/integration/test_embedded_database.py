"""The embedded database as the app holds it: what a call notices when the server dies under it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from glacia_ui.db import postgres
from glacia_ui.db.embedded import Dsn, EmbeddedPostgres, EmbeddedPostgresError
from glacia_ui.db.embedded.layout import known_layout
from glacia_ui.db.embedded.postmaster import find_postmaster
from glacia_ui.db.embedded_database import EmbeddedDatabase, open_embedded
from glacia_ui.db.migrate import MigrationError
from glacia_ui.db.transport import SERVER
from glacia_ui.errors import UnavailableError
from tests.support.databases import make_scratch_folder

FUNCTIONS = """
create table public.calls (id int generated always as identity);
create function public.t_call(p_seconds float8 default 0) returns jsonb language plpgsql security definer
set search_path = '' as $$
begin
  insert into public.calls default values;
  perform pg_catalog.pg_sleep(p_seconds);
  return to_jsonb(pg_catalog.pg_backend_pid());
end $$;
create function public.t_count() returns jsonb language sql security definer set search_path = '' as $$
  select to_jsonb(count(*)) from public.calls
$$;
grant execute on function public.t_call, public.t_count to service_role;
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = make_scratch_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture
async def database(folder: Path) -> AsyncIterator[EmbeddedDatabase]:
    async with open_embedded(folder, pool_size=4) as opened:
        dsn = EmbeddedPostgres(folder)
        with psycopg.connect(dsn.start().conninfo("postgres")) as connection:
            connection.execute(FUNCTIONS.encode())
        assert not dsn.stop()
        yield opened


def server_pid(folder: Path) -> int:
    found = find_postmaster(known_layout(folder).cluster)
    assert found is not None
    return found.pid


def kill_server(folder: Path) -> None:
    """kill -9 to the server and all its children."""
    parent = psutil.Process(server_pid(folder))
    family = [parent, *parent.children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family[1:], timeout=20)


async def until_called(database: EmbeddedDatabase, task: asyncio.Task[object]) -> None:
    """Until `task` is inside the server, so that breaking it there means something."""
    async with asyncio.timeout(20):
        while True:
            query = "select 1 from pg_stat_activity where wait_event = 'PgSleep'"
            async with database.transport._connection() as connection:
                if await (await connection.execute(query)).fetchone():
                    return
            assert not task.done()
            await asyncio.sleep(0.01)


async def eventually(database: EmbeddedDatabase, function: str) -> object:
    """The answer as soon as there is one; until then nothing worse than "unavailable"."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await database.transport.rpc(function, {}, SERVER)
            except UnavailableError:
                await asyncio.sleep(0.05)


async def test_the_next_call_after_a_kill_does_not_notice(database: EmbeddedDatabase, folder: Path) -> None:
    await asyncio.gather(*(database.transport.rpc("t_call", {}, SERVER) for _ in range(4)))
    dead = server_pid(folder)
    kill_server(folder)
    await asyncio.gather(*(database.transport.rpc("t_call", {}, SERVER) for _ in range(32)))
    assert await database.transport.rpc("t_count", {}, SERVER) == 36, "each ran once"
    assert server_pid(folder) != dead


async def test_a_call_that_was_under_way_fails_and_leaves_nothing(database: EmbeddedDatabase, folder: Path) -> None:
    call = asyncio.create_task(database.transport.rpc("t_call", {"p_seconds": 30}, SERVER))
    await until_called(database, call)
    kill_server(folder)
    with pytest.raises(UnavailableError) as caught:
        await call
    assert caught.value.retry_after in range(1, 6)
    assert await database.transport.rpc("t_count", {}, SERVER) == 0


async def test_a_killed_child_makes_the_server_restart_itself(database: EmbeddedDatabase, folder: Path) -> None:
    dead = server_pid(folder)
    clients = [child for child in psutil.Process(dead).children() if "authenticator" in "".join(child.cmdline())]
    os.kill(await database.transport.rpc("t_call", {}, SERVER), signal.SIGKILL)
    await asyncio.to_thread(psutil.wait_procs, clients, 20)
    assert await eventually(database, "t_count") == 1
    assert server_pid(folder) == dead


async def test_a_server_that_hangs_is_hung_up_on(database: EmbeddedDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = await database.transport.rpc("t_call", {}, SERVER)
    monkeypatch.setattr(postgres, "_CALL_SECONDS", 0.2)
    os.kill(backend, signal.SIGSTOP)
    calls = [database.transport.rpc("t_count", {}, SERVER) for _ in range(16)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    os.kill(backend, signal.SIGCONT)
    assert {type(answer) for answer in answers} == {int, UnavailableError}, "only the stopped one's"
    assert await database.transport.rpc("t_count", {}, SERVER) == 1


async def test_a_server_that_cannot_come_back_is_unavailable(folder: Path) -> None:
    async with open_embedded(folder) as database:
        database.transport._patience_seconds = 0.5
        kill_server(folder)
        control = known_layout(folder).cluster / "global" / "pg_control"
        control.rename(control.with_name("lost"))
        with pytest.raises(UnavailableError):
            await database.transport.rpc("find_local_account", {"p_email": "x"}, SERVER)
        control.with_name("lost").rename(control)
        database.transport._patience_seconds = 20
        assert await database.transport.rpc("find_local_account", {"p_email": "x"}, SERVER)


async def test_the_second_start_finds_nothing_to_do(folder: Path) -> None:
    async with open_embedded(folder) as first:
        assert first.migrated
    async with open_embedded(folder) as second:
        assert second.migrated == []
        assert str(folder) in second.description
    assert find_postmaster(known_layout(folder).cluster) is None


async def test_a_start_that_is_cancelled_leaves_no_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    start = EmbeddedPostgres.start

    def announced(server: EmbeddedPostgres) -> Dsn:
        loop.call_soon_threadsafe(begun.set)
        return start(server)

    monkeypatch.setattr(EmbeddedPostgres, "start", announced)
    opening = asyncio.create_task(open_embedded(folder).__aenter__())
    await begun.wait()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert find_postmaster(known_layout(folder).cluster) is None


async def test_a_start_that_fails_leaves_no_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[str]:
        raise MigrationError("20260101000000_broken.sql: no")

    monkeypatch.setattr("glacia_ui.db.embedded_database.migrate", broken)
    with pytest.raises(MigrationError):
        async with open_embedded(folder):
            pass
    assert find_postmaster(known_layout(folder).cluster) is None
    (known_layout(folder).cluster / "PG_VERSION").write_text("15")
    with pytest.raises(EmbeddedPostgresError):
        async with open_embedded(folder):
            pass
