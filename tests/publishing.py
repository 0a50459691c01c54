"""Uploads by their ids, for tests of what is published."""

import asyncio
from collections.abc import AsyncGenerator, Mapping

from bot.core.errors import ProviderRefusedError
from bot.core.production import FileReference


class Drawer:
    """`Uploads` out of a mapping.

    Attributes:
        opened: Ids of the files that were read, in order.
        breaks: Raised in the middle of a file, if anything.
        hangs: Waited for in the middle of a file, if anything.
        waits: Set once somebody waits so.
    """

    def __init__(self, contents: Mapping[str, bytes], *, breaks: Exception | None = None) -> None:
        self._contents = contents
        self.breaks = breaks
        self.hangs: asyncio.Event | None = None
        self.waits = asyncio.Event()
        self.opened: list[str] = []

    async def open(self, file: FileReference) -> AsyncGenerator[bytes, None]:
        """Begin to read a file."""
        self.opened.append(file.file_id)
        if file.file_id not in self._contents:
            raise ProviderRefusedError("gone", code="file_gone")
        return self._read(self._contents[file.file_id])

    async def _read(self, content: bytes) -> AsyncGenerator[bytes, None]:
        half = len(content) // 2
        yield content[:half]
        if self.breaks is not None:
            raise self.breaks
        if self.hangs is not None:
            self.waits.set()
            await self.hangs.wait()
        yield content[half:]
