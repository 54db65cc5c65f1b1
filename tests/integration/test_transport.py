"""The transport against a real server: whose rights, what travels, what is left behind, and what breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from glacia_ui.db.postgres import STATEMENT_TIMEOUTS, PostgresTransport
from glacia_ui.db.transport import ANONYMOUS, SERVER, Caller, Transport
from glacia_ui.errors import (
    AppError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
    ValidationError,
)
from tests.conftest import MakeUser
from tests.doubles.supabase.keys import Keys
from tests.support.databases import Cluster, Database

FUNCTIONS = """
create table public.notes (user_id uuid not null, body text);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));
grant select on public.notes to authenticated, service_role;
create table public.calls (id int generated always as identity);

create function public.t_whoami() returns jsonb language sql stable as $$
  select jsonb_build_object(
    'role', current_user, 'login', session_user, 'uid', auth.uid(), 'jwt', auth.jwt(),
    'timeout', current_setting('statement_timeout'), 'pid', pg_backend_pid())
$$;
create function public.t_echo(p_text text default null, p_json jsonb default null, p_ids uuid[] default null,
  p_int int default null, p_at timestamptz default null) returns jsonb language sql as $$
  select jsonb_build_object('text', p_text, 'json', p_json, 'ids', p_ids, 'int', p_int, 'at', p_at)
$$;
create function public.t_notes() returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(body), '[]') from public.notes
$$;
create function public.t_raise(p_state text, p_message text) returns jsonb language plpgsql as $$
begin raise exception using errcode = p_state, message = p_message; end $$;
create function public.t_twice() returns jsonb language sql as $$ select '1'::jsonb $$;
create function public.t_sleep(p_seconds float8) returns jsonb language plpgsql security definer set search_path = ''
as $$ begin insert into public.calls default values; perform pg_catalog.pg_sleep(p_seconds); return '"slept"'; end $$;
create function public.t_fail() returns jsonb language plpgsql security definer set search_path = ''
as $$ begin insert into public.calls default values; raise exception using errcode = 'PT409', message = 'no'; end $$;
create function public.t_nothing() returns void language sql as $$ select $$;
create function public.t_members() returns jsonb language sql as $$ select '1'::jsonb $$;
grant execute on all functions in schema public to anon, authenticated, service_role;
revoke execute on function public.t_members() from anon;
"""


@pytest.fixture
def with_functions(database: Database) -> Database:
    with database.connect("postgres") as connection:
        connection.execute(FUNCTIONS.encode())
    return database


@pytest.fixture
async def single(with_functions: Database) -> AsyncIterator[PostgresTransport]:
    """One connection only, so that every call comes after another one's."""
    transport = PostgresTransport(with_functions.conninfo(), pool_size=1)
    await transport.open()
    yield transport
    await transport.close()


@pytest.fixture(autouse=True)
def _functions(with_functions: Database) -> Iterator[None]:
    """Before `transport` opens: it learns at that moment which parameters are arrays."""
    return


def count_calls(database: Database) -> int:
    with database.connect("postgres") as connection:
        row = connection.execute("select count(*) from calls").fetchone()
    assert row is not None
    return int(row[0])


class TestWho:
    async def test_a_user_runs_as_authenticated_with_their_claims(
        self, transport: Transport, make_user: MakeUser
    ) -> None:
        user = await make_user()
        answer = await transport.rpc("t_whoami", {}, user)
        assert answer["role"] == "authenticated"
        assert answer["login"] == "authenticator"
        assert answer["uid"] == user.claims["sub"]
        assert answer["jwt"] == user.claims

    @pytest.mark.parametrize(
        ("caller", "role"), [(ANONYMOUS, "anon"), (SERVER, "service_role")], ids=["anon", "server"]
    )
    async def test_the_others_have_no_user(self, transport: Transport, caller: Caller, role: str) -> None:
        answer = await transport.rpc("t_whoami", {}, caller)
        assert (answer["role"], answer["uid"]) == (role, None)

    async def test_policies_apply_to_the_caller(
        self, transport: Transport, make_user: MakeUser, database: Database, keys: Keys
    ) -> None:
        """With the role set in the same statement as the call, the planner would have skipped them."""
        alice, bob = await make_user(), await make_user()
        with database.connect("postgres") as connection:
            for user, body in ((alice, "alice's"), (bob, "bob's")):
                connection.execute("insert into notes values (%s, %s)", [user.claims["sub"], body])
        for _ in range(2):
            assert await transport.rpc("t_notes", {}, alice) == ["alice's"]
            assert await transport.rpc("t_notes", {}, bob) == ["bob's"]
        nobody = {"role": "authenticated"}
        assert await transport.rpc("t_notes", {}, Caller("authenticated", nobody, keys.sign(nobody))) == []
        assert sorted(await transport.rpc("t_notes", {}, SERVER)) == ["alice's", "bob's"]
        with pytest.raises(PermissionDeniedError):
            await transport.rpc("t_notes", {}, ANONYMOUS)

    async def test_nothing_is_left_for_the_next_caller(self, single: PostgresTransport, make_user: MakeUser) -> None:
        user = await make_user()
        first = await single.rpc("t_whoami", {}, user)
        with pytest.raises(NotFoundError):
            await single.rpc("t_raise", {"p_state": "PT404", "p_message": "x"}, user)
        second = await single.rpc("t_whoami", {}, ANONYMOUS)
        assert first["pid"] == second["pid"], "or it proves nothing"
        assert (second["role"], second["uid"], second["jwt"]) == ("anon", None, {"role": "anon"})
        async with single._connection() as connection:
            cursor = await connection.execute(
                "select current_user::text, nullif(current_setting('request.jwt.claims', true), '')"
            )
            assert await cursor.fetchone() == ("authenticator", None)

    async def test_many_at_once_are_each_themselves(self, transport: Transport, make_user: MakeUser) -> None:
        users = [await make_user() for _ in range(8)] * 8
        answers = await asyncio.gather(*(transport.rpc("t_whoami", {}, user) for user in users))
        assert [answer["uid"] for answer in answers] == [user.claims["sub"] for user in users]


