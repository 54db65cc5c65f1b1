"""People of a hosted project: every way in and out over the double's GoTrue, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from glacia_ui.db.sessions import SealedTokens
from glacia_ui.db.sessions import Sessions as SessionRows
from glacia_ui.db.supabase import SupabaseTransport
from glacia_ui.errors import (
    AuthenticationError,
    ConflictError,
    PermissionDeniedError,
    RateLimitedError,
    UnavailableError,
    ValidationError,
)
from glacia_ui.identity.admins import Admins
from glacia_ui.identity.gotrue import GoTrue
from glacia_ui.identity.model import MailSent, SignedIn
from glacia_ui.identity.renewal import Renewals
from glacia_ui.identity.sealed import Sealer, TokenPair
from glacia_ui.identity.supabase import SupabaseIdentity
from glacia_ui.identity.tokens import is_token, token_hash
from glacia_ui.web.sessions import FRESH_SECONDS, Sessions
from tests.conftest import SECRET, open_hosted, open_identity
from tests.doubles.supabase.accounts import Mail
from tests.doubles.supabase.keys import Keys
from tests.doubles.supabase.server import Server
from tests.support.databases import Database
from tests.support.sizes import full_size

ADDRESS = "203.0.113.7"
EMAIL, PASSWORD = "anna@example.com", "correct horse"


@pytest.fixture
async def hosted(supabase: Server) -> AsyncIterator[SupabaseTransport]:
    async with open_hosted(supabase) as transport:
        yield transport


@pytest.fixture
async def identity(supabase: Server, hosted: SupabaseTransport) -> AsyncIterator[SupabaseIdentity]:
    async with open_identity(supabase, hosted) as found:
        yield found


async def anna(identity: SupabaseIdentity) -> SignedIn:
    """Somebody who has just signed up, where no mail is needed for it."""
    entered = await identity.sign_up(EMAIL, PASSWORD, ADDRESS)
    assert isinstance(entered, SignedIn)
    return entered


async def open_mail(mail: Mail) -> dict[str, str]:
    """Follow the link as a browser does; what it brings to our callback."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(mail.url)
    assert answer.status_code == 303
    location = urlsplit(answer.headers["location"])
    assert location._replace(query="").geturl() == "http://glacia.example/auth/callback"
    return {name: values[0] for name, values in parse_qs(location.query).items()}


