"""What only the way through PostgREST has: two kinds of keys, tokens that end, and a network in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx
import pytest

import glacia_ui.db.supabase as hosted_transport
from glacia_ui.db.supabase import SupabaseTransport
from glacia_ui.db.transport import ANONYMOUS, SERVER, Caller
from glacia_ui.errors import AppError, AuthenticationError, UnavailableError
from tests.conftest import MakeUser, open_hosted
from tests.doubles.supabase.faults import Kind
from tests.doubles.supabase.keys import Keys
from tests.doubles.supabase.server import Server
from tests.support.databases import Database

ROUNDS = 200


@pytest.fixture
async def hosted(supabase: Server) -> AsyncIterator[SupabaseTransport]:
    async with open_hosted(supabase) as transport:
        yield transport


@pytest.fixture
async def impatient(supabase: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SupabaseTransport]:
    """As `hosted`, but it gives up after a third of a second."""
    monkeypatch.setattr(hosted_transport, "_TIMEOUT", httpx.Timeout(0.3))
    async with open_hosted(supabase) as transport:
        yield transport


@asynccontextmanager
async def opened(url: str, anon_key: str, service_key: str) -> AsyncIterator[SupabaseTransport]:
    """A transport with keys of the test's choice."""
    transport = SupabaseTransport(url, anon_key=anon_key, service_key=service_key)
    await transport.open()
    yield transport
    await transport.close()


async def create_project(transport: SupabaseTransport, user: Caller) -> UUID:
    answer = await transport.rpc("create_project", {"p_name": "Bakery", "p_files": []}, user)
    return UUID(answer["project"]["id"])


async def who_is(transport: SupabaseTransport, user: Caller) -> str:
    """The id by which the database knows the caller."""
    return str((await transport.rpc("get_me", {}, user))["me"]["user"]["id"])


class TestKeys:
    @pytest.mark.parametrize("kind", ["legacy", "opaque"])
    async def test_both_kinds_give_each_caller_their_role(
        self, supabase: Server, make_user: MakeUser, keys: Keys, kind: str
    ) -> None:
        pair = (keys.anon, keys.service_role) if kind == "legacy" else (keys.publishable, keys.secret)
        async with opened(supabase.url, *pair) as transport:
            user = await make_user()
            assert await who_is(transport, user) == user.claims["sub"]
            assert await transport.rpc("find_cancelled", {"p_generation_ids": []}, SERVER) == {"cancelled": []}
            with pytest.raises(AppError) as caught:
                await transport.rpc("find_cancelled", {"p_generation_ids": []}, ANONYMOUS)
            assert caught.value.status == 403

    async def test_an_opaque_key_sent_as_a_token_is_refused(self, supabase: Server, keys: Keys) -> None:
        """What the client does by itself, and why the transport takes the header away."""
        headers = {"apikey": keys.secret, "Authorization": f"Bearer {keys.secret}"}
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{supabase.url}/rest/v1/rpc/ping", json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "PGRST301")

    async def test_keys_of_another_project_are_our_own_mistake(self, supabase: Server, make_user: MakeUser) -> None:
        other = Keys()
        async with opened(supabase.url, other.publishable, other.secret) as transport:
            with pytest.raises(AppError) as caught:
                await transport.rpc("get_me", {}, await make_user())
        assert (caught.value.status, caught.value.code) == (500, "internal")

    async def test_a_token_signed_with_the_older_secret_is_good(
        self, hosted: SupabaseTransport, make_user: MakeUser, keys: Keys
    ) -> None:
        user = await make_user()
        legacy = Caller(user.role, user.claims, keys.sign_legacy(dict(user.claims)))
        assert await who_is(hosted, legacy) == user.claims["sub"]


class TestTokens:
    async def test_one_that_has_ended_or_is_not_theirs_signs_nobody_in(
        self, hosted: SupabaseTransport, make_user: MakeUser, keys: Keys
    ) -> None:
        claims = dict((await make_user()).claims)
        tokens = [keys.sign({**claims, "exp": 1_700_000_000}), Keys().sign(claims), keys.sign(claims)[:-8], "a.b.c"]
        for token in tokens:
            with pytest.raises(AuthenticationError):
                await hosted.rpc("get_me", {}, Caller("authenticated", claims, token))

    async def test_a_user_without_a_token_is_never_sent(self, hosted: SupabaseTransport, supabase: Server) -> None:
        """PostgREST would take the call for a stranger's."""
        with pytest.raises(ValueError, match="token"):
            await hosted.rpc("get_me", {}, Caller.user(uuid4()))
        assert supabase.project.faults.count("rpc") == 0

    async def test_two_users_interleaved_on_one_client_never_mix(
        self, hosted: SupabaseTransport, make_user: MakeUser
    ) -> None:
        users = [await make_user(), await make_user()]

        async def ask(user: Caller) -> tuple[str, str]:
            return user.claims["sub"], await who_is(hosted, user)

        for start in range(0, ROUNDS, 20):
            pairs = await asyncio.gather(*(ask(users[number % 2]) for number in range(start, start + 20)))
            assert [asked for asked, _ in pairs] == [answered for _, answered in pairs]


