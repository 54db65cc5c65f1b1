"""Accounts and sessions in the embedded database: the ways in, and those that are closed."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher

from glacia_ui.db.accounts import Accounts
from glacia_ui.db.local_accounts import LocalAccounts
from glacia_ui.db.transport import ANONYMOUS, Transport
from glacia_ui.errors import (
    AppError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ValidationError,
)
from glacia_ui.identity.local import LocalIdentity
from glacia_ui.identity.model import Offers
from glacia_ui.identity.passwords import Passwords
from tests.conftest import MakeUser
from tests.support.databases import Database

ADDRESS = "203.0.113.7"
PASSWORD = "correct horse"


pytestmark = pytest.mark.embedded_only


@pytest.fixture
def identity(transport: Transport) -> LocalIdentity:
    return LocalIdentity(transport, allows_guests=True)


async def test_sign_up_signs_in(identity: LocalIdentity) -> None:
    signed_in = await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    admission = await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
    assert admission.user == signed_in.user
    assert (admission.user.email, admission.user.role, admission.user.is_guest) == ("anna@example.com", "user", False)
    assert admission.caller.claims["sub"] == str(admission.user.id)


async def test_one_spelling_per_address(identity: LocalIdentity) -> None:
    first = await identity.sign_up("  Anna@Example.COM ", PASSWORD, ADDRESS)
    again = await identity.sign_in("ANNA@example.com", PASSWORD, ADDRESS)
    assert again.user == first.user
    with pytest.raises(ConflictError) as caught:
        await identity.sign_up("anna@EXAMPLE.com", PASSWORD, ADDRESS)
    assert caught.value.code == "email_taken"


async def test_of_many_who_take_one_address_at_once_one_gets_it(identity: LocalIdentity) -> None:
    answers = await asyncio.gather(
        *(identity.sign_up("anna@example.com", PASSWORD, ADDRESS) for _ in range(8)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, ConflictError)]
    assert len(refused) == len(answers) - 1


@pytest.mark.parametrize(
    "email",
    ["", "anna", "@example.com", "anna@", "anna@example", "a b@example.com", "a@b@example.com", "a" * 255 + "@x.de"],
)
async def test_what_is_no_address_is_refused(identity: LocalIdentity, email: str) -> None:
    with pytest.raises(ValidationError) as caught:
        await identity.sign_up(email, PASSWORD, ADDRESS)
    assert caught.value.code == "email_invalid"


@pytest.mark.parametrize(("password", "code"), [("1234567", "password_too_short"), ("x" * 257, "password_too_long")])
async def test_passwords_have_bounds(identity: LocalIdentity, password: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        await identity.sign_up("anna@example.com", password, ADDRESS)
    assert caught.value.code == code


async def test_a_guest_has_no_address_and_cannot_be_found(identity: LocalIdentity, transport: Transport) -> None:
    guest = await identity.guest(ADDRESS)
    assert guest.user.is_guest
    assert guest.user.email is None
    assert await LocalAccounts(transport).find("") is None


async def test_guests_can_be_switched_off(transport: Transport) -> None:
    with pytest.raises(PermissionDeniedError) as caught:
        await LocalIdentity(transport, allows_guests=False).guest(ADDRESS)
    assert caught.value.code == "guests_off"


async def test_unknown_address_and_wrong_password_are_the_same(
    identity: LocalIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    checks: list[str] = []
    check = Passwords._check

    def spy(self: Passwords, password_hash: str, password: str) -> bool:
        checks.append(password_hash.split("$")[3])
        return check(self, password_hash, password)

    monkeypatch.setattr(Passwords, "_check", spy)
    answers: list[AppError] = []
    for email in ("anna@example.com", "nobody@example.com", "no address at all"):
        with pytest.raises(AuthenticationError) as caught:
            await identity.sign_in(email, "wrong horse", ADDRESS)
        answers.append(caught.value)
    assert {(error.code, str(error)) for error in answers} == {("wrong_password", "wrong_password")}
    # The work is what takes the time: one argon2 check of the same cost each.
    assert len(checks) == 3
    assert len(set(checks)) == 1


async def test_ten_wrong_tries_close_an_account_for_the_right_password_too(identity: LocalIdentity) -> None:
    await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    await identity.sign_up("bert@example.com", PASSWORD, ADDRESS)
    for _ in range(10):
        with pytest.raises(AuthenticationError):
            await identity.sign_in("anna@example.com", "wrong horse", ADDRESS)
    with pytest.raises(RateLimitedError) as caught:
        await identity.sign_in("anna@example.com", PASSWORD, "198.51.100.1")
    assert caught.value.params["policy"] == "sign_in_account"
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 900
    await identity.sign_in("bert@example.com", PASSWORD, ADDRESS)


async def test_unknown_addresses_are_counted_as_well(identity: LocalIdentity) -> None:
    for _ in range(10):
        with pytest.raises(AuthenticationError):
            await identity.sign_in("nobody@example.com", "wrong horse", ADDRESS)
    with pytest.raises(RateLimitedError):
        await identity.sign_in("nobody@example.com", "wrong horse", ADDRESS)


async def test_a_right_password_forgets_the_wrong_tries(identity: LocalIdentity) -> None:
    await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    for _ in range(2):
        for _ in range(9):
            with pytest.raises(AuthenticationError):
                await identity.sign_in("anna@example.com", "wrong horse", ADDRESS)
        await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)


async def test_sixty_people_can_come_in_from_one_address(identity: LocalIdentity) -> None:
    guests = await asyncio.gather(*(identity.guest(ADDRESS) for _ in range(60)))
    assert len({guest.user.id for guest in guests}) == 60


async def test_but_not_any_number(identity: LocalIdentity) -> None:
    answers = await asyncio.gather(*(identity.guest(ADDRESS) for _ in range(130)), return_exceptions=True)
    assert sum(isinstance(answer, RateLimitedError) for answer in answers) == 10


async def test_sign_out_ends_this_session_only(identity: LocalIdentity) -> None:
    one = await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    two = await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)
    await identity.sign_out(one.access_token)
    await identity.sign_out(one.access_token)
    await identity.sign_out("not a token")
    with pytest.raises(AuthenticationError):
        await identity.admit(one.access_token, ADDRESS, is_counted=False)
    assert (await identity.admit(two.access_token, ADDRESS, is_counted=False)).user == one.user


async def test_sign_out_everywhere_ends_all_of_mine_and_none_of_anybody_else(identity: LocalIdentity) -> None:
    one = await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    two = await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)
    bert = await identity.sign_up("bert@example.com", PASSWORD, ADDRESS)
    await identity.sign_out_everywhere(one.access_token)
    await identity.sign_out_everywhere(one.access_token)
    for ended in (one, two):
        with pytest.raises(AuthenticationError):
            await identity.admit(ended.access_token, ADDRESS, is_counted=False)
    assert (await identity.admit(bert.access_token, ADDRESS, is_counted=False)).user == bert.user


async def test_a_new_password_ends_the_other_sessions(identity: LocalIdentity) -> None:
    mine = await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    other = await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)
    await identity.set_new_password(mine.access_token, "another horse")
    await identity.admit(mine.access_token, ADDRESS, is_counted=False)
    with pytest.raises(AuthenticationError):
        await identity.admit(other.access_token, ADDRESS, is_counted=False)
    with pytest.raises(AuthenticationError):
        await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)
    await identity.sign_in("anna@example.com", "another horse", ADDRESS)


async def test_a_guest_has_no_password_to_set(identity: LocalIdentity) -> None:
    guest = await identity.guest(ADDRESS)
    with pytest.raises(PermissionDeniedError) as caught:
        await identity.set_new_password(guest.access_token, "another horse")
    assert caught.value.code == "not_offered"


async def test_what_needs_mail_or_others_is_not_offered(identity: LocalIdentity) -> None:
    assert identity.offers == Offers(guests=True)
    for asked in (
        identity.send_sign_in_link("anna@example.com", ADDRESS),
        identity.send_password_link("anna@example.com", ADDRESS),
        identity.start_oauth("github", ADDRESS),
        identity.finish_flow("code", "flow", ADDRESS),
        identity.verify_link("hash", "magiclink", ADDRESS),
    ):
        with pytest.raises(PermissionDeniedError) as caught:
            await asked
        assert caught.value.code == "not_offered"


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 44, "\x00" * 43, "é" * 43])
async def test_no_made_up_token_works(identity: LocalIdentity, token: str) -> None:
    with pytest.raises(AuthenticationError):
        await identity.admit(token, ADDRESS, is_counted=True)


async def test_neither_token_nor_password_is_stored(identity: LocalIdentity, database: Database) -> None:
    signed_in = await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    with database.connect("supabase_admin") as connection:
        rows = connection.execute(
            "select s::text from private.sessions s union all select u::text from auth.users u"
            " union all select h::text from private.rate_hits h"
        ).fetchall()
    stored = "\n".join(row[0] for row in rows)
    assert signed_in.access_token not in stored
    assert PASSWORD not in stored
    assert "$argon2id$" in stored


async def test_a_suspended_user_is_told_so(identity: LocalIdentity, database: Database) -> None:
    signed_in = await identity.guest(ADDRESS)
    with database.connect("supabase_admin") as connection:
        connection.execute("update public.profiles set is_suspended = true where id = %s", [signed_in.user.id])
    with pytest.raises(PermissionDeniedError) as caught:
        await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)
    assert caught.value.code == "suspended"


async def test_an_outdated_hash_is_replaced_at_sign_in(identity: LocalIdentity, transport: Transport) -> None:
    accounts = LocalAccounts(transport)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await accounts.create("anna@example.com", weak)
    await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)
    account = await accounts.find("anna@example.com")
    assert account is not None
    assert account.password_hash != weak
    await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)


async def test_set_password(identity: LocalIdentity) -> None:
    await identity.sign_up("anna@example.com", PASSWORD, ADDRESS)
    mine = await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)
    await identity.set_password("Anna@example.com", "another horse")
    with pytest.raises(AuthenticationError):
        await identity.admit(mine.access_token, ADDRESS, is_counted=False)
    await identity.sign_in("anna@example.com", "another horse", ADDRESS)
    with pytest.raises(AuthenticationError):
        await identity.sign_in("anna@example.com", PASSWORD, ADDRESS)
    with pytest.raises(NotFoundError):
        await identity.set_password("nobody@example.com", PASSWORD)


async def test_an_address_that_nobody_vouched_for_cannot_become_an_admin(
    identity: LocalIdentity, transport: Transport
) -> None:
    signed_in = await identity.sign_up("boss@example.com", PASSWORD, ADDRESS)
    assert not await Accounts(transport).grant_admin("boss@example.com")
    await identity.confirm("Boss@example.com")
    assert await Accounts(transport).grant_admin("boss@example.com")
    assert (await identity.admit(signed_in.access_token, ADDRESS, is_counted=False)).user.role == "admin"
    with pytest.raises(NotFoundError):
        await identity.confirm("nobody@example.com")


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("create_local_account", {"p_email": "x@example.com", "p_encrypted_password": "x"}),
        ("create_local_guest", {}),
        ("find_local_account", {"p_email": "x@example.com"}),
        ("set_local_password", {"p_email": "x@example.com", "p_encrypted_password": "x"}),
        ("confirm_local_account", {"p_email": "x@example.com"}),
    ],
)
async def test_only_the_server_reaches_accounts(
    transport: Transport, make_user: MakeUser, function: str, args: dict[str, str]
) -> None:
    for caller in (ANONYMOUS, await make_user()):
        with pytest.raises(PermissionDeniedError):
            await transport.rpc(function, args, caller)