class TestWaysIn:
    async def test_sign_up_by_a_mail_in_the_same_browser(self, identity: SupabaseIdentity, supabase: Server) -> None:
        supabase.project.options.confirms_email = True
        sent = await identity.sign_up(EMAIL, PASSWORD, ADDRESS)
        assert isinstance(sent, MailSent)
        with pytest.raises(AuthenticationError) as refused:
            await identity.sign_in(EMAIL, PASSWORD, ADDRESS)
        assert refused.value.code == "email_unconfirmed"
        (mail,) = supabase.project.outbox
        brought = await open_mail(mail)
        with pytest.raises(AuthenticationError) as stolen:
            await identity.finish_flow(brought["code"], "a" * 64, ADDRESS)
        assert stolen.value.code == "link_expired"
        signed_in = await identity.finish_flow(brought["code"], sent.flow, ADDRESS)
        assert (signed_in.user.email, signed_in.user.role, signed_in.user.is_guest) == (EMAIL, "user", False)
        assert is_token(signed_in.access_token)
        assert (await identity.sign_in(EMAIL, PASSWORD, ADDRESS)).user == signed_in.user
        assert "error_code" in await open_mail(mail), "a link is good for one use"

    async def test_an_address_with_an_account_gets_the_same_answer(
        self, identity: SupabaseIdentity, supabase: Server
    ) -> None:
        await anna(identity)
        supabase.project.options.confirms_email = True
        for email in (EMAIL, "nobody@example.com"):
            assert isinstance(await identity.sign_up(email, "another horse", ADDRESS), MailSent)
        assert [mail.to for mail in supabase.project.outbox] == ["nobody@example.com"]

    async def test_an_address_that_waits_to_be_confirmed_gets_the_same_answer_too(
        self, identity: SupabaseIdentity, supabase: Server
    ) -> None:
        supabase.project.options.confirms_email = True
        supabase.project.options.mail_pause_seconds = 60
        for _ in range(2):
            sent = await identity.sign_up(EMAIL, PASSWORD, ADDRESS)
            assert isinstance(sent, MailSent)
            assert re.fullmatch(r"[\w.~-]{43,}", sent.flow)
        assert len(supabase.project.outbox) == 1

    async def test_a_taken_address_where_no_mail_is_needed(self, identity: SupabaseIdentity) -> None:
        await anna(identity)
        with pytest.raises(ConflictError) as refused:
            await identity.sign_up(EMAIL.upper(), "another horse", ADDRESS)
        assert refused.value.code == "email_taken"

    async def test_a_link_that_signs_in(self, identity: SupabaseIdentity, supabase: Server) -> None:
        user = (await anna(identity)).user
        sent = await identity.send_sign_in_link(EMAIL, ADDRESS)
        brought = await open_mail(supabase.project.outbox[-1])
        assert (await identity.finish_flow(brought["code"], sent.flow, ADDRESS)).user == user

    async def test_nobody_learns_who_has_an_account(self, identity: SupabaseIdentity, supabase: Server) -> None:
        await anna(identity)
        supabase.project.options.mail_pause_seconds = 60
        answers = []
        for email in (EMAIL, EMAIL, "nobody@example.com"):
            for send in (identity.send_sign_in_link, identity.send_password_link):
                sent = await send(email, ADDRESS)
                answers.append((sent.email == email, bool(re.fullmatch(r"[\w.~-]{43,}", sent.flow))))
        assert answers == [(True, True)] * 6
        assert len(supabase.project.outbox) == 1

    async def test_mails_to_one_address_are_limited(self, identity: SupabaseIdentity) -> None:
        for _ in range(5):
            await identity.send_sign_in_link(EMAIL, ADDRESS)
        with pytest.raises(RateLimitedError) as refused:
            await identity.send_password_link(EMAIL, ADDRESS)
        assert 0 < (refused.value.retry_after or 0) <= 900

    async def test_a_link_that_works_in_any_browser(self, identity: SupabaseIdentity, supabase: Server) -> None:
        user = (await anna(identity)).user
        await identity.send_sign_in_link(EMAIL, ADDRESS)
        token_hash_of_mail = supabase.project.outbox[-1].token_hash
        assert (await identity.verify_link(token_hash_of_mail, "magiclink", ADDRESS)).user == user
        with pytest.raises(AuthenticationError) as refused:
            await identity.verify_link(token_hash_of_mail, "magiclink", ADDRESS)
        assert refused.value.code == "link_expired"

    async def test_another_account(self, identity: SupabaseIdentity, supabase: Server) -> None:
        assert identity.offers.providers == ("github", "google")
        departure = await identity.start_oauth("github", ADDRESS)
        async with httpx.AsyncClient() as browser:
            back = await browser.get(departure.url)
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        signed_in = await identity.finish_flow(code, departure.flow, ADDRESS)
        assert signed_in.user.email == supabase.project.options.oauth_email
        with pytest.raises(PermissionDeniedError):
            await identity.start_oauth("facebook", ADDRESS)

    async def test_what_the_project_does_not_allow_is_not_offered(
        self, supabase: Server, hosted: SupabaseTransport
    ) -> None:
        supabase.project.options.providers = ()
        supabase.project.options.allows_sign_up = False
        async with open_identity(supabase, hosted) as identity:
            assert (identity.offers.sign_up, identity.offers.providers, identity.offers.guests) == (False, (), False)
            with pytest.raises(PermissionDeniedError) as refused:
                await identity.sign_up(EMAIL, PASSWORD, ADDRESS)
            assert refused.value.code == "sign_up_off"
            with pytest.raises(PermissionDeniedError):
                await identity.guest(ADDRESS)

    @pytest.mark.parametrize(
        ("password", "code"),
        [("short", "password_too_short"), ("é" * 37, "password_too_long"), ("password1", "password_weak")],
    )
    async def test_bad_passwords(self, identity: SupabaseIdentity, password: str, code: str) -> None:
        with pytest.raises(ValidationError) as refused:
            await identity.sign_up(EMAIL, password, ADDRESS)
        assert refused.value.code == code

    async def test_wrong_passwords_are_counted_before_gotrue_is_asked(
        self, identity: SupabaseIdentity, supabase: Server
    ) -> None:
        await anna(identity)
        for _ in range(10):
            with pytest.raises(AuthenticationError) as refused:
                await identity.sign_in(EMAIL, "wrong horse", ADDRESS)
            assert refused.value.code == "wrong_password"
        asked = supabase.project.faults.count("/token")
        with pytest.raises(RateLimitedError):
            await identity.sign_in(EMAIL, PASSWORD, ADDRESS)
        assert supabase.project.faults.count("/token") == asked == 10

    async def test_a_suspended_user_is_told_so(self, identity: SupabaseIdentity, database: Database) -> None:
        signed_in = await anna(identity)
        with database.connect() as connection:
            connection.execute("update public.profiles set is_suspended = true")
        with pytest.raises(PermissionDeniedError):
            await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)

    async def test_a_ban_holds_at_once_and_is_no_news_to_strangers(
        self, identity: SupabaseIdentity, database: Database
    ) -> None:
        signed_in = await anna(identity)
        with database.connect("supabase_admin") as connection:
            connection.execute("update auth.users set banned_until = now() + interval '1 day'")
        with pytest.raises(PermissionDeniedError) as inside:
            await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        assert inside.value.code == "suspended"
        for password in (PASSWORD, "wrong horse"):
            with pytest.raises(AuthenticationError) as outside:
                await identity.sign_in(EMAIL, password, ADDRESS)
            assert outside.value.code == "wrong_password"

    async def test_what_ends_at_gotrue_ends_here_at_once(self, identity: SupabaseIdentity, database: Database) -> None:
        signed_in = await anna(identity)
        with database.connect("supabase_admin") as connection:
            connection.execute("delete from auth.sessions")
        with pytest.raises(AuthenticationError):
            await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)

    async def test_an_admin_by_the_setting_only_with_a_confirmed_address(
        self, supabase: Server, hosted: SupabaseTransport
    ) -> None:
        async with open_identity(supabase, hosted, admins=Admins(hosted, [EMAIL])) as identity:
            assert (await anna(identity)).user.role == "admin"
            other = await identity.sign_up("bert@example.com", PASSWORD, ADDRESS)
            assert isinstance(other, SignedIn)
            assert other.user.role == "user"


