"""Transactions are done or never happened, and a database that is gone is said to be gone."""

import asyncio
import gc
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from sqlalchemy import text

from bot.core.errors import SettingsError, StorageError, StorageUnavailableError
from storage import engine
from storage.engine import Database
from storage.store import Store
from tests.factories import NOW
from tests.stores import SECRET_KEY, raw, record

INSERT = text("INSERT INTO meta (key, value) VALUES ('half', 'done')")


async def test_a_sign_of_life(store):
    """A database that answers raises nothing."""
    await store.ping()


async def test_a_failing_transaction_leaves_nothing(database):
    """All or nothing, whatever went wrong."""

    async def work(connection):
        await connection.execute(INSERT)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.write(work)
    assert await raw(database, "SELECT 1 FROM meta WHERE key = 'half'") == []


async def test_a_cancelled_caller_leaves_a_whole_transaction_and_no_lock(database):
    """The transaction ends before the cancellation goes on, and the next writer gets in."""
    is_inside, may_go_on = asyncio.Event(), asyncio.Event()

    async def work(connection):
        await connection.execute(INSERT)
        is_inside.set()
        await may_go_on.wait()

    writing = asyncio.create_task(database.write(work))
    await is_inside.wait()
    for _ in range(3):
        writing.cancel()
        await asyncio.sleep(0)
    assert not writing.done()
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await raw(database, "SELECT value FROM meta WHERE key = 'half'") == [("done",)]
    await raw(database, "UPDATE meta SET value = 'again' WHERE key = 'half'")


async def test_a_cancelled_statement_leaves_no_lock(database):
    """Cancelled at every point of a write, the database goes on."""
    for turns in range(12):
        statement = text(f"UPDATE meta SET value = '{turns}'")  # noqa: S608 - a number of ours

        async def work(connection, statement=statement):
            await connection.execute(statement)

        writing = asyncio.create_task(database.write(work))
        for _ in range(turns):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    await raw(database, "UPDATE meta SET value = 'last'")


async def test_a_failure_after_the_caller_was_cancelled_is_nobodys(database):
    """The cancellation goes on, and asyncio does not complain of a forgotten task."""
    is_inside = asyncio.Event()
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, told: complaints.append(told))

    async def work(_connection):
        is_inside.set()
        await asyncio.sleep(0)
        raise RuntimeError

    writing = asyncio.create_task(database.write(work))
    await is_inside.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    del writing
    gc.collect()
    assert complaints == []


async def test_readers_see_what_was_committed_and_wait_for_nobody(database):
    """A long write keeps no card waiting."""

    async def write(connection):
        await connection.execute(INSERT)
        return await database.read(_count_half)

    assert await database.write(write) == 0
    assert await database.read(_count_half) == 1


async def _count_half(connection):
    return await connection.scalar(text("SELECT count(*) FROM meta WHERE key = 'half'"))


async def test_one_read_sees_one_moment(database):
    """Several statements of a read agree, whatever is written between them."""

    async def read(connection):
        before = await _count_half(connection)
        await raw(database, str(INSERT))
        return before, await _count_half(connection)

    assert await database.read(read) == (0, 0)


async def test_readers_cannot_write(database):
    """A write in a read is our mistake and shows at once."""

    async def work(connection):
        await connection.execute(INSERT)

    with pytest.raises(StorageError):
        await database.read(work)
    assert await database.read(_count_half) == 0


async def test_a_refused_statement_is_no_sqlalchemy_error_and_names_no_values(database):
    """Nothing of SQLAlchemy leaves storage, and no value reaches a log."""
    statement = text("INSERT INTO meta (key, value) VALUES ('twice', :value)")

    async def work(connection):
        for _ in range(2):
            await connection.execute(statement, {"value": "hush-hush"})

    with pytest.raises(StorageError) as raised:
        await database.write(work)
    assert not isinstance(raised.value, StorageUnavailableError)
    assert "hush-hush" not in f"{raised.value} {raised.value.__cause__}"


async def test_read_modify_writes_of_two_connections_are_all_kept(sqlite_file_url):
    """Whoever will write takes the lock before reading, in the command line's process too."""
    databases = [await Database.open(sqlite_file_url) for _ in range(2)]
    await raw(databases[0], "INSERT INTO meta (key, value) VALUES ('sum', '0')")

    async def add_one(connection):
        total = await connection.scalar(text("SELECT value FROM meta WHERE key = 'sum'"))
        await connection.execute(
            text("UPDATE meta SET value = :value WHERE key = 'sum'"), {"value": str(int(total) + 1)}
        )

    await asyncio.gather(*(each.write(add_one) for each in databases * 15))
    assert await raw(databases[0], "SELECT value FROM meta WHERE key = 'sum'") == [("30",)]
    for each in databases:
        await each.close()