class TestFaults:
    @pytest.mark.parametrize("kind", ["bad_gateway", "drop_before", "drop_after"])
    async def test_a_read_is_asked_again(
        self, hosted: SupabaseTransport, supabase: Server, make_user: MakeUser, kind: Kind
    ) -> None:
        user = await make_user()
        supabase.project.faults.plan(kind, "get_me", times=2)
        assert await who_is(hosted, user) == user.claims["sub"]
        assert supabase.project.faults.count("get_me") == 3

    @pytest.mark.parametrize(
        ("kind", "made"), [("bad_gateway", 0), ("too_many", 0), ("drop_before", 0), ("drop_after", 1)]
    )
    async def test_what_cannot_be_told_from_done_is_never_done_twice(
        self, hosted: SupabaseTransport, supabase: Server, make_user: MakeUser, kind: Kind, made: int
    ) -> None:
        user = await make_user()
        supabase.project.faults.plan(kind, "create_project")
        with pytest.raises(UnavailableError) as caught:
            await create_project(hosted, user)
        assert caught.value.retry_after in range(1, 6)
        assert supabase.project.faults.count("create_project") == 1
        assert len((await hosted.rpc("list_projects", {}, user))["projects"]) == made

    async def test_a_write_that_carries_its_key_is_asked_again_and_done_once(
        self, hosted: SupabaseTransport, supabase: Server, make_user: MakeUser, database: Database
    ) -> None:
        user = await make_user()
        project_id = await create_project(hosted, user)
        args = {
            "p_project_id": project_id,
            "p_prompt": "a bakery",
            "p_model": "claude-sonnet-5-5",
            "p_idempotency_key": str(uuid4()),
            "p_is_simulated": True,
        }
        supabase.project.faults.plan("drop_after", "begin_generation")
        assert (await hosted.rpc("begin_generation", args, user))["ok"]
        assert supabase.project.faults.count("begin_generation") == 2
        with database.connect("postgres") as connection:
            assert connection.execute("select count(*) from public.generations").fetchone() == (1,)

    async def test_after_three_attempts_it_is_unavailable(
        self, hosted: SupabaseTransport, supabase: Server, make_user: MakeUser
    ) -> None:
        supabase.project.faults.plan("bad_gateway", "get_me", times=9)
        with pytest.raises(UnavailableError):
            await hosted.rpc("get_me", {}, await make_user())
        assert supabase.project.faults.count("get_me") == 3

    async def test_silence_has_an_end_and_is_not_asked_again(
        self, impatient: SupabaseTransport, supabase: Server, make_user: MakeUser
    ) -> None:
        supabase.project.faults.plan("hang", "get_me", seconds=2)
        with pytest.raises(UnavailableError):
            await impatient.rpc("get_me", {}, await make_user())
        assert supabase.project.faults.count("get_me") == 1

    async def test_a_slow_answer_is_waited_for(
        self, hosted: SupabaseTransport, supabase: Server, make_user: MakeUser
    ) -> None:
        user = await make_user()
        supabase.project.faults.plan("slow", "get_me", seconds=0.4)
        assert await who_is(hosted, user) == user.claims["sub"]

    async def test_a_token_that_ended_on_the_way_is_no_fault_of_the_network(
        self, hosted: SupabaseTransport, supabase: Server, make_user: MakeUser
    ) -> None:
        supabase.project.faults.plan("expired", "get_me")
        with pytest.raises(AuthenticationError):
            await hosted.rpc("get_me", {}, await make_user())
        assert supabase.project.faults.count("get_me") == 1

    async def test_nobody_there_is_unavailable(self, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hosted_transport, "_PAUSE_SECONDS", 0.01)
        async with opened("http://127.0.0.1:9", keys.anon, keys.secret) as transport:
            with pytest.raises(UnavailableError):
                await transport.rpc("create_project", {"p_name": "x", "p_files": []}, SERVER)

    async def test_a_closed_transport_is_unavailable(self, supabase: Server, keys: Keys) -> None:
        transport = SupabaseTransport(supabase.url, anon_key=keys.anon, service_key=keys.secret)
        with pytest.raises(UnavailableError):
            await transport.rpc("ping", {}, SERVER)
        await transport.open()
        await transport.close()
        with pytest.raises(UnavailableError):
            await transport.rpc("ping", {}, SERVER)
        assert supabase.project.faults.count("ping") == 0
