"""What a model says it did is held against what it did, and a lie is stored with the version or the answer."""

from __future__ import annotations

import pytest

from glacia_ui.claude.demo.script import Answer
from glacia_ui.core.texts import text
from glacia_ui.db.transport import Caller, Transport
from tests.conftest import MakeUser
from tests.support.scripted import ScriptedTransport, finish, write
from tests.support.studio import open_studio


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user()


async def test_a_lying_script_is_flagged(transport: Transport, user: Caller) -> None:
    page = Answer(text="I’ll make a page.", calls=(write("index.html", "<h1>Bread</h1>\n"), finish("A page")))
    lie = Answer(
        text="I’ll make the headline larger.",
        calls=(
            write("index.html", "<h1>Good bread</h1>\n"),
            finish("Larger headline", "I changed the headline in index.html.", "I updated style.css, too."),
        ),
    )
    async with open_studio(transport, model=ScriptedTransport([page, lie])) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        honest = await studio.run(user, project_id, "a page for a bakery")
        lying_id = await studio.begin(user, project_id, "make the headline larger")
        done = (await studio.read(user, lying_id))[-1]

        expected = [text("mismatches.missing", path="style.css")]
        assert done.data["card"]["mismatches"] == expected
        newest, first = await studio.projects.snapshots(user, project_id)
        assert (honest.snapshot, first.card.mismatches, newest.card.mismatches) == (1, [], expected)
        *_, answer = await studio.projects.messages(user, project_id)
        assert answer.card is not None
        assert (answer.card.mismatches, answer.mismatches) == (expected, [])


async def test_an_answer_that_claims_a_change_it_did_not_make_is_flagged(transport: Transport, user: Caller) -> None:
    lie = Answer(text="Done! I changed the headline to “Hello”.")
    honest = Answer(text="That needs a server, so I changed nothing.")
    async with open_studio(transport, model=ScriptedTransport([lie, honest])) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        for prompt in ("change the headline to Hello", "send mails"):
            assert (await studio.run(user, project_id, prompt)).outcome == "answered"
        _, first, _, second = await studio.projects.messages(user, project_id)
        assert (first.card, first.mismatches) == (None, [text("mismatches.nothing")])
        assert second.mismatches == []


async def test_a_restored_version_was_compared_with_nothing(transport: Transport, user: Caller) -> None:
    async with open_studio(transport) as studio:
        project_id = (await studio.projects.create(user, "Bakery")).id
        await studio.run(user, project_id)
        await studio.run(user, project_id, "make it dark green")
        await studio.projects.restore(user, project_id, 1)
        restored, *made = await studio.projects.snapshots(user, project_id)
        assert restored.card.mismatches is None
        assert [snapshot.card.mismatches for snapshot in made] == [[], []]
