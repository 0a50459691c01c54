"""The address of the database is read once, and a wrong one is named."""

import asyncio
import builtins

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.core.errors import SettingsError, StorageUnavailableError
from storage.engine import Database, _translated, parse_url, sqlite_path
from tests.stores import sqlite_url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "greenlight.db",
        "sqlite:///greenlight.db",
        "postgresql://u:hush@db/greenlight",
        "mysql+aiomysql://u:hush@db/greenlight",
    ],
)
def test_an_address_we_cannot_use_is_refused_without_showing_it(url):
    """The line says what it must look like."""
    with pytest.raises(SettingsError) as raised:
        parse_url(url)
    assert raised.value.name == "DATABASE_URL"
    assert "sqlite+aiosqlite:///" in str(raised.value)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite:///file:x?mode=memory&uri=true",
        "sqlite+aiosqlite:////no/such/folder/greenlight.db",
    ],
)
async def test_an_address_without_a_usable_file_is_refused(url):
    """Readers and the writer must meet in one file."""
    with pytest.raises(SettingsError):
        await Database.open(url)


def test_the_file_of_a_database_is_known(tmp_path, monkeypatch):
    """Relative addresses start where the program was started."""
    monkeypatch.chdir(tmp_path)
    assert sqlite_path("sqlite+aiosqlite:///greenlight.db") == tmp_path / "greenlight.db"
    assert sqlite_path("postgresql+asyncpg://u@db/greenlight") is None


async def test_a_missing_driver_is_named(monkeypatch):
    """PostgreSQL is an extra."""
    real = builtins.__import__

    def without_asyncpg(name, *args, **kwargs):
        if name == "asyncpg":
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_asyncpg)
    with pytest.raises(SettingsError, match=r"greenlight\[postgres\]"):
        await Database.open("postgresql+asyncpg://u@db/greenlight")


class _Refused(Exception):  # noqa: N818 - stands in for a driver's own
    def __init__(self, sqlstate):
        super().__init__("hush-hush")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "is_passing"),
    [
        (DBAPIError("SELECT", None, _Refused("25006")), True),
        (DBAPIError("SELECT", None, _Refused("40P01")), True),
        (DBAPIError("SELECT", None, _Refused("55P03")), True),
        (DBAPIError("SELECT", None, _Refused("57P01")), True),
        (DBAPIError("SELECT", None, _Refused(None), connection_invalidated=True), True),
        (DBAPIError("SELECT", None, _Refused("42P01")), False),
        (DBAPIError("SELECT", None, _Refused(None)), False),
        (IntegrityError("SELECT", None, _Refused("23505")), False),
        (PoolTimeoutError(), True),
        (ConnectionRefusedError(), True),
    ],
    ids=[
        "read-only for now",
        "deadlock",
        "lock",
        "shutdown",
        "disconnected",
        "no such table",
        "unnamed",
        "twice",
        "pool",
        "refused",
    ],
)
def test_waiting_is_told_from_what_it_will_not_cure(error, is_passing):
    """Deadlocks, locks, shutdowns and lost connections pass; mistakes of ours do not."""
    translated = _translated(error)
    assert isinstance(translated, StorageUnavailableError) is is_passing
    assert "hush-hush" not in str(translated)


def test_a_file_that_cannot_be_made_is_a_setting_to_mend(tmp_path, monkeypatch):
    """A folder that is closed to us, or a full disk, ends with one line."""

    def refuse(self, **_options):
        raise PermissionError(self)

    monkeypatch.setattr("pathlib.Path.touch", refuse)
    with pytest.raises(SettingsError, match="cannot be written to"):
        asyncio.run(Database.open(sqlite_url(tmp_path / "x.db")))
