"""Check that our key fits the database, and encrypt anew when the key was rotated."""

from collections.abc import Sequence

from sqlalchemy import Column, Table, and_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import SettingsError, StorageError
from storage.cipher import Cipher
from storage.engine import Database
from storage.part import AnyRow, insert_into
from storage.tables import attempts, deliverables, meta, webhook_secrets

_CANARY = "canary"
_SONG = "greenlight"
_BATCH = 200

SEALED: tuple[Column[str], ...] = (
    attempts.c.request,
    attempts.c.handle,
    deliverables.c.token,
    webhook_secrets.c.secret,
)
"""Every encrypted column."""


async def unlock(database: Database, cipher: Cipher) -> None:
    """Make sure that what is encrypted can be read, and is under the first key from now on.

    Raises:
        SettingsError: `SECRET_KEY` is not the one the database was encrypted with.
    """
    canary = await database.read(_canary)
    if canary is None:
        await _keep_canary(database, cipher)
        canary = await database.read(_canary) or ""
    try:
        is_ours = cipher.unseal(canary) == _SONG
    except StorageError:
        is_ours = False
    if not is_ours:
        raise SettingsError("SECRET_KEY", "is not the one this database was encrypted with")
    if not cipher.is_newest(canary):
        for column in SEALED:
            await _reseal(database, cipher, column)
        await _replace_canary(database, cipher)


async def _canary(connection: AsyncConnection) -> str | None:
    return await connection.scalar(select(meta.c.value).where(meta.c.key == _CANARY))


async def _keep_canary(database: Database, cipher: Cipher) -> None:
    async def work(connection: AsyncConnection) -> None:
        statement = insert_into(connection, meta).values(key=_CANARY, value=cipher.seal(_SONG))
        await connection.execute(statement.on_conflict_do_nothing())

    await database.write(work)


async def _replace_canary(database: Database, cipher: Cipher) -> None:
    async def work(connection: AsyncConnection) -> None:
        sealed = cipher.seal(_SONG)
        await connection.execute(update(meta).where(meta.c.key == _CANARY).values(value=sealed))

    await database.write(work)


async def _reseal(database: Database, cipher: Cipher, column: Column[str]) -> None:
    """Encrypt a column anew, batch by batch, so that others may write between."""
    last: AnyRow | None = None
    while rows := await _next_batch(database, column, after=last):
        last = rows[-1]
        stale = [row for row in rows if not cipher.is_newest(row[-1])]
        await _reseal_rows(database, cipher, column, stale)


async def _next_batch(
    database: Database, column: Column[str], *, after: AnyRow | None
) -> Sequence[AnyRow]:
    key = _key_of(column)
    query = select(*key, column).where(column.is_not(None)).order_by(*key).limit(_BATCH)
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after[:-1]))

    async def work(connection: AsyncConnection) -> Sequence[AnyRow]:
        return (await connection.execute(query)).all()

    return await database.read(work)


async def _reseal_rows(
    database: Database, cipher: Cipher, column: Column[str], rows: Sequence[AnyRow]
) -> None:
    key = _key_of(column)

    async def work(connection: AsyncConnection) -> None:
        for row in rows:
            is_it = and_(*(part == value for part, value in zip(key, row[:-1], strict=True)))
            sealed = cipher.seal(cipher.unseal(row[-1]))
            # Whoever wrote it meanwhile used the first key already, or will be found next time.
            await connection.execute(
                update(column.table).where(is_it, column == row[-1]).values({column: sealed})
            )

    await database.write(work)


def _key_of(column: Column[str]) -> Sequence[Column[object]]:
    table = column.table
    if not isinstance(table, Table):
        raise TypeError("only columns of tables are sealed")
    return list(table.primary_key)
