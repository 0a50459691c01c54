"""Uploaded files that a service fetches from us: copied out of Slack, served for a time, deleted.

Slack's own addresses want the bot's token, which no service may have. So the bytes pass into our
store, and whoever has the address may fetch them until their time is over.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.core.errors import (
    FILES_NOT_STORED,
    FILES_SLOW,
    FILES_UNREACHABLE,
    FilesUnavailableError,
    ProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from bot.core.production import FileReference
from bot.providers.base import Uploads
from bot.settings import Settings
from storage.deliverables import token_hash
from storage.files import Files
from storage.store import Store
from storage.values import PublishedFile, PublishedState, ending_of

Chunks = AsyncGenerator[bytes, None]

log = structlog.get_logger(__name__)

CONTENT_TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
}
"""What is published at all, by its ending: nothing that a browser would run."""

TRANSFER_S = 900.0
"""Whole time in which a file must have passed from Slack into our store, in seconds."""
GIVEN_UP_AFTER = timedelta(days=1)
"""When a file that never came to be whole is deleted; long after its transfer has ended."""
AT_ONCE = 500
"""Files in one round of the housekeeping, so that a long absence is made up in rounds."""
STUCK_IN_A_ROW = 5
"""Failures in a row that end a round: then it is the whole store, and each would cost a minute."""
_BYTES = "file"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """There was a file.

    Attributes:
        since_at: Since when it is served no more; None where it is not where it was put.
    """

    since_at: datetime | None


class Publisher:
    """Publish uploaded files; see `bot.providers.outside.Publishing`.

    Args:
        public_url: How the world reaches us, without a slash at its end.
        keep_days: Days that a file lives on after it was last asked for.
    """

    def __init__(
        self,
        *,
        uploads: Uploads,
        store: Store,
        files: Files,
        public_url: str,
        keep_days: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._uploads = uploads
        self._store = store
        self._files = files
        self._public_url = public_url
        self._keep = timedelta(days=keep_days)
        self._clock = clock

    async def publish(self, file: FileReference) -> str:
        """Give the file's public address; the same one as long as it lives."""
        content_type = CONTENT_TYPES.get(ending_of(file.name))
        if content_type is None:
            text = f"“{file.name}” is of a kind that is never given a public address."
            raise ProviderRefusedError(text, code="file_kind")
        try:
            live = await self._live(file)
            return self._address(live or await self._published(file, content_type))
        except FilesUnavailableError as error:
            log.error("upload_not_stored", reason=str(error))  # noqa: TRY400 - nothing of ours broke
            text = f"Our own store does not take “{file.name}” right now."
            raise ProviderUnavailableError(text, code=FILES_NOT_STORED) from error

    async def _live(self, file: FileReference) -> PublishedFile | None:
        """Give what is published already and let it live on; None where there is nothing."""
        now = self._clock()
        live = await self._store.prolong_published(file.file_id, until_at=now + self._keep, now=now)
        if live is None or await self._files.size(_place(live)) == live.size_bytes:
            return live
        _note_missing(live)
        await self._store.take_back_published(live)
        return None

    async def _published(self, file: FileReference, content_type: str) -> PublishedFile:
        begun, digest = await self._stored(file, content_type)
        now = self._clock()
        is_ours = await self._store.finish_published(
            begun, sha256=digest, at=now, until_at=now + self._keep
        )
        live = begun if is_ours else await self._live(file)
        if live is None:
            raise _too_slow(file)
        log.info("file_published", file_id=file.file_id, size_bytes=file.size_bytes)
        return live

    async def _stored(self, file: FileReference, content_type: str) -> tuple[PublishedFile, str]:
        """Pass a file from Slack into our store; gives its digest too."""
        async with _closing(await self._uploads.open(file)) as chunks:
            now = self._clock()
            begun = await self._store.begin_published(
                file, content_type=content_type, at=now, until_at=now + GIVEN_UP_AFTER
            )
            try:
                return begun, await self._transferred(file, begun, chunks)
            except (ProviderError, FilesUnavailableError):
                await self._store.take_back_published(begun)
                raise

    async def _transferred(self, file: FileReference, begun: PublishedFile, chunks: Chunks) -> str:
        digest, size_bytes = sha256(), 0

        async def counted() -> Chunks:
            nonlocal size_bytes
            async for chunk in chunks:
                digest.update(chunk)
                size_bytes += len(chunk)
                yield chunk

        try:
            async with asyncio.timeout(TRANSFER_S):
                await self._files.put(_place(begun), counted())
        except TimeoutError as error:  # Slack's reading or our own writing; nobody can tell which.
            raise _too_slow(file) from error
        if size_bytes != file.size_bytes:
            text = f"Slack did not hand out all of “{file.name}”."
            raise ProviderUnavailableError(text, code=FILES_UNREACHABLE)
        return digest.hexdigest()

    def _address(self, live: PublishedFile) -> str:
        return f"{self._public_url}/u/{live.token}/{live.public_name}"


