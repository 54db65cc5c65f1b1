"""Attachments: whose they are, how many there may be, when they go, and how they are tied to a prompt."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.calls import Calls

PNG = b"\x89PNG\r\n\x1a\n and more"
IN_BASE64 = b64encode(PNG).decode()


def _store(sql: Calls, user: UUID, project: str, name: str = "a.txt", content: bytes = b"text", **more: Any) -> Any:
    args = {"p_kind": "text", "p_media_type": "text/plain", "p_content": b64encode(content).decode(), **more}
    return sql.user(user, "store_attachment", p_project_id=project, p_name=name, **args)["attachment"]


def _begin(sql: Calls, user: UUID, project: str, *attachments: Any, prompt: str = "x", **more: Any) -> Any:
    ids = [UUID(each["id"]) for each in attachments]
    return sql.begin(user, project, prompt, p_attachments=ids, **more)


def test_they_go_with_a_prompt_in_its_order_and_to_the_process_that_runs_it(
    sql: Calls, user: UUID, project: str
) -> None:
    note = _store(sql, user, project)
    picture = _store(
        sql, user, project, "logo.png", PNG, p_kind="image", p_media_type="image/png", p_width=3, p_height=2
    )
    assert picture == {
        "id": picture["id"], "kind": "image", "media_type": "image/png", "name": "logo.png", "size": len(PNG),
        "width": 3, "height": 2,
    }  # fmt: skip
    begun = _begin(sql, user, project, picture, note)["generation"]
    assert begun["attachments"] == [picture, note]
    (message,) = sql.user(user, "list_messages", p_project_id=project)["messages"]
    assert message["generation"]["attachments"] == [picture, note]

    (claimed,) = sql.claim(project)
    assert claimed["has_attachments"] is True
    lease = {"p_generation_id": claimed["id"], "p_lease_token": claimed["lease_token"]}
    told = sql.server("list_attachments", **lease)["attachments"]
    assert [(each["name"], b64decode(each["content"])) for each in told] == [("logo.png", PNG), ("a.txt", b"text")]
    with sql.refused("PT410", "lease_lost"):
        sql.server("list_attachments", **{**lease, "p_lease_token": str(uuid4())})
    sql.finish(claimed)

    _begin(sql, user, project, prompt="and now?")
    (claimed,) = sql.claim(project)
    assert claimed["has_attachments"] is False
    lease = {"p_generation_id": claimed["id"], "p_lease_token": claimed["lease_token"]}
    (turn,) = sql.server("list_conversation", **lease)["turns"]
    assert turn["prompt"] == "x\n(picture: logo.png)\n(text file: a.txt)"
    assert sql.server("list_attachments", **lease) == {"attachments": []}


def test_a_long_content_comes_back_as_it_was(sql: Calls, user: UUID, project: str) -> None:
    content = PNG + bytes(range(256)) * 50
    stored = _store(
        sql, user, project, "a.png", content, p_kind="image", p_media_type="image/png", p_width=1, p_height=1
    )
    found = sql.user(user, "get_attachment", p_attachment_id=stored["id"])["attachment"]
    assert b64decode(found.pop("content"), validate=True) == content
    assert found == stored


def test_one_can_be_named_again_by_a_later_prompt(sql: Calls, user: UUID, project: str) -> None:
    note = _store(sql, user, project)
    for key in ("a", "b"):
        assert _begin(sql, user, project, note, p_idempotency_key=key)["generation"]["attachments"] == [note]


def test_a_key_means_its_attachments_too(sql: Calls, user: UUID, project: str) -> None:
    one, two = _store(sql, user, project), _store(sql, user, project)
    first = _begin(sql, user, project, one, two, p_idempotency_key="k")["generation"]
    again = _begin(sql, user, project, one, two, p_idempotency_key="k")
    assert (again["repeated"], again["generation"]["id"]) == (True, first["id"])
    for other in ((two, one), (one,), ()):
        conflict = _begin(sql, user, project, *other, p_idempotency_key="k")
        assert conflict == {"ok": False, "reason": "idempotency_conflict"}


def test_only_ones_own_of_the_same_project_and_each_once(sql: Calls, user: UUID, project: str) -> None:
    stranger = sql.add_user()
    theirs = _store(sql, stranger, sql.create_project(stranger))
    elsewhere = _store(sql, user, sql.create_project(user))
    mine = _store(sql, user, project)
    for attachments in ((theirs,), (elsewhere,), (mine, mine), (mine, {"id": str(uuid4())})):
        with sql.refused("PT422", "attachment_gone"):
            _begin(sql, user, project, *attachments)
    assert sql.user(user, "list_messages", p_project_id=project) == {"messages": []}
    assert sql.assert_exact(user)["reserved"] == 0
    for function in ("get_attachment", "drop_attachment"):
        for their_id in (theirs["id"], str(uuid4())):
            with sql.refused("PT404", "attachment_not_found"):
                sql.user(user, function, p_attachment_id=their_id)


def test_an_unused_one_can_be_dropped_and_a_used_one_stays(sql: Calls, user: UUID, project: str) -> None:
    unused, used = _store(sql, user, project), _store(sql, user, project)
    _begin(sql, user, project, used)
    assert sql.user(user, "drop_attachment", p_attachment_id=unused["id"]) == {"ok": True}
    assert sql.user(user, "drop_attachment", p_attachment_id=used["id"]) == {"ok": False}
    assert sql.rows("select id::text from public.attachments where user_id = %s", user) == [used["id"]]


def test_what_nobody_used_within_a_day_goes_at_the_next_upload(sql: Calls, user: UUID, project: str) -> None:
    old, used, young = (_store(sql, user, project, name) for name in ("old", "used", "young"))
    _begin(sql, user, project, used)
    age = "update public.attachments set created_at = created_at - %s::interval where id = %s"
    for attachment, span in ((old, "25 hours"), (used, "25 hours"), (young, "23 hours")):
        sql.change(age, span, attachment["id"])
    new = _store(sql, user, project, "new")
    left = sql.rows("select name from public.attachments where user_id = %s order by name", user)
    assert left == ["new", "used", "young"]
    with sql.refused("PT422", "attachment_gone"):
        _begin(sql, user, project, new, old)


def test_there_is_a_limit_to_what_waits_and_to_what_is_kept(sql: Calls, user: UUID, project: str) -> None:
    for _ in range(20):
        last = _store(sql, user, project)
    with sql.refused("PT409", "too_many_unused"):
        _store(sql, user, project)
    _begin(sql, user, project, last)
    _store(sql, user, project)

    other = sql.create_project(user)
    _store(sql, user, other)
    used = sql.one("select id from public.generations where user_id = %s", user)
    for kept_in, count in ((other, 10), (project, 29)):
        sql.change(
            "insert into public.attachments"
            " (project_id, user_id, generation_id, kind, media_type, name, content, size, created_at)"
            " select %s, %s, %s, 'text', 'text/plain', 'x', 'x', 5000000, now() from generate_series(1, %s)",
            kept_in, user, used, count,
        )  # fmt: skip
        with sql.refused("PT409", "attachments_full"):
            _store(sql, user, other)
    third = sql.create_project(user)
    _store(sql, user, third)
    sql.change("update public.attachments set size = 5000000 where project_id = %s", project)
    with sql.refused("PT409", "attachments_full"):
        _store(sql, user, third)
    stranger = sql.add_user()
    _store(sql, stranger, sql.create_project(stranger))


@pytest.mark.parametrize(
    "change",
    [
        {"p_content": "%%%"},
        {"p_content": ""},
        {"p_content": b64encode(b"a\x00b").decode()},
        {"p_content": b64encode(b"x" * 400_001).decode()},
        {"p_kind": "film"},
        {"p_media_type": "text/html"},
        {"p_media_type": "image/svg+xml", "p_kind": "image", "p_width": 1, "p_height": 1},
        {"p_media_type": "image/png", "p_kind": "image", "p_width": 1, "p_height": 1},
        {"p_kind": "image"},
        {"p_width": 1, "p_height": 1},
        {"p_content": IN_BASE64, "p_media_type": "image/png", "p_kind": "image"},
        {"p_content": IN_BASE64, "p_media_type": "image/jpeg", "p_kind": "image", "p_width": 1, "p_height": 1},
    ],
)
def test_what_is_not_what_it_says_is_refused(sql: Calls, user: UUID, project: str, change: dict[str, Any]) -> None:
    with sql.refused("PT422", "invalid_attachment"):
        _store(sql, user, project, **change)


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_name_has_1_to_200_characters(sql: Calls, user: UUID, project: str, name: str) -> None:
    with sql.refused("PT422", "invalid_attachment"):
        _store(sql, user, project, name)


def test_they_go_with_their_project(sql: Calls, user: UUID, project: str) -> None:
    used = _store(sql, user, project)
    _begin(sql, user, project, used)
    _store(sql, user, project)
    sql.user(user, "delete_project", p_project_id=project)
    assert sql.rows("select id from public.attachments where user_id = %s", user) == []
