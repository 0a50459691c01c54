"""A project as a zip: packed piece by piece into a temporary file, then sent from it.

The vendor wants the exact length before the first byte, no folders and no symbolic links (REST
page, create a zip archive, seen 2026-11-22). Nothing is compressed: pictures and clips are already.
"""

import asyncio
import stat
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from bot.core.errors import ProviderRefusedError, ProviderUnavailableError
from bot.core.production import FileReference
from bot.providers.base import Uploads

IN_MEMORY_BYTES = 1_000_000
PIECE_BYTES = 256 * 1024
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name, so that the same project gives the same bytes."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of a project.

    Attributes:
        name: A plain file name.
        content: Its bytes, or the upload that has them.
    """

    name: str
    content: bytes | FileReference

    @property
    def size_bytes(self) -> int:
        """How long it is."""
        content = self.content
        return content.size_bytes if isinstance(content, FileReference) else len(content)


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A zip that is ready to be sent."""

    size_bytes: int
    file: IO[bytes]

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give its bytes from the beginning."""
        await asyncio.to_thread(self.file.seek, 0)
        while piece := await asyncio.to_thread(self.file.read, PIECE_BYTES):
            yield piece


@asynccontextmanager
async def packed(parts: Sequence[Part], *, uploads: Uploads) -> AsyncIterator[Packed]:
    """Pack a project; the zip is gone afterwards.

    Raises:
        ProviderRefusedError: An upload cannot be had any more.
        ProviderUnavailableError: Not now, or there is no room for it here.
    """
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        try:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for part in parts:
                    await _add(archive, part, uploads=uploads)
            size_bytes = file.seek(0, 2)
        except OSError as error:
            text = "The files could not be packed here: the disk is full or cannot be written."
            raise ProviderUnavailableError(text, code="not_packed") from error
        yield Packed(size_bytes=size_bytes, file=file)


async def _add(archive: zipfile.ZipFile, part: Part, *, uploads: Uploads) -> None:
    info = zipfile.ZipInfo(part.name, date_time=_LONG_AGO)
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.file_size = part.size_bytes
    content = part.content
    with archive.open(info, "w") as entry:
        if isinstance(content, bytes):
            entry.write(content)
            return
        async with aclosing(await uploads.open(content)) as pieces:
            async for piece in pieces:
                await asyncio.to_thread(entry.write, piece)


async def read_text(file: FileReference, *, uploads: Uploads, longest_bytes: int) -> str:
    """Read an uploaded text whole.

    Raises:
        ProviderRefusedError: It is too long, is no UTF-8, is empty, or cannot be had any more.
        ProviderUnavailableError: Not now.
    """
    if file.size_bytes > longest_bytes:
        text = f"“{file.name}” is longer than {longest_bytes:,} bytes. Nothing was sent."
        raise ProviderRefusedError(text, code="form_too_long")
    content = bytearray()
    async with aclosing(await uploads.open(file)) as pieces:
        async for piece in pieces:
            content += piece
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if not text.strip() or "\0" in text:
        words = f"“{file.name}” holds no text in UTF-8. Save it anew as UTF-8 and ask again."
        raise ProviderRefusedError(words, code="form_incomplete")
    return text
