"""One file on its way from a service's link into our store, counted and hashed as it passes.

Every claim writes under a name of its own, and nothing is removed before the row says which file is
the copy. So a copier that wakes late, its claim long gone, finds nothing that it could spoil.
"""

import asyncio
from collections.abc import AsyncGenerator
from hashlib import sha256
from mimetypes import guess_type

from bot.core.production import Deliverable
from bot.providers.fetching import Fetch, FetchRules
from storage.files import Files
from storage.values import CopyClaim, KeptCopy


class Transfer:
    """Copy one claimed file."""

    def __init__(self, claim: CopyClaim, *, files: Files) -> None:
        self._claim = claim
        self._files = files
        self._folder = folder_of(claim)
        # Services that do not know a length are apt to list 0.
        self._listed = claim.deliverable.size_bytes or None
        self._reading: asyncio.Future[bytes] | None = None
        self._hash = sha256()
        self._size = 0

    async def find_stored(self) -> KeptCopy | None:
        """Find what an earlier claim has stored whole but could not record; None where nothing is.

        What it was sent as is not known any more.

        Raises:
            FilesUnavailableError: Our store does not answer.
        """
        for name, size in await self._files.find(self._folder):
            if size == (self._listed or size):
                async for piece in self._files.read(name, 0, size):
                    self._count(piece)
                return self._kept(name, content_type=None)
        return None

    async def run(self, url: str, *, rules: FetchRules) -> KeptCopy:
        """Fetch and store it; there is a file of this claim only if this returns.

        Raises:
            FetchError: The file could not be had.
            FilesUnavailableError: Our store did not take it.
        """
        expected = _expected_type(self._claim.deliverable)
        fetch = Fetch(url, listed_bytes=self._listed, expected_type=expected, rules=rules)
        name = f"{self._folder}/{self._claim.token}"
        pieces = fetch.pieces()
        try:
            await self._files.put(name, self._counted(pieces))
        finally:
            await self._end_reading()
            await pieces.aclose()
        return self._kept(name, content_type=fetch.content_type)

    async def _end_reading(self) -> None:
        """End the read that is under way where the store was told to give up; it would go on."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _counted(self, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        while True:
            try:
                piece = await self._read(pieces)
            except StopAsyncIteration:
                return
            self._count(piece)
            yield piece

    async def _read(self, pieces: AsyncGenerator[bytes, None]) -> bytes:
        self._reading = asyncio.ensure_future(anext(pieces))
        return await self._reading

    def _count(self, piece: bytes) -> None:
        self._size += len(piece)
        self._hash.update(piece)

    def _kept(self, name: str, *, content_type: str | None) -> KeptCopy:
        return KeptCopy(
            file=name,
            size_bytes=self._size,
            sha256=self._hash.hexdigest(),
            content_type=content_type,
        )


def folder_of(claim: CopyClaim) -> str:
    """Name the folder of one file; its key is the service's word and may hold anything."""
    key = sha256(claim.deliverable.key.encode()).hexdigest()[:16]
    return f"{claim.production_id}/{claim.attempt}/{key}"


def _expected_type(file: Deliverable) -> str | None:
    """Say what a file should be, so that a page that apologises is not taken for it."""
    named = file.content_type or guess_type(file.name)[0]
    return named or ("video/*" if file.kind == "video" else None)