class TestWaysOut:
    async def test_sign_out_ends_this_session_here_and_there(
        self, identity: SupabaseIdentity, database: Database
    ) -> None:
        one = await anna(identity)
        two = await identity.sign_in(EMAIL, PASSWORD, ADDRESS)
        await identity.sign_out(one.access_token)
        await identity.sign_out(one.access_token)
        with pytest.raises(AuthenticationError):
            await identity.admit(one.access_token, ADDRESS, is_counted=False)
        assert (await identity.admit(two.access_token, ADDRESS, is_counted=False)).user == two.user
        assert count(database, "auth.sessions") == count(database, "private.sessions") == 1

    async def test_sign_out_everywhere(self, identity: SupabaseIdentity, database: Database) -> None:
        one = await anna(identity)
        two = await identity.sign_in(EMAIL, PASSWORD, ADDRESS)
        await identity.sign_out_everywhere(one.access_token)
        for session in (one, two):
            with pytest.raises(AuthenticationError):
                await identity.admit(session.access_token, ADDRESS, is_counted=False)
        assert count(database, "auth.sessions") == count(database, "private.sessions") == 0

    async def test_it_holds_when_gotrue_cannot_be_told(self, identity: SupabaseIdentity, supabase: Server) -> None:
        signed_in = await anna(identity)
        supabase.project.faults.plan("bad_gateway", "/auth/v1/logout")
        await identity.sign_out(signed_in.access_token)
        with pytest.raises(AuthenticationError):
            await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)

    async def test_it_is_noticed_in_another_process_within_five_seconds(
        self, supabase: Server, identity: SupabaseIdentity
    ) -> None:
        signed_in = await anna(identity)
        async with open_hosted(supabase) as transport, open_identity(supabase, transport) as elsewhere:
            clock = [0.0]
            pages = Sessions(elsewhere, clock=lambda: clock[0])
            await pages.glance(signed_in.access_token, ADDRESS)
            await identity.sign_out(signed_in.access_token)
            assert (await pages.glance(signed_in.access_token, ADDRESS)).user == signed_in.user, "believed until then"
            clock[0] = FRESH_SECONDS
            assert FRESH_SECONDS <= 5
            with pytest.raises(AuthenticationError):
                await pages.glance(signed_in.access_token, ADDRESS)

    async def test_a_new_password_ends_the_other_sessions(self, identity: SupabaseIdentity, database: Database) -> None:
        one = await anna(identity)
        two = await identity.sign_in(EMAIL, PASSWORD, ADDRESS)
        await identity.set_new_password(one.access_token, "battery staple")
        assert (await identity.admit(one.access_token, ADDRESS, is_counted=False)).user == one.user
        with pytest.raises(AuthenticationError):
            await identity.admit(two.access_token, ADDRESS, is_counted=False)
        with pytest.raises(AuthenticationError):
            await identity.sign_in(EMAIL, PASSWORD, ADDRESS)
        await identity.sign_in(EMAIL, "battery staple", ADDRESS)
        with pytest.raises(ValidationError) as refused:
            await identity.set_new_password(one.access_token, "battery staple")
        assert refused.value.code == "password_same"


