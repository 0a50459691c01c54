"""All that is kept, behind one door."""

from storage.cipher import Cipher
from storage.claims import Claims
from storage.copies import Copies
from storage.deliverables import Deliverables
from storage.engine import Database
from storage.kept import Kept
from storage.lanes import Lanes
from storage.outbox import Outbox
from storage.productions import Productions
from storage.published import Published
from storage.saving import Saving
from storage.shares import Shares
from storage.vault import unlock
from storage.webhooks import Webhooks


class Store(
    Productions,
    Saving,
    Claims,
    Outbox,
    Lanes,
    Deliverables,
    Copies,
    Shares,
    Published,
    Webhooks,
    Kept,
):
    """Everything that is written and read; every method may raise `StorageUnavailableError`."""

    @classmethod
    async def open(cls, database: Database, *, secret_key: str) -> "Store":
        """Open the store of a migrated database.

        Args:
            secret_key: The setting's text: one key or several with commas, the first encrypts.

        Raises:
            SettingsError: `SECRET_KEY` is too short or does not fit the database.
        """
        cipher = Cipher(secret_key)
        await unlock(database, cipher)
        return cls(database, cipher)

    async def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            StorageUnavailableError: There is none.
        """
        await self._database.ping()
