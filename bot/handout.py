"""What a download link leads to: our copy, a fresh link of the service's, or why there is neither."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from bot import instruments
from bot.core.errors import StorageError
from bot.core.production import Copy, CopyState
from bot.providers.base import Link
from bot.providers.switched_off import Services
from storage.deliverables import token_hash
from storage.files import Files
from storage.store import Store
from storage.values import FoundDeliverable

log = structlog.get_logger(__name__)


class Why(StrEnum):
    """Why a link leads nowhere any more."""

    REVOKED = "revoked"
    DELETED = "deleted"
    LOST = "lost"
    MISSING = "missing"
    SWITCHED_OFF = "switched_off"


@dataclass(frozen=True, kw_only=True)
class Gone:
    """There was a file.

    Attributes:
        since_at: Since when it is gone, where that is known.
    """

    why: Why
    production_id: str
    since_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OurFile:
    """A copy of ours, ready to be read.

    Attributes:
        file: Its name in our store; a secret as any path is.
        name: What the service called it; foreign text, as `topic` is.
        topic: What the name is to tell; empty where it is to stay as it is.
        listed_type, sent_type: What the service listed and sent it as, or None.
    """

    file: str
    name: str
    kind: str
    size_bytes: int
    sha256: str
    listed_type: str | None
    sent_type: str | None
    topic: str = ""


class Handout:
    """Hand files out to whoever has their links."""

    def __init__(self, *, store: Store, files: Files, providers: Services) -> None:
        self._store = store
        self._files = files
        self._providers = providers

    async def find(self, token: str) -> OurFile | Link | Gone | None:
        """Find what a link leads to now; None for one we never gave.

        Raises:
            StorageError: The database or the store of files does not answer.
            ProviderError: The service could not give a link.
        """
        found = await self._store.find_deliverable(token_hash(token))
        if found is None or found.job is None:
            return None
        if found.is_revoked:
            return Gone(why=Why.REVOKED, production_id=found.production_id)
        copy = found.deliverable.copy
        ours = await self._ours(found, copy) if copy is not None else None
        if ours is not None:
            return ours
        provider = self._providers.of(found.provider)
        if provider.capabilities.is_off:
            return Gone(why=Why.SWITCHED_OFF, production_id=found.production_id)
        if provider.capabilities.links_die and copy is not None and copy.state in _GONE:
            return Gone(why=_GONE[copy.state], production_id=found.production_id, since_at=copy.at)
        return await provider.open(found.job, found.deliverable.key)

    async def _ours(self, found: FoundDeliverable, copy: Copy) -> OurFile | None:
        """Give our copy; None where there is none, or where what is there is not what we wrote."""
        if copy.state is not CopyState.KEPT or copy.file is None or copy.size_bytes is None:
            return None
        if await self._files.size(copy.file) != copy.size_bytes:
            log.error("copy_missing", production_id=found.production_id)
            return None
        file = found.deliverable
        return OurFile(
            file=copy.file,
            name=file.name,
            topic=found.topic,
            kind=file.kind,
            size_bytes=copy.size_bytes,
            sha256=copy.sha256 or "",
            listed_type=file.content_type,
            sent_type=copy.content_type,
        )

    def read(self, ours: OurFile, start: int, end: int) -> AsyncGenerator[bytes, None]:
        """Read a part of a copy, `end` not included, piece by piece.

        Raises:
            FilesUnavailableError: The store of files does not answer.
        """
        return self._files.read(ours.file, start, end)

    async def count(self, token: str, *, source: str) -> None:
        """Note a download; a count that cannot be kept must not keep anybody from the file."""
        instruments.DOWNLOADS.labels(source=source).inc()
        try:
            await self._store.count_download(token_hash(token))
        except StorageError:
            log.warning("download_not_counted")


_GONE: Mapping[CopyState, Why] = {
    CopyState.LOST: Why.LOST,
    CopyState.DELETED: Why.DELETED,
    CopyState.KEPT: Why.MISSING,
}