class TestRenewal:
    async def test_tokens_are_renewed_before_they_expire(
        self, identity: SupabaseIdentity, supabase: Server, database: Database
    ) -> None:
        supabase.project.options.reuse_seconds = 0
        supabase.project.options.token_seconds = 30  # below the 60 s in which they are renewed
        signed_in = await anna(identity)
        first = await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        second = await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        assert supabase.project.faults.count("/token") == 2
        assert first.caller.token != second.caller.token
        assert count(database, "auth.sessions") == 1

    async def test_of_many_processes_one_renews(self, supabase: Server, identity: SupabaseIdentity) -> None:
        """A second use of a refresh token would end the session."""
        supabase.project.options.reuse_seconds = 0
        supabase.project.options.token_seconds = 30
        signed_in = await anna(identity)
        supabase.project.options.token_seconds = 3600
        supabase.project.faults.plan("slow", "/token", seconds=0.3)
        async with AsyncExitStack() as stack:
            processes = [identity]
            for _ in range(3):
                transport = await stack.enter_async_context(open_hosted(supabase))
                processes.append(await stack.enter_async_context(open_identity(supabase, transport)))
            asked = [each.admit(signed_in.access_token, ADDRESS, is_counted=False) for each in processes * 4]
            admissions = await asyncio.gather(*asked)
        assert {admission.user.id for admission in admissions} == {signed_in.user.id}
        assert supabase.project.faults.count("/token") == 1
        later = await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        assert later.caller.token is not None
        assert (await hosted_call(identity, later.caller))["me"]["user"]["email"] == EMAIL

    async def test_gotrue_away_is_no_matter_while_the_tokens_last(
        self, identity: SupabaseIdentity, supabase: Server
    ) -> None:
        supabase.project.options.token_seconds = 30
        signed_in = await anna(identity)
        supabase.project.faults.plan("bad_gateway", "/token")
        assert await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        supabase.project.faults.plan("bad_gateway", "/token", times=2)
        with pytest.raises(UnavailableError) as refused:
            await identity.sign_in(EMAIL, PASSWORD, ADDRESS)
        assert (refused.value.code, refused.value.retry_after) == ("sign_in_unavailable", 5)

    async def test_and_afterwards_it_is(self, identity: SupabaseIdentity, supabase: Server) -> None:
        supabase.project.options.token_seconds = 0
        signed_in = await anna(identity)
        supabase.project.faults.plan("bad_gateway", "/token")
        with pytest.raises(UnavailableError):
            await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        assert await identity.admit(signed_in.access_token, ADDRESS, is_counted=False), "the claim was given back"

    async def test_a_session_that_gotrue_has_ended_is_over(
        self, identity: SupabaseIdentity, supabase: Server, database: Database
    ) -> None:
        supabase.project.options.token_seconds = 30
        signed_in = await anna(identity)
        with database.connect("supabase_admin") as connection:
            connection.execute("delete from auth.sessions")
        with pytest.raises(AuthenticationError):
            await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        assert count(database, "private.sessions") == 0

    async def test_another_key_opens_nothing(
        self, identity: SupabaseIdentity, supabase: Server, hosted: SupabaseTransport, database: Database
    ) -> None:
        signed_in = await anna(identity)
        with database.connect() as connection:
            (stored,) = connection.execute("select sealed_tokens from private.sessions").fetchone() or ("",)
        sha256 = token_hash(signed_in.access_token)
        assert "eyJ" not in stored
        assert Sealer(SECRET).unseal(stored, sha256) is not None
        assert Sealer(b"another key").unseal(stored, sha256) is None
        async with httpx.AsyncClient() as http:
            gotrue = GoTrue(f"{supabase.url}/auth/v1", supabase.project.keys.publishable, http)
            renewals = Renewals(SessionRows(hosted), gotrue, Sealer(b"another key"))
            async with open_identity(supabase, hosted, renewals=renewals) as elsewhere:
                with pytest.raises(AuthenticationError):
                    await elsewhere.admit(signed_in.access_token, ADDRESS, is_counted=False)

    async def test_somebody_elses_tokens_in_ones_own_row_open_nothing(
        self, identity: SupabaseIdentity, database: Database
    ) -> None:
        victim = await anna(identity)
        thief = await identity.sign_up("bert@example.com", PASSWORD, ADDRESS)
        assert isinstance(thief, SignedIn)
        with database.connect() as connection:
            connection.execute(
                "update private.sessions set sealed_tokens ="
                " (select s.sealed_tokens from private.sessions s where s.token_sha256 = %s) where token_sha256 = %s",
                [token_hash(victim.access_token), token_hash(thief.access_token)],
            )
        with pytest.raises(AuthenticationError):
            await identity.admit(thief.access_token, ADDRESS, is_counted=False)
        assert count(database, "private.sessions") == 1, "the forged one is closed"
        assert await identity.admit(victim.access_token, ADDRESS, is_counted=False)

    async def test_who_comes_too_late_does_not_store_older_tokens(
        self, identity: SupabaseIdentity, supabase: Server, hosted: SupabaseTransport, database: Database
    ) -> None:
        """A process that stalls past its claim: another one has stored newer tokens, and they stay."""
        supabase.project.options.token_seconds = 30
        signed_in = await anna(identity)
        supabase.project.options.token_seconds = 3600
        supabase.project.faults.plan("slow", "/token", seconds=1.0)
        stalled = asyncio.create_task(identity.admit(signed_in.access_token, ADDRESS, is_counted=False))
        await until(lambda: count(database, "private.sessions where renewal_claim is not null") == 1)
        with database.connect() as connection:
            connection.execute("update private.sessions set renewal_ends_at = now() - interval '1 s'")
        rows, sha256 = SessionRows(hosted), token_hash(signed_in.access_token)
        seen = (await rows.admit(sha256, ADDRESS, is_counted=False)).tokens
        assert seen is not None
        claim, _ = await rows.claim_renewal(sha256, seen.sealed)
        assert claim is not None
        assert not stalled.done()
        newer = SealedTokens(Sealer(SECRET).seal(TokenPair("newer", "newest"), sha256), seen.expire_at)
        assert await rows.store_renewal(sha256, claim, newer)
        await stalled
        after = (await rows.admit(sha256, ADDRESS, is_counted=False)).tokens
        assert after is not None
        assert after.sealed == newer.sealed

    async def test_a_visitor_who_leaves_during_a_renewal_takes_nothing_along(
        self, identity: SupabaseIdentity, supabase: Server, database: Database
    ) -> None:
        """The old refresh token is used up by then: without the new one in the database the session would be over."""
        supabase.project.options.reuse_seconds = 0
        supabase.project.options.token_seconds = 30
        signed_in = await anna(identity)
        supabase.project.options.token_seconds = 3600
        before = stored_tokens(database)
        supabase.project.faults.plan("slow", "/token", seconds=0.5)
        visit = asyncio.create_task(identity.admit(signed_in.access_token, ADDRESS, is_counted=False))
        await until(lambda: count(database, "private.sessions where renewal_claim is not null") == 1)
        visit.cancel()
        with pytest.raises(asyncio.CancelledError):
            await visit
        assert stored_tokens(database) == before, "it was cancelled in the midst of the renewal"
        await until(lambda: stored_tokens(database) != before)
        admission = await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        assert (await hosted_call(identity, admission.caller))["me"]["user"]["email"] == EMAIL
        assert supabase.project.faults.count("/token") == 1


