"""Open a database, and run transactions that are either done or never happened.

SQLite gets one writing connection and readers beside it; PostgreSQL gets a pool. Callers see no
difference and no SQLAlchemy error: a database that is locked or gone is
`StorageUnavailableError`, and then nothing was recorded.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.core.errors import SettingsError, StorageError, StorageUnavailableError

Result = TypeVar("Result")
Work = Callable[[AsyncConnection], Awaitable[Result]]

BUSY_TIMEOUT_MS = 2500
"""How long a statement waits for another's lock: below the 3 s in which Slack wants its answer."""

_POOL_TIMEOUT_S = 10.0
_CONNECT_TIMEOUT_S = 5.0
_COMMAND_TIMEOUT_S = 15.0
_READERS = 4
_POSTGRES_CONNECTIONS = 10
_DRIVERS = {"sqlite+aiosqlite", "postgresql+asyncpg"}

_PASSING_SQLSTATES = ("08", "25", "40", "53", "55", "57")
"""Classes of PostgreSQL errors that waiting may cure: connection, transaction state (a server that
is read-only while another takes over), deadlock, resources, lock, operator (PostgreSQL 18,
appendix A)."""


class Database:
    """One open database.

    Attributes:
        path: The file of an SQLite database, absolute; None on PostgreSQL.
    """

    def __init__(self, *, writer: AsyncEngine, reader: AsyncEngine, path: Path | None) -> None:
        self._writer = writer
        self._reader = reader
        self._lock: FileLock | None = None
        self.path = path

    @classmethod
    async def open(cls, url: str) -> "Database":
        """Connect once, so that a wrong address is known now.

        Raises:
            SettingsError: `DATABASE_URL` cannot be used.
            StorageUnavailableError: The server does not answer.
        """
        parsed = parse_url(url)
        database = _postgres(parsed) if parsed.drivername.startswith("post") else _sqlite(parsed)
        try:
            await database.ping()
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Let go of all connections and of the exclusive hold."""
        await self._writer.dispose()
        await self._reader.dispose()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def hold_exclusively(self) -> None:
        """Make this the one process that serves from an SQLite file; nothing on PostgreSQL.

        The hold ends with `close`, or with the process however it ends.

        Raises:
            SettingsError: Another process serves from the same file.
        """
        if self.path is None:
            return
        lock = FileLock(f"{self.path}.lock", thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise SettingsError(
                "DATABASE_URL", "names a file that another Greenlight is already serving from"
            ) from error
        self._lock = lock

    async def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            StorageUnavailableError: There is none.
        """
        await self.read(_select_one)

    async def write(self, work: Work[Result]) -> Result:
        """Run `work` in one transaction that a cancelled caller cannot leave half done.

        Raises:
            StorageUnavailableError: Locked or gone; nothing was recorded.
            StorageError: The database refused a statement.
        """
        return await _apart(_transaction(self._writer, work))

    async def read(self, work: Work[Result]) -> Result:
        """Run `work` on one snapshot, without waiting for writers.

        Raises:
            StorageUnavailableError: Locked or gone.
            StorageError: The database refused a statement.
        """
        return await _apart(_transaction(self._reader, work))


def parse_url(url: str) -> URL:
    """Read `DATABASE_URL`.

    Raises:
        SettingsError: It is none of the two forms we know.
    """
    must = "must look like sqlite+aiosqlite:///greenlight.db or postgresql+asyncpg://…"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError("DATABASE_URL", must) from None
    if parsed.drivername not in _DRIVERS:
        raise SettingsError("DATABASE_URL", must)
    return parsed


def sqlite_path(url: str) -> Path | None:
    """Give the absolute path of an SQLite database's file; None for PostgreSQL.

    Raises:
        SettingsError: The address is unusable, names no file, or its folder does not exist.
    """
    parsed = parse_url(url)
    return _file(parsed) if parsed.drivername == "sqlite+aiosqlite" else None


