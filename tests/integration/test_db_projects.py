"""Projects and files through the transport, as models."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from glacia_ui.core.models import ChangeCard, FileStat
from glacia_ui.db.files import Files
from glacia_ui.db.projects import Projects
from glacia_ui.db.transport import Caller, Transport
from glacia_ui.errors import AuthenticationError, ConflictError, NotFoundError, PermissionDeniedError, ValidationError
from tests.conftest import MakeUser
from tests.doubles.supabase.keys import Keys
from tests.support.databases import Database

CARD = ChangeCard(
    title="Landing page", summary=["A page"], files=[FileStat(path="index.html", change="added", added=1, removed=0)],
    added=1,
)  # fmt: skip


@pytest.fixture
def projects(transport: Transport) -> Projects:
    return Projects(transport)


@pytest.fixture
def files(transport: Transport) -> Files:
    return Files(transport)


@pytest.fixture
async def user(make_user: MakeUser) -> Caller:
    return await make_user()


@pytest.fixture
async def project_id(projects: Projects, user: Caller) -> UUID:
    """A project of two files."""
    contents = {"index.html": "<h1>Bäckerei</h1>", "css/style.css": "b{}"}
    return (await projects.create_project(user, "Bakery", template="landing", files=contents, card=CARD)).id


async def test_a_project_from_a_template(projects: Projects, files: Files, user: Caller, project_id: UUID) -> None:
    project = await projects.get_project(user, project_id)
    assert (project.name, project.template, project.latest_snapshot, project.file_count) == ("Bakery", "landing", 1, 2)
    assert (project.latest_title, project.draft, project.is_held) == ("Landing page", None, False)
    assert project.created_at.tzinfo is not None
    assert await projects.list_projects(user) == [project]
    (snapshot,) = await projects.list_snapshots(user, project_id)
    assert (snapshot.number, snapshot.kind, snapshot.card, snapshot.usage) == (1, "template", CARD, None)
    assert await projects.list_messages(user, project_id) == []
    number, listed = await files.list_files(user, project_id)
    assert (number, [(file.path, file.size, file.version) for file in listed]) == (
        1,
        [("css/style.css", 3, 1), ("index.html", 18, 1)],
    )
    assert (await files.get_file(user, project_id, "index.html")).content == "<h1>Bäckerei</h1>"
    assert (await files.get_snapshot_files(user, project_id, 0)) == (0, [])


async def test_a_restore_is_a_new_snapshot(projects: Projects, files: Files, user: Caller, project_id: UUID) -> None:
    restored = await projects.restore_snapshot(
        user, project_id, 1, base_snapshot=1, card=ChangeCard(title="Back"), path="index.html"
    )
    assert (restored.number, restored.kind, restored.restored_from) == (2, "restore", 1)
    assert (restored.restored_path, restored.card) == ("index.html", ChangeCard(title="Back"))
    assert await files.list_files(user, project_id, 2) == (2, (await files.list_files(user, project_id, 1))[1])
    with pytest.raises(ConflictError, match="stale_snapshot"):
        await projects.restore_snapshot(user, project_id, 1, base_snapshot=1, card=CARD)
    with pytest.raises(NotFoundError, match="snapshot_not_found"):
        await projects.restore_snapshot(user, project_id, 9, base_snapshot=2, card=CARD)
    with pytest.raises(NotFoundError, match="file_not_found"):
        await files.get_file(user, project_id, "none.txt")


async def test_names_drafts_numbers_and_the_end(projects: Projects, user: Caller, project_id: UUID) -> None:
    assert (await projects.update_project(user, project_id, "Shop")).name == "Shop"
    await projects.save_draft(user, project_id, "later")
    draft = (await projects.get_project(user, project_id)).draft
    assert draft is not None
    assert (draft.prompt, draft.reason) == ("later", "saved")
    await projects.save_draft(user, project_id, None)
    assert (await projects.get_project(user, project_id)).draft is None
    stats = await projects.get_project_stats(user, project_id)
    assert (stats.file_count, stats.total_size, stats.largest_file_size) == (2, 21, 18)
    await projects.delete_project(user, project_id)
    with pytest.raises(NotFoundError, match="project_not_found"):
        await projects.get_project(user, project_id)


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\tb"])
async def test_a_bad_name_is_refused(projects: Projects, user: Caller, name: str) -> None:
    with pytest.raises(ValidationError, match="invalid_name"):
        await projects.create_project(user, name)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
async def test_text_that_no_database_holds_is_refused(projects: Projects, user: Caller, text: str) -> None:
    with pytest.raises(ValidationError):
        await projects.create_project(user, "x", files={"a.txt": text})
    with pytest.raises(ValidationError):
        await projects.create_project(user, text)
    assert await projects.list_projects(user) == []


async def test_a_stranger_finds_nothing(
    projects: Projects, files: Files, project_id: UUID, make_user: MakeUser
) -> None:
    stranger = await make_user()
    for each in (project_id, uuid4()):
        for call in (
            projects.get_project(stranger, each),
            projects.update_project(stranger, each, "Mine"),
            projects.delete_project(stranger, each),
            projects.save_draft(stranger, each, "x"),
            projects.list_messages(stranger, each),
            projects.list_snapshots(stranger, each),
            projects.get_project_stats(stranger, each),
            projects.restore_snapshot(stranger, each, 1, base_snapshot=1, card=CARD),
            files.list_files(stranger, each),
            files.get_snapshot_files(stranger, each, 1),
            files.get_file(stranger, each, "index.html"),
        ):
            with pytest.raises(NotFoundError, match="project_not_found"):
                await call
    assert await projects.list_projects(stranger) == []


async def test_a_token_of_nobody_is_no_user(projects: Projects, keys: Keys) -> None:
    for claims in ({"role": "authenticated"}, keys.claims(uuid4())):
        nobody = Caller("authenticated", claims, keys.sign(claims))
        with pytest.raises(AuthenticationError):
            await projects.list_projects(nobody)


async def test_a_suspended_user_is_told_so(projects: Projects, user: Caller, database: Database) -> None:
    with database.connect() as connection:
        connection.execute("update public.profiles set is_suspended = true")
    with pytest.raises(PermissionDeniedError, match="suspended"):
        await projects.list_projects(user)


async def test_a_locked_file_is_named_by_whoever_would_change_it(
    projects: Projects, files: Files, user: Caller, project_id: UUID
) -> None:
    (lock,) = await files.set_file_lock(user, project_id, "css/style.css", is_locked=True)
    assert lock.path == "css/style.css"
    assert await files.list_file_locks(user, project_id) == [lock]
    await files.set_file_lock(user, project_id, "index.html", is_locked=True)
    assert [each.path for each in await files.list_file_locks(user, project_id)] == ["css/style.css", "index.html"]
    assert await files.set_file_lock(user, project_id, "index.html", is_locked=False) == [lock]
    with pytest.raises(NotFoundError) as unknown:
        await files.set_file_lock(user, project_id, "never.css", is_locked=True)
    assert unknown.value.code == "file_not_found"