class TestTokensOfScripts:
    async def test_gotrues_own_token_is_let_in_until_its_session_ends(
        self, identity: SupabaseIdentity, supabase: Server
    ) -> None:
        token = await gotrue_token(identity, supabase)
        admission = await identity.admit(token, ADDRESS, is_counted=True)
        assert admission.user.email == EMAIL
        assert admission.rate is not None
        assert admission.rate.remaining == 99
        await identity.sign_out(token)
        with pytest.raises(AuthenticationError):
            await identity.admit(token, ADDRESS, is_counted=True)

    async def test_a_legacy_project_signs_with_its_secret(self, supabase: Server, hosted: SupabaseTransport) -> None:
        supabase.project.options.is_legacy = True
        async with open_identity(supabase, hosted) as identity:
            token = await gotrue_token(identity, supabase)
            assert (await identity.admit(token, ADDRESS, is_counted=False)).user.email == EMAIL
        supabase.project.options.is_legacy = False
        async with open_identity(supabase, hosted) as identity:
            with pytest.raises(AuthenticationError):
                await identity.admit(token, ADDRESS, is_counted=False)

    @pytest.mark.parametrize(
        "change",
        [
            {"exp": 1_000_000_000},
            {"iss": "https://other.supabase.co/auth/v1"},
            {"aud": "another"},
            {"role": "service_role"},
            {"role": "anon"},
            {"is_anonymous": True},
            {"session_id": "00000000-0000-0000-0000-000000000000"},
            {"sub": "not-a-uuid"},
        ],
        ids=lambda change: next(iter(change)) + "-" + str(next(iter(change.values())))[:12],
    )
    async def test_what_is_not_a_users_token_of_this_project_is_refused(
        self, identity: SupabaseIdentity, supabase: Server, change: dict[str, Any]
    ) -> None:
        claims = jwt.decode(await gotrue_token(identity, supabase), options={"verify_signature": False})
        with pytest.raises(AuthenticationError):
            await identity.admit(supabase.project.keys.sign(claims | change), ADDRESS, is_counted=False)

    async def test_forged_signatures_are_refused(self, identity: SupabaseIdentity, supabase: Server) -> None:
        keys = supabase.project.keys
        claims = jwt.decode(await gotrue_token(identity, supabase), options={"verify_signature": False})
        public = keys.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        stranger = Keys(issuer=keys.issuer)
        for forged in (
            jwt.encode(claims, None, "none"),
            hmac_signed(claims, public, keys.kid),
            keys.sign_legacy(claims),
            stranger.sign(claims),
            jwt.encode(claims, stranger.private, "ES256", {"kid": keys.kid}),
            keys.service_role,
            keys.anon,
            keys.secret,
            "a.b.c",
            "",
        ):
            with pytest.raises(AuthenticationError):
                await identity.admit(forged, ADDRESS, is_counted=False)

    async def test_a_rotated_key_is_found_and_made_up_ids_do_not_make_us_ask(
        self, supabase: Server, hosted: SupabaseTransport
    ) -> None:
        async with open_identity(supabase, hosted) as identity:
            old = await gotrue_token(identity, supabase)
            asked = supabase.project.faults.count("jwks")
            for _ in range(20):
                with pytest.raises(AuthenticationError):
                    await identity.admit(
                        Keys(supabase.project.keys.issuer).sign({"sub": "x"}), ADDRESS, is_counted=False
                    )
            assert supabase.project.faults.count("jwks") == asked
            supabase.project.keys.rotate()
            identity._verifier._asked_at -= 31  # half a minute later
            new = await gotrue_token(identity, supabase)
            assert (await identity.admit(new, ADDRESS, is_counted=False)).user.email == EMAIL
            with pytest.raises(AuthenticationError):
                await identity.admit(old, ADDRESS, is_counted=False)