def _file(url: URL) -> Path:
    name = url.database or ""
    if not name or name.startswith((":memory:", "file:")):
        raise SettingsError("DATABASE_URL", "must name a file, such as greenlight.db")
    path = Path(name).absolute()
    if not path.parent.is_dir():
        raise SettingsError("DATABASE_URL", "names a file in a folder that does not exist")
    return path


def _sqlite(url: URL) -> Database:
    path = _file(url)
    # Topics and reasons stand in it in the clear; SQLite gives its other files the same mode.
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise SettingsError("DATABASE_URL", "names a file that cannot be written to") from error
    writer = _engine(url, pool_size=1)
    reader = _engine(url, pool_size=_READERS)
    _prepare_sqlite(writer, begin="BEGIN IMMEDIATE", is_reader=False)
    _prepare_sqlite(reader, begin="BEGIN", is_reader=True)
    return Database(writer=writer, reader=reader, path=path)


def _postgres(url: URL) -> Database:
    engine = _engine(
        url,
        pool_size=_POSTGRES_CONNECTIONS,
        pool_pre_ping=True,
        connect_args={
            "timeout": _CONNECT_TIMEOUT_S,
            "command_timeout": _COMMAND_TIMEOUT_S,
            "server_settings": {
                "application_name": "greenlight",
                "lock_timeout": str(BUSY_TIMEOUT_MS),
            },
        },
    )
    # Several statements of one read must see the same moment.
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(writer=engine, reader=reader, path=None)


def _engine(url: URL, *, pool_size: int, **options: Any) -> AsyncEngine:
    try:
        return create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_POOL_TIMEOUT_S,
            # Values would otherwise stand in the texts of errors.
            hide_parameters=True,
            **options,
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            "DATABASE_URL", "needs the extra `postgres`: pip install 'greenlight[postgres]'"
        ) from error


class _RawCursor(Protocol):
    def execute(self, statement: str) -> object: ...
    def close(self) -> None: ...


class _RawConnection(Protocol):
    isolation_level: str | None

    def cursor(self) -> _RawCursor: ...


def _prepare_sqlite(engine: AsyncEngine, *, begin: str, is_reader: bool) -> None:
    """Make every connection durable, patient and explicit about its transactions."""
    pragmas = [
        f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
        "PRAGMA journal_mode=WAL",
        # NORMAL may lose the mark that a paid call has begun when the power goes.
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
    ]
    if is_reader:
        pragmas.append("PRAGMA query_only=ON")

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(raw: _RawConnection, _record: object) -> None:
        raw.isolation_level = None
        cursor = raw.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


async def _select_one(connection: AsyncConnection) -> None:
    await connection.execute(text("SELECT 1"))


async def _transaction(engine: AsyncEngine, work: Work[Result]) -> Result:
    try:
        async with engine.begin() as connection:
            return await work(connection)
    except (SQLAlchemyError, OSError) as error:
        raise _translated(error) from error


def _translated(error: SQLAlchemyError | OSError) -> StorageError:
    """Tell what waiting may cure from what it will not; the text names no values."""
    if _is_passing(error):
        return StorageUnavailableError(f"database unavailable: {type(error).__name__}")
    return StorageError(f"database refused: {type(error).__name__}")


def _is_passing(error: SQLAlchemyError | OSError) -> bool:
    # TimeoutError of asyncio is an OSError too.
    if isinstance(error, (OSError, PoolTimeoutError, InterfaceError, OperationalError)):
        return True
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return False
    sqlstate = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or sqlstate.startswith(_PASSING_SQLSTATES)


async def _apart(work: Awaitable[Result]) -> Result:
    """Run to the end whatever happens to the caller.

    Cancelling a task inside a statement has kept SQLite's write lock until the connection was
    garbage (aiosqlite 0.22.1, tried), so the caller's cancellation waits for the transaction.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await _finished(task)
        raise


async def _finished(task: "asyncio.Future[Result]") -> None:
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            continue