class PublishedFiles:
    """Look published files up, hand them out, and delete them when their time is over."""

    def __init__(self, *, store: Store, files: Files, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._files = files
        self._clock = clock
        self._stuck: set[int] = set()

    async def find(self, token: str) -> PublishedFile | Ended | None:
        """Find what an address leads to now; None for one we never gave.

        Raises:
            StorageError: The database or the store of files does not answer.
        """
        found = await self._store.find_published(token_hash(token))
        if found is None or found.state is PublishedState.BEGUN:
            return None
        if found.until_at <= self._clock():
            return Ended(since_at=found.until_at)
        if found.state is not PublishedState.LIVE:
            return Ended(since_at=None)
        if await self._files.size(_place(found)) != found.size_bytes:
            _note_missing(found)
            return Ended(since_at=None)
        return found

    def read(self, found: PublishedFile, start: int, end: int) -> Chunks:
        """Read a part of a file, `end` not included, piece by piece.

        Raises:
            FilesUnavailableError: The store of files does not answer.
        """
        return self._files.read(_place(found), start, end)

    async def delete_outlived(self) -> int:
        """Delete what is over, at most `AT_ONCE` files; gives how many.

        An address ends before its bytes go; dying in between leaves a row that brings us back. A
        file that cannot be deleted keeps no other, and comes last the next time.

        Raises:
            StorageError: The database is gone.
        """
        limit = AT_ONCE + len(self._stuck)
        over = await self._store.end_published(now=self._clock(), limit=limit)
        self._stuck &= {one.id for one in over}
        deleted, failed_in_a_row = 0, 0
        for one in sorted(over, key=lambda one: one.id in self._stuck)[:AT_ONCE]:
            if await self._delete(one):
                deleted, failed_in_a_row = deleted + 1, 0
            elif (failed_in_a_row := failed_in_a_row + 1) == STUCK_IN_A_ROW:
                break
        if deleted:
            log.info("uploads_deleted", count=deleted)
        return deleted

    async def _delete(self, over: PublishedFile) -> bool:
        """Delete one file, and tell whether that went well."""
        try:
            await self._files.remove(over.folder)
        except FilesUnavailableError as error:
            self._stuck.add(over.id)
            log.warning("upload_not_deleted", published_id=over.id, reason=str(error))
            return False
        self._stuck.discard(over.id)
        await self._store.forget_published(over)
        return True


@asynccontextmanager
async def _closing(chunks: Chunks) -> AsyncIterator[Chunks]:
    """Close a file in the end.

    A transfer that was broken off may have left a read under way, which ends by its own timeout.
    """
    try:
        yield chunks
    finally:
        with suppress(RuntimeError):
            await chunks.aclose()


def build_publisher(
    settings: Settings,
    uploads: Uploads,
    store: Store,
    files: Files,
    clock: Callable[[], datetime],
) -> Publisher | None:
    """Build what publishes; None without a PUBLIC_URL, since nobody could fetch anything."""
    if settings.public_url is None:
        return None
    return Publisher(
        uploads=uploads,
        store=store,
        files=files,
        public_url=settings.public_url,
        keep_days=settings.keep_uploads_days,
        clock=clock,
    )


def _place(file: PublishedFile) -> str:
    return f"{file.folder}/{_BYTES}"


def _note_missing(file: PublishedFile) -> None:
    log.error("published_file_missing", published_id=file.id, file_id=file.file_id)


def _too_slow(file: FileReference) -> ProviderUnavailableError:
    text = f"“{file.name}” took too long to be stored."
    return ProviderUnavailableError(text, code=FILES_SLOW)
