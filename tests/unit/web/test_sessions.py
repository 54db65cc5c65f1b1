"""What is known about a session may be five seconds old, and never older than a sign-out here."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from glacia_ui.core.models import User
from glacia_ui.db.transport import Caller
from glacia_ui.errors import AuthenticationError
from glacia_ui.identity.model import Admission, Offers
from glacia_ui.web.sessions import FRESH_SECONDS, Sessions


class Door:
    """Stands at the edge of the process for the database: counts questions and can be told the answer."""

    session_seconds = 60
    offers = Offers(guests=True)

    def __init__(self) -> None:
        self.questions = 0
        self.user: User | None = None
        self.is_open = True
        self.was_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def admit(self, access_token: str, address: str, *, is_counted: bool) -> Admission:
        self.questions += 1
        self.was_asked.set()
        is_open = self.is_open
        await self.may_answer.wait()
        if not is_open:
            raise AuthenticationError
        user = self.user or User(id=uuid4(), email=None, role="user", is_guest=True)
        return Admission(user, Caller.user(user.id), None)

    async def sign_out(self, access_token: str) -> None:
        self.is_open = False

    async def sign_out_everywhere(self, access_token: str) -> None:
        self.is_open = False


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def door() -> Door:
    return Door()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sessions(door: Door, clock: Clock) -> Sessions:
    return Sessions(door, clock=clock)  # type: ignore[arg-type]


async def test_many_at_once_make_one_question(sessions: Sessions, door: Door) -> None:
    door.may_answer.clear()
    waiting = [asyncio.create_task(sessions.glance("token", "")) for _ in range(20)]
    await asyncio.sleep(0)
    door.may_answer.set()
    answers = await asyncio.gather(*waiting)
    assert door.questions == 1
    assert len({answer.user.id for answer in answers}) == 1


async def test_an_answer_is_asked_for_again_after_five_seconds(sessions: Sessions, door: Door, clock: Clock) -> None:
    await sessions.glance("token", "")
    clock.now = FRESH_SECONDS - 0.01
    await sessions.glance("token", "")
    assert door.questions == 1
    clock.now = FRESH_SECONDS
    await sessions.glance("token", "")
    assert door.questions == 2


async def test_sign_out_holds_at_once(sessions: Sessions, door: Door) -> None:
    await sessions.glance("token", "")
    await sessions.sign_out("token")
    with pytest.raises(AuthenticationError):
        await sessions.glance("token", "")


async def test_an_answer_from_before_the_sign_out_is_not_kept(sessions: Sessions, door: Door) -> None:
    door.may_answer.clear()
    before = asyncio.create_task(sessions.glance("token", ""))
    await door.was_asked.wait()
    await sessions.sign_out("token")
    door.may_answer.set()
    await before
    with pytest.raises(AuthenticationError):
        await sessions.glance("token", "")


async def test_a_refusal_is_not_kept(sessions: Sessions, door: Door) -> None:
    door.is_open = False
    with pytest.raises(AuthenticationError):
        await sessions.glance("token", "")
    door.is_open = True
    await sessions.glance("token", "")


async def test_a_visitor_who_leaves_does_not_spoil_it_for_others(sessions: Sessions, door: Door) -> None:
    door.may_answer.clear()
    leaving = asyncio.create_task(sessions.glance("token", ""))
    staying = asyncio.create_task(sessions.glance("token", ""))
    await asyncio.sleep(0)
    leaving.cancel()
    door.may_answer.set()
    assert (await staying).user.is_guest


async def test_whoever_watches_is_told_and_others_are_not(sessions: Sessions) -> None:
    with sessions.watch("mine") as mine, sessions.watch("mine") as mine_too, sessions.watch("other") as other:
        await sessions.sign_out("mine")
        assert mine.is_set()
        assert mine_too.is_set()
        assert not other.is_set()


async def test_signing_out_everywhere_holds_at_once_for_every_session_of_mine(sessions: Sessions, door: Door) -> None:
    mine = await sessions.glance("mine", "")
    door.user = mine.user
    await sessions.glance("on my phone", "")
    with sessions.watch("mine") as here, sessions.watch("on my phone") as there, sessions.watch("other") as other:
        await sessions.sign_out_everywhere("mine", mine.user.id)
        assert here.is_set()
        assert there.is_set()
        assert not other.is_set()
    for token in ("mine", "on my phone"):
        with pytest.raises(AuthenticationError):
            await sessions.glance(token, "")


async def test_old_answers_are_dropped(sessions: Sessions, clock: Clock) -> None:
    for number in range(10_001):
        await sessions.glance(f"token {number}", "")
        clock.now += 1
    assert len(sessions._known) < 10
