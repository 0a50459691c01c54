"""Opening the store as the settings say: with or without the right to run the loops on it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from bot.core.budget import Spent
from bot.core.errors import SettingsError, StorageError
from bot.providers.base import Budget
from bot.settings import Settings
from storage.cipher import load_or_make_key
from storage.engine import Database, sqlite_path
from storage.migrate import migrate_database, schema_state
from storage.store import Store

log = structlog.get_logger(__name__)


async def open_to_serve(settings: Settings, *, now: datetime) -> tuple[Database, Store]:
    """Open the store for the loops: alone on an SQLite file, and at the newest schema.

    Raises:
        SettingsError: Another process serves from the file, the schema does not fit, or the key
            is missing or wrong.
        StorageUnavailableError: The database does not answer.
    """
    database = await Database.open(settings.database_url)
    try:
        database.hold_exclusively()
        await _bring_up_to_date(database)
        store = await Store.open(database, secret_key=_key(settings, database))
        if database.path is not None:
            # We are alone, so whatever is still claimed was held by a process that is gone.
            await store.release_all_claims(now)
    except BaseException:
        await database.close()
        raise
    return database, store


class Memory:
    """The store as a place for what a service was asked lately."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def recall(self, key: str) -> tuple[Any, datetime] | None:
        """Give what is kept under `key` and when it was kept, or None."""
        return await self._store.recall(key)

    async def remember(self, key: str, value: Any) -> None:
        """Keep a JSON value."""
        await self._store.remember(key, value, self._clock())


async def learn_budget(store: Store, budget: Budget) -> None:
    """Read how much of a request budget was spent before this start, as far as is known."""
    unsaved = budget.take_unsaved()
    try:
        minute, day = await store.count_requests(
            budget.credential,
            minute_at=unsaved.minute_at,
            day=unsaved.day,
            count=unsaved.count,
        )
    except StorageError:
        return
    budget.absorb(unsaved, Spent(minute=minute, day=day))


async def open_to_look(settings: Settings) -> tuple[Database, Store]:
    """Open the store beside whoever serves from it, for an operator's command.

    Raises:
        SettingsError: There is no database of this version, or the key is wrong.
        StorageUnavailableError: The database does not answer.
    """
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        raise SettingsError(
            "DATABASE_URL", "names a file that is not there yet: run greenlight serve"
        )
    database = await Database.open(settings.database_url)
    try:
        await _insist_on_current(database)
        return database, await Store.open(database, secret_key=_key(settings, database))
    except BaseException:
        await database.close()
        raise


async def _insist_on_current(database: Database) -> None:
    state = await schema_state(database)
    if state != "current":
        raise SettingsError("DATABASE_URL", f"holds an {state} schema: run greenlight migrate")


async def _bring_up_to_date(database: Database) -> None:
    """Migrate SQLite by ourselves; PostgreSQL is migrated by its operator, once for all replicas."""
    state = await schema_state(database)
    if state == "newer":
        raise SettingsError("DATABASE_URL", "holds a newer schema: run a newer Greenlight")
    if database.path is None:
        await _insist_on_current(database)
    elif state != "current":
        await migrate_database(database)
        log.info("database_migrated", was=state)


def _key(settings: Settings, database: Database) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if database.path is None:
        raise SettingsError("SECRET_KEY", "must be set for PostgreSQL: 16 characters or more")
    return load_or_make_key(database.path)
