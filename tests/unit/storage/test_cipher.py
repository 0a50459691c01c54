"""Keys are derived from what people set, and kept beside a new database."""

import stat

import pytest

from bot.core.errors import SettingsError, StorageError
from storage.cipher import Cipher, load_or_make_key
from storage.engine import Database
from storage.migrate import migrate_database
from storage.store import Store
from tests.stores import sqlite_url

OLD, NEW = "the old key, no comma".replace(",", ";"), "the new key is longer"


@pytest.fixture(scope="module")
def old():
    return Cipher(OLD)


def test_what_is_sealed_can_be_unsealed(old):
    """Also by another process with the same setting."""
    assert Cipher(OLD).unseal(old.seal("Grüße")) == "Grüße"


def test_sealing_twice_shows_no_likeness(old):
    """Two equal texts cannot be told to be equal."""
    assert old.seal("same") != old.seal("same")


def test_the_first_key_encrypts_and_any_reads(old):
    """A list rotates."""
    both = Cipher(f"{NEW} , {OLD}")
    sealed = old.seal("text")
    assert both.unseal(sealed) == "text"
    assert not both.is_newest(sealed)
    assert both.is_newest(both.seal("text"))
    assert Cipher(NEW).unseal(both.seal("text")) == "text"


@pytest.mark.parametrize("sealed", ["", "nonsense", "gAAAAABm"])
def test_what_cannot_be_read_is_a_storage_error(old, sealed):
    """Damaged or foreign, without a word of the content."""
    with pytest.raises(StorageError, match="cannot be read"):
        old.unseal(sealed)


@pytest.mark.parametrize("setting", ["", "short", f"{NEW},short", f"{NEW},"])
def test_short_keys_are_refused_without_showing_them(setting):
    """Every part of the list must be long enough."""
    with pytest.raises(SettingsError) as raised:
        Cipher(setting)
    assert raised.value.name == "SECRET_KEY"
    assert "short" not in str(raised.value)


def test_a_new_database_gets_a_key_of_its_own(tmp_path):
    """Long, random, readable by its owner only, and the same from then on."""
    path = tmp_path / "greenlight.db"
    key = load_or_make_key(path)
    file = tmp_path / "greenlight.db.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_or_make_key(path) == key
    assert load_or_make_key(tmp_path / "other.db") != key
    Cipher(key)


def test_a_key_that_others_can_read_is_closed(tmp_path):
    """A copied or restored key file often comes back readable by everybody."""
    path = tmp_path / "greenlight.db"
    key = load_or_make_key(path)
    file = tmp_path / "greenlight.db.key"
    file.chmod(0o644)
    assert load_or_make_key(path) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_new_database_is_readable_by_its_owner_only(tmp_path):
    """Topics and reasons stand in it in the clear."""
    path = tmp_path / "greenlight.db"
    await (await Database.open(sqlite_url(path))).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def _used(path):
    """Make a database that has been encrypted."""
    database = await Database.open(sqlite_url(path))
    await migrate_database(database)
    await Store.open(database, secret_key=load_or_make_key(path))
    await database.close()


async def test_a_lost_key_is_not_replaced_silently(tmp_path):
    """A new key could not read the database, so none is made."""
    path = tmp_path / "greenlight.db"
    await _used(path)
    file = tmp_path / "greenlight.db.key"
    file.unlink()
    with pytest.raises(SettingsError) as raised:
        load_or_make_key(path)
    assert raised.value.name == "SECRET_KEY"
    assert not file.exists()


async def test_a_migrated_database_that_was_never_used_still_gets_a_key(tmp_path):
    """`greenlight migrate` may come before the first `serve`."""
    path = tmp_path / "greenlight.db"
    database = await Database.open(sqlite_url(path))
    await migrate_database(database)
    await database.close()
    assert load_or_make_key(path)


async def test_a_database_without_tables_still_gets_a_key(tmp_path):
    """Opening makes the file before there is anything in it."""
    path = tmp_path / "greenlight.db"
    await (await Database.open(sqlite_url(path))).close()
    assert load_or_make_key(path)


def test_a_file_that_cannot_be_asked_gets_no_key(tmp_path):
    """Whether it is encrypted is not known."""
    path = tmp_path / "greenlight.db"
    path.write_text("no database at all\n" * 99)
    with pytest.raises(StorageError):
        load_or_make_key(path)
    assert not (tmp_path / "greenlight.db.key").exists()
