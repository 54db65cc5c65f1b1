"""Sessions, limits and rights through the transport."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from glacia_ui.db.accounts import Accounts
from glacia_ui.db.limits import Limits
from glacia_ui.db.sessions import Admitted, Sessions
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.db.usage import Usage
from glacia_ui.errors import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ValidationError,
)
from tests.conftest import MakeUser
from tests.support.databases import Database

TOKEN = sha256(b"token").hexdigest()


@pytest.fixture
def sessions(transport: Transport) -> Sessions:
    return Sessions(transport)


@pytest.fixture
def limits(transport: Transport) -> Limits:
    return Limits(transport)


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user("ada@example.com")


def _id(caller: Caller) -> UUID:
    return UUID(caller.claims["sub"])


async def test_a_session_from_its_opening_to_its_end(sessions: Sessions, user: Caller) -> None:
    await sessions.open_session(_id(user), TOKEN, 3600)
    admitted = await sessions.admit(TOKEN, "::1", is_counted=True)
    who, rate = admitted.user, admitted.rate
    assert (who.id, who.email) == (_id(user), "ada@example.com")
    assert rate is not None
    assert (rate.name, rate.limit, rate.remaining, rate.retry_after) == ("api", 100, 99, 0)
    assert await sessions.admit(TOKEN, "::1", is_counted=False) == Admitted(who, None, None)
    await sessions.close_session(TOKEN)
    await sessions.close_session(TOKEN)
    with pytest.raises(AuthenticationError):
        await sessions.admit(TOKEN, "::1", is_counted=True)


async def test_all_sessions_of_a_user_end_at_once(sessions: Sessions, user: Caller, make_user: MakeUser) -> None:
    stranger = await make_user()
    for token, owner in ((TOKEN, user), ("b" * 64, user), ("c" * 64, stranger)):
        await sessions.open_session(_id(owner), token, 3600)
    await sessions.close_sessions(_id(user), but=TOKEN)
    await sessions.admit(TOKEN, "::1", is_counted=False)
    with pytest.raises(AuthenticationError):
        await sessions.admit("b" * 64, "::1", is_counted=False)
    await sessions.close_sessions(_id(user))
    with pytest.raises(AuthenticationError):
        await sessions.admit(TOKEN, "::1", is_counted=False)
    await sessions.admit("c" * 64, "::1", is_counted=False)


async def test_nobody_gets_no_session(sessions: Sessions) -> None:
    with pytest.raises(AuthenticationError):
        await sessions.open_session(uuid4(), TOKEN, 3600)


async def test_too_many_calls_are_told_when(
    sessions: Sessions, limits: Limits, user: Caller, transport: Transport
) -> None:
    await Accounts(transport).grant_admin("ada@example.com")
    await limits.set_rate_policy(user, "api", 2, 60)
    await sessions.open_session(_id(user), TOKEN, 3600)
    for _ in range(2):
        await sessions.admit(TOKEN, "::1", is_counted=True)
    with pytest.raises(RateLimitedError) as refusal:
        await sessions.admit(TOKEN, "::1", is_counted=True)
    assert refusal.value.params == {"policy": "api", "limit": 2, "window_seconds": 60}
    assert refusal.value.retry_after in range(50, 61)


async def test_a_suspended_user_is_kept_out(sessions: Sessions, user: Caller, database: Database) -> None:
    await sessions.open_session(_id(user), TOKEN, 3600)
    with database.connect() as connection:
        connection.execute("update public.profiles set is_suspended = true")
    with pytest.raises(PermissionDeniedError, match="suspended"):
        await sessions.admit(TOKEN, "::1", is_counted=False)


async def test_too_many_attempts_are_told_when(limits: Limits) -> None:
    for _ in range(10):
        await limits.note_attempt("sign_in_account", "ada@example.com")
    with pytest.raises(RateLimitedError) as refusal:
        await limits.note_attempt("sign_in_account", "ada@example.com")
    assert refusal.value.params == {"policy": "sign_in_account", "limit": 10, "window_seconds": 900}
    assert refusal.value.retry_after in range(880, 901)
    await limits.clear_attempts("sign_in_account", "ada@example.com")
    await limits.note_attempt("sign_in_account", "ada@example.com")


async def test_admins_change_limits_and_nobody_else(limits: Limits, user: Caller, transport: Transport) -> None:
    for call in (limits.set_quota_limit(user, None, 1), limits.set_rate_policy(user, "api", 1, 1)):
        with pytest.raises(PermissionDeniedError):
            await call
    assert not await Accounts(transport).grant_admin("ben@example.com")
    assert await Accounts(transport).grant_admin("ada@example.com")

    await limits.set_quota_limit(user, _id(user), 3)

    me = await Usage(transport).get_me(user)
    assert (me.user.role, me.quota.limit, me.quota.remaining) == ("admin", 3, 3)
    with pytest.raises(ValidationError, match="invalid_limit"):
        await limits.set_quota_limit(user, _id(user), -1)
    with pytest.raises(NotFoundError, match="policy_not_found"):
        await limits.set_rate_policy(user, "typo", 1, 1)


async def test_the_two_primitives_of_the_quota(limits: Limits, user: Caller) -> None:
    assert await limits.decrement_quota(_id(user)) == (True, 49)
    assert await limits.increment_quota(_id(user)) == (True, 50)
    assert await limits.increment_quota(_id(user)) == (False, 50)


async def test_a_sign_of_life(limits: Limits) -> None:
    await limits.ping()
