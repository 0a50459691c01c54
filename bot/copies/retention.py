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

    async def delete_outlived(self) -> int:
        """Delete what is due, at most `AT_ONCE` productions; gives how many.

        The files go first: dying in between leaves a row that brings us back here.

        Raises:
            StorageError: The database is gone.
        """
        if self._keep_days == 0:
            return 0
        before_at = self._clock() - timedelta(days=self._keep_days)
        ids = await self._store.find_outlived(before_at=before_at, limit=AT_ONCE)
        for production_id in ids:
            try:
                await self._files.remove(production_id)
            except FilesUnavailableError as error:
                log.error("copies_not_deleted", reason=str(error))  # noqa: TRY400 - tried again
                return 0
            await self._productions.note_deleted_files(production_id)
            log.info("copies_deleted", production_id=production_id)
        return len(ids)