class TestValues:
    @pytest.mark.parametrize(
        "value",
        [
            "it's",
            'say "hi"',
            "back\\slash",
            "%s %% %(x)s",
            "'; drop table notes; --",
            "$$ $1",
            "é 😀 \u2028",
            "",
            "\\'",
        ],
        ids=repr,
    )
    async def test_text_arrives_as_it_is(self, transport: Transport, value: str) -> None:
        args = {"p_text": value, "p_json": {value: [value]}}
        answer = await transport.rpc("t_echo", args, ANONYMOUS)
        assert (answer["text"], answer["json"]) == (value, {value: [value]})

    async def test_arguments_take_the_types_that_the_function_declares(self, transport: Transport) -> None:
        ids = [str(UUID(int=number)) for number in (1, 2)]
        args = {"p_ids": ids, "p_int": 7, "p_at": "2026-11-01T12:00:00+00:00", "p_json": ids}
        answer = await transport.rpc("t_echo", args, ANONYMOUS)
        assert answer == {"text": None, "ids": ids, "int": 7, "at": "2026-11-01T12:00:00+00:00", "json": ids}

    async def test_an_empty_list_is_what_its_parameter_is(self, transport: Transport) -> None:
        answer = await transport.rpc("t_echo", {"p_ids": [], "p_json": []}, ANONYMOUS)
        assert (answer["ids"], answer["json"]) == ([], [])

    async def test_a_function_without_a_result_gives_none(self, transport: Transport) -> None:
        assert not await transport.rpc("t_nothing", {}, ANONYMOUS)

    @pytest.mark.parametrize(
        "args",
        [
            {"p_text": "a\0b"},
            {"p_json": {"a": "\0"}},
            {"p_text": "\ud800"},
            {"p_json": ["\ud800"]},
            {"p_json": float("nan")},
        ],
        ids=["NUL", "NUL in JSON", "surrogate", "surrogate in JSON", "NaN"],
    )
    async def test_what_cannot_be_stored_is_invalid(self, transport: Transport, args: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            await transport.rpc("t_echo", args, ANONYMOUS)
        assert (await transport.rpc("t_echo", {"p_int": 1}, ANONYMOUS))["int"] == 1

    @pytest.mark.parametrize("name", ["t_echo(); drop table notes; --", "T_Echo", "public.t_echo", ""])
    async def test_only_names_are_names(self, transport: Transport, name: str) -> None:
        with pytest.raises(ValueError, match="no SQL names"):
            await transport.rpc(name, {}, SERVER)
        with pytest.raises(ValueError, match="no SQL names"):
            await transport.rpc("t_echo", {name: 1}, SERVER)


class TestErrors:
    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ("PT404", NotFoundError),
            ("PT409", ConflictError),
            ("PT422", ValidationError),
            ("PT403", PermissionDeniedError),
        ],
    )
    async def test_our_own_carry_their_code(self, transport: Transport, state: str, expected: type[AppError]) -> None:
        with pytest.raises(expected) as caught:
            await transport.rpc("t_raise", {"p_state": state, "p_message": "some_code"}, ANONYMOUS)
        assert caught.value.code == "some_code"

    async def test_a_function_that_one_may_not_call(self, transport: Transport, make_user: MakeUser) -> None:
        assert await transport.rpc("t_members", {}, await make_user()) == 1
        with pytest.raises(PermissionDeniedError):
            await transport.rpc("t_members", {}, ANONYMOUS)

    async def test_a_function_that_is_not_there_is_our_own_mistake(self, transport: Transport) -> None:
        with pytest.raises(AppError) as caught:
            await transport.rpc("t_unheard_of", {}, SERVER)
        assert caught.value.status == 500

    async def test_a_failed_call_leaves_nothing(self, transport: Transport, database: Database) -> None:
        with pytest.raises(ConflictError):
            await transport.rpc("t_fail", {}, SERVER)
        assert count_calls(database) == 0


