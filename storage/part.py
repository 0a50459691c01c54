"""What every part of the store is built on."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Table, literal
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.cipher import Cipher
from storage.engine import Database
from storage.moments import UtcDateTime

AnyRow = Row[*tuple[Any, ...]]


class Part:
    """Some of the store's methods, over one database and one cipher."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher


def insert_into(connection: AsyncConnection, table: Table) -> SqliteInsert | PostgresInsert:
    """Begin an INSERT that knows ON CONFLICT, in the database's own dialect."""
    return PostgresInsert(table) if is_postgres(connection) else SqliteInsert(table)


def is_postgres(connection: AsyncConnection) -> bool:
    """Tell whether transactions run beside each other, so that locks matter."""
    return connection.dialect.name == "postgresql"


def moment(value: datetime | None) -> BindParameter[datetime | None]:
    """Bind a moment in the column type.

    Inside a CASE, SQLAlchemy would take the driver's own, which SQLite stores as a text.
    """
    return literal(value, UtcDateTime())
