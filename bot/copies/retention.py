"""Deleting our copies when their time is over, and having the card say so."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import FilesUnavailableError
from bot.productions import Productions
from storage.files import Files
from storage.store import Store

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""Productions in one round of the housekeeping, so that a long absence is made up in rounds."""

GIVEN_UP_AFTER = 5
"""Failures in a row that end a round: then it is the whole store, and each would cost a minute."""


class Retention:
    """Delete the copies of productions that ended long ago.

    Args:
        keep_days: Days after the end of a production, and after its newest copy; 0 keeps for ever.
    """

    def __init__(
        self,
        *,
        store: Store,
        files: Files,
        productions: Productions,
        keep_days: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._files = files
        self._productions = productions
        self._keep_days = keep_days
        self._clock = clock
        self._stuck: set[str] = set()

    async def delete_outlived(self) -> int:
        """Delete what is due, at most `AT_ONCE` productions; gives how many.

        The files go first: dying in between leaves a row that brings us back here. A folder that
        cannot be deleted keeps nobody else's, and comes last the next time.

        Raises:
            StorageError: The database is gone.
        """
        if self._keep_days == 0:
            return 0
        before_at = self._clock() - timedelta(days=self._keep_days)
        limit = AT_ONCE + len(self._stuck)
        ids = await self._store.find_outlived(before_at=before_at, limit=limit)
        self._stuck &= set(ids)
        deleted, failed_in_a_row = 0, 0
        for production_id in sorted(ids, key=self._stuck.__contains__)[:AT_ONCE]:
            if await self._delete(production_id):
                deleted, failed_in_a_row = deleted + 1, 0
            elif (failed_in_a_row := failed_in_a_row + 1) == GIVEN_UP_AFTER:
                break
        return deleted

    async def _delete(self, production_id: str) -> bool:
        """Delete the copies of one production, and tell whether that went well."""
        try:
            await self._files.remove(production_id)
        except FilesUnavailableError as error:
            self._stuck.add(production_id)
            log.warning("copies_not_deleted", production_id=production_id, reason=str(error))
            return False
        self._stuck.discard(production_id)
        await self._productions.note_deleted_files(production_id)
        log.info("copies_deleted", production_id=production_id)
        return True
