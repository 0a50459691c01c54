"""Bring a database to the newest schema; one history for SQLite and PostgreSQL."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.part import is_postgres
from storage.values import SchemaState

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
    scripts = ScriptDirectory.from_config(_config())
    if revision is None:
        return "empty"
    if revision == scripts.get_current_head():
        return "current"
    known = {script.revision for script in scripts.walk_revisions()}
    return "older" if revision in known else "newer"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


async def _revision(connection: AsyncConnection) -> str | None:
    return await connection.run_sync(
        lambda sync: MigrationContext.configure(sync).get_current_revision()
    )


async def _upgrade(connection: AsyncConnection) -> None:
    if is_postgres(connection):
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    await connection.run_sync(_upgrade_sync)


def _upgrade_sync(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
