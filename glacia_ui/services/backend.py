"""Where the data is and who knows the people: the embedded Postgres with accounts of our own, or a hosted project."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from glacia_ui.db.embedded_database import open_embedded
from glacia_ui.db.limits import Limits
from glacia_ui.db.migrate import MigrationError
from glacia_ui.db.supabase import SupabaseTransport
from glacia_ui.db.transport import Transport
from glacia_ui.errors import AppError, UnavailableError
from glacia_ui.identity.admins import Admins
from glacia_ui.identity.gotrue import GoTrue
from glacia_ui.identity.local import LocalIdentity
from glacia_ui.identity.model import Identity
from glacia_ui.identity.sealed import Sealer
from glacia_ui.identity.supabase import SupabaseIdentity
from glacia_ui.identity.verifier import Verifier
from glacia_ui.settings import Settings

_SET_UP = "Run `python -m glacia_ui migrate` with DATABASE_URL, or `supabase db push`."
_AUTH_TIMEOUT = httpx.Timeout(15.0, connect=4.0)


@dataclass(frozen=True, slots=True)
class Backend:
    """An open database and the people in it."""

    transport: Transport
    identity: Identity
    description: str
    """For the operator: which database, and where its data lies."""


@asynccontextmanager
async def open_backend(settings: Settings) -> AsyncIterator[Backend]:
    """By the settings. Raises what the start can fail with (`db/embedded_database.START_ERRORS`)."""
    opened = _open_embedded(settings) if settings.is_embedded else _open_hosted(settings)
    async with opened as backend:
        yield backend


@asynccontextmanager
async def _open_embedded(settings: Settings) -> AsyncIterator[Backend]:
    async with open_embedded(settings.data_dir) as database:
        admins = Admins(database.transport, settings.admins)
        await admins.appoint()
        identity = LocalIdentity(database.transport, allows_guests=settings.allows_guests, admins=admins)
        yield Backend(database.transport, identity, database.description)


@asynccontextmanager
async def _open_hosted(settings: Settings) -> AsyncIterator[Backend]:
    url, anon_key, service_key = settings.supabase()
    auth_url = f"{url}/auth/v1"
    transport = SupabaseTransport(url, anon_key=anon_key, service_key=service_key)
    async with httpx.AsyncClient(timeout=_AUTH_TIMEOUT) as http:
        try:
            await transport.open()
            await _check_schema(transport, url)
            admins = Admins(transport, settings.admins)
            await admins.appoint()
            secret = settings.supabase_jwt_secret
            verifier = Verifier(auth_url, http, legacy_secret=secret.get_secret_value() if secret else None)
            gotrue = GoTrue(auth_url, anon_key, http)
            sealer = Sealer(settings.signing_key())
            identity = SupabaseIdentity(
                transport, gotrue, verifier, sealer, public_url=settings.link_url, admins=admins
            )
            await identity.open()
            try:
                yield Backend(transport, identity, f"Supabase at {url}")
            finally:
                await identity.close()
        finally:
            await transport.close()


async def _check_schema(transport: Transport, url: str) -> None:
    """What lacks our functions would fail later, in front of a user. Raises MigrationError, UnavailableError."""
    try:
        missing = await Limits(transport).find_missing_migrations()
    except UnavailableError as error:
        raise UnavailableError(f"SUPABASE_URL: {url} does not answer ({error}).") from error
    except AppError as error:
        raise MigrationError(
            f"The project at {url} has not been set up for this version, or its keys are wrong ({error}). {_SET_UP}"
        ) from error
    if missing:
        raise MigrationError(f"The project at {url} lacks {len(missing)} migrations, from {missing[0]} on. {_SET_UP}")
