"""A start on a hosted project: it says at once what the project lacks, not later and to a user."""

from __future__ import annotations

from pathlib import Path

import pytest

from glacia_ui.db.migrate import MigrationError, find_migrations
from glacia_ui.errors import UnavailableError
from glacia_ui.services.backend import open_backend
from glacia_ui.settings import Settings, load_settings
from tests.doubles.supabase.server import Server
from tests.support.databases import Database


@pytest.fixture
def settings(supabase: Server, tmp_path: Path) -> Settings:
    keys = supabase.project.keys
    return load_settings(
        data_dir=tmp_path,
        supabase_url=supabase.url,
        supabase_anon_key=keys.publishable,
        supabase_service_role_key=keys.secret,
        secret_key="a secret for this test alone, long enough",
    )


async def test_a_complete_project_opens(settings: Settings) -> None:
    async with open_backend(settings) as backend:
        assert backend.description.startswith("Supabase at http://127.0.0.1")


async def test_one_that_lacks_the_newest_migrations_is_named_them(settings: Settings, database: Database) -> None:
    *_, third, second, last = find_migrations()
    with database.connect("postgres") as owner:
        owner.execute(
            "delete from supabase_migrations.schema_migrations where version = any (%s)",
            [[third.version, second.version, last.version]],
        )
    with pytest.raises(MigrationError, match=rf"lacks 3 migrations, from {third.path.name} on\. Run `python -m"):
        async with open_backend(settings):
            pass


async def test_one_from_before_all_of_them_is_told_what_to_do(settings: Settings, database: Database) -> None:
    with database.connect("postgres") as owner:
        owner.execute("drop function public.applied_migrations()")
    with pytest.raises(MigrationError, match="has not been set up for this version, or its keys are wrong"):
        async with open_backend(settings):
            pass


async def test_one_that_is_away_is_said_to_be(settings: Settings) -> None:
    settings = settings.model_copy(update={"supabase_url": "http://127.0.0.1:9"})
    with pytest.raises(UnavailableError, match="does not answer"):
        async with open_backend(settings):
            pass
