"""One file on its way from a service's link into our store, counted and hashed as it passes."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta
from hashlib import sha256
from mimetypes import guess_type

from bot.core.production import Deliverable
from bot.providers.fetching import Fetch, FetchRules
from storage.files import Files
from storage.store import Store
from storage.values import CopyClaim, KeptCopy

LEASE_S = 120.0
"""How long a copier that has died keeps others from a file; longer than any silence in a fetch."""
RENEW_AFTER = timedelta(seconds=30)


class ToldToStopError(Exception):
    """The process ends; nothing is wrong with the file."""


class Transfer:
    """Copy one claimed file, holding on to the claim as long as bytes come."""

    def __init__(
        self,
        claim: CopyClaim,
        *,
        store: Store,
        files: Files,
        clock: Callable[[], datetime],
        stop: asyncio.Event,
    ) -> None:
        self._claim = claim
        self._store = store
        self._files = files
        self._clock = clock
        self._stop = stop
        self._renewed_at = clock()
        self._hash = sha256()
        self._size = 0

    async def run(self, url: str, *, rules: FetchRules) -> KeptCopy:
        """Fetch and store it; there is a file in the store only if this returns.

        Raises:
            FetchError: The file could not be had.
            FilesUnavailableError: Our store did not take it.
            LostClaimError: Another copier has it now.
            ToldToStopError: The process ends.
        """
        claim = self._claim
        # Services that do not know a length are apt to list 0.
        listed = claim.deliverable.size_bytes or None
        expected = _expected_type(claim.deliverable)
        fetch = Fetch(url, listed_bytes=listed, expected_type=expected, rules=rules)
        name = f"{folder_of(claim)}/{claim.token}"
        pieces = fetch.pieces()
        try:
            await self._files.put(name, self._counted(pieces))
        finally:
            # A try that was broken off may have left a read under way; it ends by its own timeout.
            with contextlib.suppress(RuntimeError):
                await pieces.aclose()
        return KeptCopy(
            file=name,
            size_bytes=self._size,
            sha256=self._hash.hexdigest(),
            content_type=fetch.content_type,
        )

    async def _counted(self, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async for piece in pieces:
            await self._go_on()
            self._size += len(piece)
            self._hash.update(piece)
            yield piece

    async def _go_on(self) -> None:
        if self._stop.is_set():
            raise ToldToStopError
        now = self._clock()
        if now - self._renewed_at >= RENEW_AFTER:
            await self._store.renew_copy(self._claim, until_at=now + timedelta(seconds=LEASE_S))
            self._renewed_at = now


def folder_of(claim: CopyClaim) -> str:
    """Name the folder of one file; its key is the service's word and may hold anything."""
    key = sha256(claim.deliverable.key.encode()).hexdigest()[:16]
    return f"{claim.production_id}/{claim.attempt}/{key}"


def _expected_type(file: Deliverable) -> str | None:
    """Say what a file should be, so that a page that apologises is not taken for it."""
    named = file.content_type or guess_type(file.name)[0]
    return named or ("video/*" if file.kind == "video" else None)