class TestTime:
    async def test_the_limits_are_those_of_the_roles(self, transport: Transport, database: Database) -> None:
        """`set role` does not apply a role's settings, so the transport has a copy of them."""
        with database.connect("postgres") as connection:
            rows = connection.execute(
                "select rolname, setting from pg_roles, unnest(rolconfig) as setting"
                " where setting like 'statement_timeout=%'"
            ).fetchall()
        configured = {name: setting.partition("=")[2] for name, setting in rows}
        assert configured["anon"] == STATEMENT_TIMEOUTS["anon"] == "3s"
        assert configured["authenticated"] == STATEMENT_TIMEOUTS["authenticated"] == "8s"
        assert configured["authenticator"] == STATEMENT_TIMEOUTS["service_role"]
        assert (await transport.rpc("t_whoami", {}, ANONYMOUS))["timeout"] == "3s"

    async def test_too_long_a_call_ends_and_leaves_nothing(
        self, single: PostgresTransport, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(STATEMENT_TIMEOUTS, "anon", "50ms")
        with pytest.raises(UnavailableError) as caught:
            await single.rpc("t_sleep", {"p_seconds": 30}, ANONYMOUS)
        assert caught.value.retry_after in range(1, 6)
        assert count_calls(database) == 0
        assert await single.rpc("t_sleep", {"p_seconds": 0}, SERVER) == "slept"

    async def test_a_cancelled_call_leaves_nothing(self, single: PostgresTransport, database: Database) -> None:
        call = asyncio.create_task(single.rpc("t_sleep", {"p_seconds": 30}, SERVER))
        await _until_sleeping(database)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await single.rpc("t_sleep", {"p_seconds": 0}, SERVER) == "slept"
        assert count_calls(database) == 1

    async def test_a_call_waits_for_a_free_connection_only_so_long(
        self, with_functions: Database, database: Database
    ) -> None:
        transport = PostgresTransport(with_functions.conninfo(), pool_size=1, patience_seconds=2)
        await transport.open()
        busy = asyncio.create_task(transport.rpc("t_sleep", {"p_seconds": 30}, SERVER))
        await _until_sleeping(database)
        with pytest.raises(UnavailableError):
            await transport.rpc("t_whoami", {}, SERVER)
        busy.cancel()
        with pytest.raises(asyncio.CancelledError):
            await busy
        await transport.close()


class TestLostConnections:
    async def test_one_that_was_closed_while_idle_is_replaced_unnoticed(
        self, single: PostgresTransport, database: Database
    ) -> None:
        before = await single.rpc("t_whoami", {}, SERVER)
        _terminate(database, before["pid"])
        assert await single.rpc("t_sleep", {"p_seconds": 0}, SERVER) == "slept"
        assert count_calls(database) == 1

    async def test_a_call_that_was_cut_off_is_not_repeated(self, single: PostgresTransport, database: Database) -> None:
        call = asyncio.create_task(single.rpc("t_sleep", {"p_seconds": 30}, SERVER))
        _terminate(database, await _until_sleeping(database))
        with pytest.raises(UnavailableError):
            await call
        assert count_calls(database) == 0
        assert await single.rpc("t_sleep", {"p_seconds": 0}, SERVER) == "slept"

    async def test_a_closed_transport_is_unavailable(self, with_functions: Database) -> None:
        transport = PostgresTransport(with_functions.conninfo())
        await transport.open()
        await transport.close()
        with pytest.raises(UnavailableError):
            await transport.rpc("t_whoami", {}, SERVER)

    async def test_no_server_at_all_is_unavailable(self, cluster: Cluster) -> None:
        elsewhere = psycopg.conninfo.make_conninfo(cluster.dsn.conninfo("authenticator"), host="/nonexistent")
        transport = PostgresTransport(elsewhere, patience_seconds=0.2)
        with pytest.raises(UnavailableError) as caught:
            await transport.open()
        assert caught.value.retry_after in range(1, 6)
        await transport.close()


async def _until_sleeping(database: Database) -> int:
    """The backend that is inside `t_sleep`."""
    async with await psycopg.AsyncConnection.connect(database.conninfo("supabase_admin"), autocommit=True) as watcher:
        async with asyncio.timeout(20):
            while True:
                cursor = await watcher.execute("select pid from pg_stat_activity where wait_event = 'PgSleep'")
                if (row := await cursor.fetchone()) is not None:
                    return int(row[0])
                await asyncio.sleep(0.01)


def _terminate(database: Database, pid: int) -> None:
    """Ends a backend and waits until it has ended."""
    with database.connect("supabase_admin") as connection:
        assert connection.execute("select pg_terminate_backend(%s, 20000)", [pid]).fetchone() == (True,)