async def test_interleaved_sign_ins_never_mix(identity: SupabaseIdentity) -> None:
    """Through one process, and each then asks the database who it is."""
    emails = ["anna@example.com", "bert@example.com"]
    for email in emails:
        await identity.sign_up(email, PASSWORD, ADDRESS)

    async def come_and_go(email: str, number: int) -> str:
        signed_in = await identity.sign_in(email, PASSWORD, f"198.51.100.{number % 250}")
        assert signed_in.user.email == email
        admission = await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
        me = await hosted_call(identity, admission.caller)
        return str(me["me"]["user"]["email"])

    for start in range(0, full_size(200, 40), 5):  # ten tries of one account may be open at once
        rounds = [(email, number) for number in range(start, start + 5) for email in emails]
        found = await asyncio.gather(*(come_and_go(email, number) for email, number in rounds))
        assert found == [email for email, _ in rounds]


async def hosted_call(identity: SupabaseIdentity, caller: Any) -> Any:
    """What the database thinks who that is."""
    return await identity._sessions._transport.rpc("get_me", {}, caller)


async def gotrue_token(identity: SupabaseIdentity, supabase: Server) -> str:
    """A token that a script got from GoTrue itself."""
    async with httpx.AsyncClient() as http:
        gotrue = GoTrue(f"{supabase.url}/auth/v1", supabase.project.keys.anon, http)
        with suppress(ConflictError):
            await anna(identity)
        return (await gotrue.sign_in(EMAIL, PASSWORD)).access_token


def hmac_signed(claims: dict[str, Any], secret: bytes, kid: str) -> str:
    """A token “signed” with a public key as if it were a shared secret; PyJWT refuses to make one."""
    parts = [{"alg": "HS256", "typ": "JWT", "kid": kid}, claims]
    body = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    signature = hmac.digest(secret, body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for it, half a minute at most."""
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - it is in the database, nobody can tell us
            await asyncio.sleep(0.02)


def stored_tokens(database: Database) -> str:
    """Of the only session."""
    with database.connect() as connection:
        row = connection.execute("select sealed_tokens from private.sessions").fetchone()
    assert row is not None
    return str(row[0])


def count(database: Database, table: str) -> int:
    with database.connect("supabase_admin") as connection:
        row = connection.execute(f"select count(*) from {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])
