"""Encrypt what must not be read from the file: answers, handles, link tokens, secrets."""

import base64
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from secrets import token_urlsafe

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from bot.core.errors import SettingsError, StorageError, StorageUnavailableError

_KEY_CHARACTERS_MIN = 16
_SALT = b"greenlight/storage/1"
"""Fixed: the key must come out the same in every process and for every database."""


class Cipher:
    """Encrypts with the first key and reads with any."""

    def __init__(self, secret_key: str) -> None:
        keys = [_derived(part) for part in _parts(secret_key)]
        self._all = MultiFernet(keys)
        self._first = keys[0]

    def seal(self, plain: str) -> str:
        """Encrypt a text."""
        return self._first.encrypt(plain.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """Decrypt a text.

        Raises:
            StorageError: None of our keys made it, or it is damaged.
        """
        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken as error:
            raise StorageError("an encrypted value cannot be read with this key") from error

    def is_newest(self, sealed: str) -> bool:
        """Tell whether the first key made it."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def _parts(secret_key: str) -> list[str]:
    parts = [part.strip() for part in secret_key.split(",")]
    if any(len(part) < _KEY_CHARACTERS_MIN for part in parts):
        raise SettingsError(
            "SECRET_KEY",
            f"must be {_KEY_CHARACTERS_MIN} characters or more, or several such with commas",
        )
    return parts


def _derived(part: str) -> Fernet:
    """Stretch a chosen text into a key, slowly enough that guessing it is dear."""
    stretched = Scrypt(salt=_SALT, length=32, n=2**14, r=8, p=1).derive(part.encode())
    return Fernet(base64.urlsafe_b64encode(stretched))


def load_or_make_key(database: Path) -> str:
    """Read the key kept beside an SQLite database, or make one for a new database.

    The file is `<database>.key`, readable by its owner only.

    Raises:
        SettingsError: The database holds encrypted data and its key file is gone.
        StorageUnavailableError: The database cannot be asked.
    """
    path = database.with_name(f"{database.name}.key")
    if path.exists():
        _hide(path)
        return path.read_text(encoding="ascii").strip()
    if _holds_data(database):
        raise SettingsError(
            "SECRET_KEY", f"must be set: the database is encrypted and {path.name} is missing"
        )
    return _make(path)


def _hide(path: Path) -> None:
    """Close a key file that others may read, as one that was copied or restored often is.

    Raises:
        SettingsError: It belongs to somebody else, so only they can close it.
    """
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) == 0:
        return
    try:
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    except PermissionError:
        must = f"is kept in {path.name}, which others can read: make it readable to its owner only"
        raise SettingsError("SECRET_KEY", must) from None


def _make(path: Path) -> str:
    key = token_urlsafe(32)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        # Another process was quicker; its key is the one.
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def _holds_data(database: Path) -> bool:
    """Tell whether a database has been encrypted before, without opening it for good."""
    if not database.exists():
        return False
    try:
        with closing(sqlite3.connect(database)) as connection:
            tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'")
            if tables.fetchone() is None:
                return False
            canary = connection.execute("SELECT 1 FROM meta WHERE key = 'canary'")
            return canary.fetchone() is not None
    except sqlite3.Error as error:
        raise StorageUnavailableError(f"database unavailable: {type(error).__name__}") from error