async def test_a_database_locked_for_too_long_is_unavailable(
    sqlite_file_url, postgres_url, monkeypatch
):
    """Another connection holds the lock for longer than we wait; afterwards all is well."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    for url in (sqlite_file_url, postgres_url):
        ours, theirs = await Database.open(url), await Database.open(url)

        async def hold(connection, database=ours):
            await connection.execute(INSERT)
            with pytest.raises(StorageUnavailableError) as raised:
                await raw(database, str(INSERT))
            assert "lock" in str(raised.value.__cause__)

        await theirs.write(hold)
        await raw(ours, "UPDATE meta SET value = 'free'")
        await ours.close()
        await theirs.close()


@pytest.mark.external_service
async def test_a_connection_that_breaks_is_unavailable_and_replaced(postgres_url):
    """The server ends our connection inside a transaction; the next one is new."""
    database = await Database.open(postgres_url)
    with pytest.raises(StorageUnavailableError):
        await raw(database, "SELECT pg_terminate_backend(pg_backend_pid())")
    await raw(database, str(INSERT))
    await database.close()


async def test_a_server_that_does_not_answer_is_unavailable():
    """Nothing listens on that port."""
    with pytest.raises(StorageUnavailableError):
        await Database.open("postgresql+asyncpg://nobody@127.0.0.1:1/none")


async def test_a_file_that_is_no_database_is_refused(tmp_path):
    """Somebody's other file is not touched."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at as one\n" * 40)
    with pytest.raises(StorageError):
        await Database.open(f"sqlite+aiosqlite:///{path}")
    assert path.read_text().startswith("not a database")


async def test_sqlite_keeps_what_it_confirmed(sqlite_file_url):
    """Write-ahead log, full synchronisation, foreign keys, and patience below three seconds."""
    database = await Database.open(sqlite_file_url)
    pragmas = {}
    for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
        ((pragmas[name],),) = await raw(database, f"PRAGMA {name}")
    await database.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 2500,
    }


_SERVE = """
import asyncio, sys
from bot.core.errors import SettingsError
from storage.engine import Database

async def main():
    database = await Database.open(sys.argv[1])
    try:
        database.hold_exclusively()
    except SettingsError as error:
        print(error)
    else:
        print("serving", flush=True)
        sys.stdin.readline()
    await database.close()

asyncio.run(main())
"""


def _serve(url):
    return subprocess.Popen(
        [sys.executable, "-c", _SERVE, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
async def test_a_second_process_on_the_same_file_refuses(sqlite_file_url):
    """It says why; once the first is gone, even killed, the next one serves."""
    with _serve(sqlite_file_url) as first:
        assert first.stdout.readline() == "serving\n"
        with _serve(sqlite_file_url) as second:
            said, _ = second.communicate()
        assert said.startswith("DATABASE_URL")
        assert "already serving" in said
        first.kill()
    with _serve(sqlite_file_url) as third:
        said, _ = third.communicate("\n")
    assert said == "serving\n"


async def test_the_hold_is_refused_inside_one_process_too(sqlite_file_url):
    """And ends when the holder closes."""
    first, second = await Database.open(sqlite_file_url), await Database.open(sqlite_file_url)
    first.hold_exclusively()
    with pytest.raises(SettingsError):
        second.hold_exclusively()
    await first.close()
    second.hold_exclusively()
    await second.close()


async def test_operators_read_and_write_beside_the_process_that_serves(sqlite_file_url):
    """The hold keeps out a second server, not the command line."""
    serving, beside = await Database.open(sqlite_file_url), await Database.open(sqlite_file_url)
    serving.hold_exclusively()
    production = await record(await Store.open(beside, secret_key=SECRET_KEY))
    store = await Store.open(serving, secret_key=SECRET_KEY)
    assert (await store.load(production.id)).created_at == NOW
    await serving.close()
    await beside.close()


@pytest.mark.external_service
async def test_replicas_share_a_postgresql_database(postgres_url):
    """There is nothing to hold there."""
    first, second = await Database.open(postgres_url), await Database.open(postgres_url)
    first.hold_exclusively()
    second.hold_exclusively()
    assert first.path is None
    await first.close()
    await second.close()


async def test_closing_leaves_the_file_whole(sqlite_file_url):
    """Everything is in the one file afterwards, as a copy for safety would need it."""
    database = await Database.open(sqlite_file_url)
    await raw(database, str(INSERT))
    await database.close()
    assert not database.path.with_name(f"{database.path.name}-wal").exists()
    with closing(sqlite3.connect(database.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
