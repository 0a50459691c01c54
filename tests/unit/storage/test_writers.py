"""Writers of one SQLite file that share nothing but the file."""

import asyncio
import contextlib

from sqlalchemy import text

from storage.engine import Database
from tests.stores import raw, sqlite_url

TIMES = 20


async def add_one(connection):
    """Read, give others a chance, and write what was read and one more."""
    number = await connection.scalar(text("SELECT number FROM counter"))
    await asyncio.sleep(0)
    await connection.execute(text("UPDATE counter SET number = :n"), {"n": number + 1})


async def test_writers_beside_each_other_wait_their_turn(tmp_path):
    """Whoever reads in order to write holds the lock from the start, so nobody fails or is lost."""
    url = sqlite_url(tmp_path / "one.db")
    async with contextlib.AsyncExitStack() as stack:
        databases = [await Database.open(url) for _ in range(2)]
        for database in databases:
            stack.push_async_callback(database.close)
        await raw(databases[0], "CREATE TABLE counter (number INTEGER)")
        await raw(databases[0], "INSERT INTO counter VALUES (0)")
        await asyncio.gather(*(one.write(add_one) for one in databases for _ in range(TIMES)))
        assert await raw(databases[1], "SELECT number FROM counter") == [(2 * TIMES,)]
