"""Bring a database to the newest schema; one history for SQLite and PostgreSQL.

Alembic is loaded only where there is something to migrate: it takes a fifth of the start.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import column, func, inspect, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.part import is_postgres
from storage.values import SchemaState

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"
"""The newest revision; a test compares it with the history."""
_VERSION = "alembic_version"
_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x677265656E
"""Any number that no other program on the server takes as its advisory lock."""


async def migrate(url: str) -> None:
    """Migrate the database at an address, in one transaction.

    Raises:
        SettingsError: `DATABASE_URL` cannot be used.
        StorageUnavailableError: The database does not answer.
    """
    database = await Database.open(url)
    try:
        await migrate_database(database)
    finally:
        await database.close()


async def migrate_database(database: Database) -> None:
    """Migrate an open database, in one transaction."""
    await database.write(_upgrade)


async def schema_state(database: Database) -> SchemaState:
    """Say how the schema compares with ours; `newer` is one that this program does not know."""
    revision = await database.read(_revision)
    if revision is None:
        return "empty"
    if revision == HEAD:
        return "current"
    return "older" if revision in _known_revisions() else "newer"


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see the module's first lines

    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see the module's first lines

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


async def _revision(connection: AsyncConnection) -> str | None:
    has_been_migrated = await connection.run_sync(lambda sync: inspect(sync).has_table(_VERSION))
    if not has_been_migrated:
        return None
    return await connection.scalar(select(column("version_num")).select_from(table(_VERSION)))


async def _upgrade(connection: AsyncConnection) -> None:
    if is_postgres(connection):
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    await connection.run_sync(_upgrade_sync)


def _upgrade_sync(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's first lines

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
