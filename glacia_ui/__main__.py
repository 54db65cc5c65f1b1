"""`python -m glacia_ui migrate | grant-admin EMAIL | set-password EMAIL`: what an operator does by hand.

Uses the same settings as the server, and may run beside it. With DATABASE_URL, `migrate` works on that hosted database.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Sequence

from glacia_ui.core.texts import has_text, text
from glacia_ui.db.accounts import Accounts
from glacia_ui.db.embedded import EmbeddedPostgresError
from glacia_ui.db.embedded_database import EmbeddedDatabase, open_embedded
from glacia_ui.db.hosted_migration import migrate_hosted
from glacia_ui.db.migrate import MigrationError
from glacia_ui.db.supabase import SupabaseTransport
from glacia_ui.errors import AppError, NotFoundError
from glacia_ui.identity.local import LocalIdentity
from glacia_ui.settings import Settings, SettingsError, load_settings


class CommandError(RuntimeError):
    """The command was not carried out. The text is one sentence for the operator."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 when it was done, 1 when it could not be."""
    options = _parser().parse_args(arguments)
    try:
        sys.stdout.write(asyncio.run(_run(options)) + "\n")
    except AppError as error:
        key = f"errors.{error.code}"
        sys.stderr.write(text(key if has_text(key) else "errors.internal", **error.params) + "\n")
        return 1
    except (CommandError, SettingsError, EmbeddedPostgresError, MigrationError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m glacia_ui", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database's schema up to date")
    for name, purpose in (
        ("grant-admin", "make an account an admin's"),
        ("set-password", "give an account a password"),
    ):
        commands.add_parser(name, help=purpose).add_argument("email")
    return parser


async def _run(options: argparse.Namespace) -> str:
    settings = load_settings()
    if options.command == "migrate" and settings.database_url is not None:
        return await asyncio.to_thread(_migrate_hosted, settings.database_url.get_secret_value())
    if not settings.is_embedded:
        return await _run_hosted(settings, options)
    async with open_embedded(settings.data_dir, pool_size=1) as database:
        if options.command == "migrate":
            return "\n".join([*database.migrated, "The database is up to date."])
        if options.command == "grant-admin":
            return await _grant_admin(database, options.email)
        return await _set_password(database, options.email)


async def _run_hosted(settings: Settings, options: argparse.Namespace) -> str:
    """On a hosted project GoTrue keeps passwords and confirms addresses; only the role is ours to give."""
    if options.command == "migrate":
        raise CommandError(
            "SUPABASE_URL is set, so migrate needs DATABASE_URL: the address of that project's Postgres."
        )
    if options.command == "set-password":
        raise CommandError(
            "SUPABASE_URL is set, so passwords are kept by Supabase: use “Forgot your password?” on the sign-in page,"
            " or the project's dashboard (Authentication, Users). Nothing was changed."
        )
    url, anon_key, service_key = settings.supabase()
    transport = SupabaseTransport(url, anon_key=anon_key, service_key=service_key)
    await transport.open()
    try:
        if not await Accounts(transport).grant_admin(options.email):
            raise CommandError(f"The project has no account with the confirmed address {options.email}.")
    finally:
        await transport.close()
    return f"{options.email} is an admin now."


def _migrate_hosted(url: str) -> str:
    """What was applied and what the migrations had to say, one line each."""
    remarks: list[str] = []
    applied = migrate_hosted(url, say=remarks.append)
    return "\n".join([*applied, *remarks, "The database is up to date."])


async def _grant_admin(database: EmbeddedDatabase, email: str) -> str:
    """Only a confirmed address can become an admin; whoever runs this server vouches for it here."""
    await LocalIdentity(database.transport).confirm(email)
    if not await Accounts(database.transport).grant_admin(email):
        raise NotFoundError(code="account_not_found")
    return f"{email} is an admin now."


async def _set_password(database: EmbeddedDatabase, email: str) -> str:
    """Asks twice on a terminal; otherwise the password is the first line of the input."""
    if sys.stdin.isatty():
        password = getpass.getpass("New password: ")
        if getpass.getpass("Again: ") != password:
            raise CommandError("The two passwords differ; nothing was changed.")
    else:
        password = sys.stdin.readline().rstrip("\n")
    await LocalIdentity(database.transport).set_password(email, password)
    return f"{email} has a new password."


if __name__ == "__main__":
    sys.exit(main())
