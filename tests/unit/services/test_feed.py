"""Feeds: nothing lost, nothing twice, nothing before it is reserved."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from glacia_ui.core.events import Event
from glacia_ui.services.feed import Feed


def _event(seq: int, last: bool = False) -> Event:
    return Event(seq=seq, type="done" if last else "status", data={})


async def _read(feed: Feed, after: int = 0) -> list[int]:
    return [event.seq async for event in feed.follow(after)]


@pytest.mark.parametrize("after", range(6))
async def test_a_follower_gets_everything_above_its_position_and_ends(after: int) -> None:
    feed = Feed(uuid4())
    feed.publish([_event(1), _event(2)])
    reader = asyncio.create_task(_read(feed, after))
    await asyncio.sleep(0)
    feed.publish([_event(2), _event(3), _event(4)])  # 2 arrives twice, as after a poll that overlaps
    await asyncio.sleep(0)
    feed.publish([_event(5, last=True)])
    assert await reader == list(range(after + 1, 6))


async def test_numbers_above_the_reservation_are_held_back_until_it_grows() -> None:
    feed = Feed(uuid4())
    feed.is_local = True
    feed.reserve(2)
    seen: list[int] = []

    async def read() -> None:
        async for event in feed.follow(0):
            seen.append(event.seq)  # noqa: PERF401 - one by one, to see when each arrives

    reader = asyncio.create_task(read())
    feed.publish([_event(1), _event(2), _event(3), _event(4)])
    await asyncio.sleep(0.01)
    assert seen == [1, 2]
    assert feed.last_seq == 4
    feed.reserve(3)
    await asyncio.sleep(0.01)
    assert seen == [1, 2, 3]
    feed.publish([_event(5, last=True)])
    feed.release()
    await reader
    assert seen == [1, 2, 3, 4, 5]


async def test_other_processes_are_told_only_what_may_be_sent_and_only_of_a_local_feed() -> None:
    feed, told = Feed(uuid4()), list[int]()
    feed.on_sendable = lambda event: told.append(event.seq)
    feed.is_local = True
    feed.reserve(2)
    feed.publish([_event(1), _event(2), _event(3)])
    assert told == [1, 2]
    feed.reserve(3)
    assert told == [1, 2, 3]
    feed.disown()
    feed.publish([_event(201, last=True)])
    assert told == [1, 2, 3]


async def test_after_a_lost_lease_what_was_held_is_void_and_the_rest_comes_from_elsewhere() -> None:
    feed = Feed(uuid4())
    feed.is_local = True
    feed.reserve(2)
    feed.publish([_event(1), _event(2), _event(3)])
    feed.disown()
    feed.publish([_event(201, last=True)])
    assert await _read(feed) == [1, 2, 201]


async def test_close_ends_followers_that_would_wait_for_ever() -> None:
    feed = Feed(uuid4())
    reader = asyncio.create_task(_read(feed))
    await asyncio.sleep(0)
    assert feed.followers == 1
    feed.close()
    assert await reader == []
    assert feed.followers == 0
