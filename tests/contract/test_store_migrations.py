"""One history brings both databases to the tables that the code speaks of."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.core.errors import StorageError
from storage import migrations
from storage.engine import Database
from storage.migrate import HEAD, _config, migrate, migrate_database, schema_state
from storage.tables import metadata
from tests.contract.conftest import BOTH
from tests.stores import fresh_postgres, raw, sqlite_url

_OLD_PRODUCTION = (
    "INSERT INTO productions (id, version, state, provider, team_id, channel_id, requester_id, "
    "topic, attempt, created_at, state_since_at, changed_at, hints, quiet_looks, "
    "has_deliverables, facts, form_key, fingerprint) VALUES ('P', 1, 'completed', 's', 't', 'c', "
    "'u', 'x', 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 0, 0, true, '{}', 'f', "
    "'p')"
)
_OLD_ATTEMPT = (
    "INSERT INTO attempts (production_id, number, provider, started_at, request) "
    "VALUES ('P', 1, 's', CURRENT_TIMESTAMP, 'r')"
)
_OLD_FILE = (
    "INSERT INTO deliverables (production_id, attempt, key, position, kind, name, token, "
    "token_hash) VALUES ('P', 1, 'v', 0, 'video', 'n', 't', 'h')"
)

_OLD_COPY = (
    "INSERT INTO copies (production_id, attempt, key, state, at, wanted_at, tries, file, "
    "size_bytes) VALUES ('P', 1, 'v', 'kept', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 1, 'f/1', 9)"
)


@pytest.fixture(params=BOTH)
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "empty.db")
        return
    with fresh_postgres(request.getfixturevalue("postgres_server"), is_migrated=False) as url:
        yield url


@pytest.fixture
async def empty(empty_url):
    database = await Database.open(empty_url)
    yield database
    await database.close()


async def test_migrating_an_empty_database_gives_the_tables_of_the_code(empty):
    """Alembic's own comparison finds no difference, types included."""
    assert await schema_state(empty) == "empty"
    await migrate_database(empty)

    async def differences(connection):
        return await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"compare_type": True}), metadata
            )
        )

    assert await empty.read(differences) == []
    assert await schema_state(empty) == "current"


async def test_migrating_twice_changes_nothing(empty, empty_url):
    """`migrate` may be run at every deployment."""
    await migrate(empty_url)
    await raw(empty, "INSERT INTO meta (key, value) VALUES ('k', 'v')")
    await migrate(empty_url)
    assert await raw(empty, "SELECT value FROM meta") == [("v",)]


async def _begin_at(database, revision):
    """Make the schema of a former version, with a finished production and its file."""

    def upgrade(sync):
        config = _config()
        config.attributes["connection"] = sync
        command.upgrade(config, revision)

    async def work(connection):
        await connection.run_sync(upgrade)

    await database.write(work)
    assert await schema_state(database) == "older"
    for row in (_OLD_PRODUCTION, _OLD_ATTEMPT, _OLD_FILE):
        await raw(database, row)


async def test_what_the_first_schema_holds_survives_the_newest(empty):
    """Files that were there before want no copies, and nobody has fetched them."""
    await _begin_at(empty, "0001")
    await migrate_database(empty)
    assert await raw(empty, "SELECT key, downloads, expires_at FROM deliverables") == [
        ("v", 0, None)
    ]
    assert await raw(empty, "SELECT * FROM copies") == []


async def test_a_copy_survives_the_newest_schema(empty):
    """It stays kept, and its file is not put into a thread that ended before files were."""
    await _begin_at(empty, "0002")
    await raw(empty, _OLD_COPY)
    await migrate_database(empty)
    assert await raw(empty, "SELECT key, state, file, size_bytes FROM copies") == [
        ("v", "kept", "f/1", 9)
    ]
    assert await raw(empty, "SELECT * FROM shares") == []
    assert await raw(empty, "SELECT * FROM published_files") == []


async def test_a_failed_migration_leaves_nothing(empty):
    """One transaction holds all of it, on SQLite too."""
    await raw(empty, "CREATE TABLE outbox (id INTEGER)")
    with pytest.raises(StorageError, match=r"refused|unavailable"):
        await migrate_database(empty)
    assert await schema_state(empty) == "empty"
    await raw(empty, "DROP TABLE outbox")
    await migrate_database(empty)
    assert await schema_state(empty) == "current"


async def test_a_schema_of_another_program_version_is_recognised(database):
    """One from the future is not ours to touch."""
    assert await schema_state(database) == "current"
    await raw(database, "UPDATE alembic_version SET version_num = '9999'")
    assert await schema_state(database) == "newer"


async def test_an_older_schema_is_recognised(database, monkeypatch):
    """A head beyond the one in the database."""
    monkeypatch.setattr("storage.migrate.HEAD", "9998")
    assert await schema_state(database) == "older"


def test_the_newest_revision_is_the_one_we_ask_for():
    """A migration that is added without moving `HEAD` would never be run."""
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_current_head() == HEAD
