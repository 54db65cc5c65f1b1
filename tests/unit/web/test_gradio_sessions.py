"""A Gradio session belongs to the first user who shows it."""

from __future__ import annotations

from uuid import uuid4

from glacia_ui.web.gradio_sessions import GradioSessions

ALICE, BOB = uuid4(), uuid4()


def test_the_first_one_owns_it() -> None:
    sessions = GradioSessions()
    assert sessions.is_owned("abc", ALICE)
    assert sessions.is_owned("abc", ALICE)
    assert not sessions.is_owned("abc", BOB)


def test_nobody_can_push_out_what_belongs_to_others() -> None:
    sessions = GradioSessions()
    assert sessions.is_owned("alice's", ALICE)
    assert all(sessions.is_owned(f"flood {number}", BOB) for number in range(2000))
    assert not sessions.is_owned("alice's", BOB)


def test_the_newest_of_a_user_stay() -> None:
    sessions = GradioSessions()
    for number in range(600):
        sessions.is_owned(f"{number}", ALICE)
        sessions.is_owned("in use", ALICE)
    assert not sessions.is_owned("in use", BOB)
    assert not sessions.is_owned("599", BOB)
    assert sessions.is_owned("0", BOB)
